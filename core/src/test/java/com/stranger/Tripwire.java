package com.stranger;

import org.nd4j.linalg.activations.impl.ActivationIdentity;

/** An activation that leaves a trace as soon as anything of it runs. */
public class Tripwire extends ActivationIdentity {
    /** The system property that is set then. */
    public static final String TRACE = "stranger.was.here";

    private static final long serialVersionUID = 1L;

    static {
        System.setProperty("stranger.was.here", "true");
    }
}

package org.mirage4j.core.engine.plan;

import java.util.Optional;

/** Whether oneDNN can be used in this process; it is tried once. */
final class NativeLibrary {
    private static final Optional<String> UNAVAILABLE = tryToLoad();

    private NativeLibrary() {}

    /** Why not, or empty if it can. */
    static Optional<String> unavailable() {
        return UNAVAILABLE;
    }

    private static Optional<String> tryToLoad() {
        try {
            Dnnl.stream();
            return Optional.empty();
        } catch (LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Optional.of("the oneDNN native library does not load on this platform (" + cause.getMessage() + ")");
        }
    }
}

package org.mirage4j.core.engine;

import java.util.Arrays;
import java.util.Locale;
import org.mirage4j.core.MirageException;

/** Which engine runs a network. */
public enum EngineKind {
    /** The compiled plan where it can run the whole graph on this machine, else the stock layers. */
    AUTOMATIC,
    /** Deeplearning4j's own layers. */
    STOCK;

    /** The system property that sets the default for all networks: "automatic" or "stock". */
    public static final String PROPERTY = "mirage4j.engine";

    /**
     * What holds where a network does not say.
     *
     * @return {@link #AUTOMATIC}, unless the system property says otherwise
     * @throws MirageException if the system property has another value
     */
    public static EngineKind byDefault() {
        String value = System.getProperty(PROPERTY, "automatic");
        for (EngineKind kind : values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(value)) {
                return kind;
            }
        }
        throw new MirageException("system property " + PROPERTY + " must be one of "
                + Arrays.toString(values()).toLowerCase(Locale.ROOT) + ", but is \"" + value + "\"");
    }
}

package org.mirage4j.core.engine.plan;

import java.util.Optional;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;
import org.mirage4j.core.MirageException;

/**
 * The process-wide oneDNN engine and stream. Both live as long as the process; everything else native
 * belongs to an {@link Arena}.
 */
final class Dnnl {
    private static final dnnl_engine ENGINE;
    private static final dnnl_stream STREAM;
    private static final Optional<String> UNAVAILABLE;

    static {
        dnnl_engine engine = null;
        dnnl_stream stream = null;
        Optional<String> unavailable = Optional.empty();
        try {
            engine = new dnnl_engine();
            check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "create an engine");
            stream = new dnnl_stream();
            check(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags), "create a stream");
        } catch (LinkageError e) {
            unavailable = Optional.of("the oneDNN native library does not load here: " + e);
        }
        ENGINE = engine;
        STREAM = stream;
        UNAVAILABLE = unavailable;
    }

    private Dnnl() {}

    /** Why oneDNN cannot be used in this process, or empty if it can. */
    static Optional<String> unavailable() {
        return UNAVAILABLE;
    }

    static dnnl_engine engine() {
        return ENGINE;
    }

    static dnnl_stream stream() {
        return STREAM;
    }

    /** Throws unless oneDNN reported success; {@code what} continues "oneDNN could not". */
    static void check(int status, String what) {
        if (status != dnnl.dnnl_success) {
            throw new MirageException("oneDNN could not " + what + ": " + reason(status));
        }
    }

    private static String reason(int status) {
        return switch (status) {
            case dnnl.dnnl_out_of_memory -> "out of memory";
            case dnnl.dnnl_invalid_arguments -> "invalid arguments";
            case dnnl.dnnl_unimplemented -> "not implemented for these shapes";
            case dnnl.dnnl_runtime_error -> "runtime error";
            default -> "status " + status;
        };
    }

    /** A pointer to memory that somebody else owns. */
    static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }
}

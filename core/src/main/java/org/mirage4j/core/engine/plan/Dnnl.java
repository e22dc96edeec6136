package org.mirage4j.core.engine.plan;

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
    private static final dnnl_engine ENGINE = new dnnl_engine();
    private static final dnnl_stream STREAM = new dnnl_stream();

    static {
        check(dnnl.dnnl_engine_create(ENGINE, dnnl.dnnl_cpu, 0), "create an engine");
        check(dnnl.dnnl_stream_create(STREAM, ENGINE, dnnl.dnnl_stream_default_flags), "create a stream");
    }

    private Dnnl() {}

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

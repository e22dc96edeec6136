package org.mirage4j.benchmarks;

import java.util.List;
import java.util.Map;

/** The settings of a process that decide how fast native code runs in it. */
enum Settings {
    /** What a user gets who sets nothing but the number of threads. */
    AS_INSTALLED,
    /** The BLAS kernel that fits the processor, no spinning threads, the throughput collector. */
    TUNED,
    /** The same for the compiled plan, whose threads may spin for a moment. */
    PLAN;

    private static final List<String> PREFIXES =
            List.of("OMP_", "GOMP_", "KMP_", "OPENBLAS_", "MKL_", "TF_", "MALLOC_");

    /** Makes a process's environment depend on nothing but these settings. */
    void applyTo(Map<String, String> environment, int threads, MachineFacts machine) {
        environment.keySet().removeIf(name -> PREFIXES.stream().anyMatch(name::startsWith));
        environment.put("OMP_NUM_THREADS", Integer.toString(threads));
        if (this == AS_INSTALLED) {
            return;
        }
        // glibc otherwise gives large buffers back after each step and has them zeroed again: a third of DJL's time
        environment.put("MALLOC_MMAP_THRESHOLD_", "33554432");
        environment.put("MALLOC_TRIM_THRESHOLD_", "1073741824");
        machine.openBlasCoreType().ifPresent(type -> environment.put("OPENBLAS_CORETYPE", type));
        if (this == PLAN) {
            environment.put("GOMP_SPINCOUNT", "2000");
        } else {
            environment.put("OMP_WAIT_POLICY", "PASSIVE");
        }
    }

    List<String> jvmArguments() {
        return this == AS_INSTALLED ? List.of() : List.of("-XX:+UseParallelGC");
    }
}

package org.mirage4j.core.doctor;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** OpenBLAS's kernels for x86-64 and the instructions that they use. */
enum OpenBlasKernel {
    PRESCOTT("Prescott", 1),
    CORE2("Core2", 1),
    NEHALEM("Nehalem", 1),
    BARCELONA("Barcelona", 1),
    SANDYBRIDGE("SandyBridge", 2),
    BULLDOZER("Bulldozer", 2),
    PILEDRIVER("Piledriver", 2),
    STEAMROLLER("Steamroller", 2),
    EXCAVATOR("Excavator", 2),
    HASWELL("Haswell", 3),
    ZEN("Zen", 3),
    SKYLAKEX("SkylakeX", 4),
    COOPERLAKE("Cooperlake", 4);

    private static final Set<String> HASWELL_NEEDS = Set.of("avx2", "fma");
    private static final Set<String> SKYLAKEX_NEEDS =
            Set.of("avx2", "fma", "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl");

    /** The name as {@code OPENBLAS_CORETYPE} takes it. */
    final String coreType;

    private final int rank;

    OpenBlasKernel(String coreType, int rank) {
        this.coreType = coreType;
        this.rank = rank;
    }

    /** Whether other uses instructions that this does not. */
    boolean slowerThan(OpenBlasKernel other) {
        return rank < other.rank;
    }

    String instructions() {
        return switch (rank) {
            case 1 -> "SSE";
            case 2 -> "AVX";
            case 3 -> "AVX2";
            default -> "AVX-512";
        };
    }

    /**
     * The fastest kernel that a processor can run; empty where OpenBLAS's own choice is all there is. The
     * launcher applies the same rule.
     */
    static Optional<OpenBlasKernel> bestFor(Set<String> cpuFlags) {
        if (cpuFlags.containsAll(SKYLAKEX_NEEDS)) {
            return Optional.of(SKYLAKEX);
        }
        return cpuFlags.containsAll(HASWELL_NEEDS) ? Optional.of(HASWELL) : Optional.empty();
    }

    /** The kernel of that name, as {@code OPENBLAS_CORETYPE} spells it. */
    static Optional<OpenBlasKernel> named(String coreType) {
        return Arrays.stream(values())
                .filter(kernel -> kernel.coreType.equalsIgnoreCase(coreType))
                .findFirst();
    }
}

package org.mirage4j.core.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.mirage4j.core.doctor.SystemFacts.Backend;
import org.mirage4j.core.doctor.SystemFacts.Disk;
import org.mirage4j.core.doctor.SystemFacts.Gpu;
import org.mirage4j.core.doctor.SystemFacts.Java;
import org.mirage4j.core.doctor.SystemFacts.Machine;
import org.mirage4j.core.doctor.SystemFacts.Memory;

/** Judges facts about the machine: pure functions, so every verdict can be tested without the machine. */
public final class Doctor {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    /** What the main job needs with room to spare. */
    private static final long MEMORY_WANTED = 2 * GIB;

    private static final long DISK_WANTED = GIB;
    private static final long DISK_NEEDED = 50 * MIB;

    private Doctor() {}

    /**
     * Judges the facts.
     *
     * @param facts what was found
     * @return the findings, in the order in which they are best read
     */
    public static List<Finding> examine(SystemFacts facts) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("mirage4j", "version " + facts.codeVersion()));
        findings.add(java(facts.java()));
        findings.add(machine(facts.machine()));
        findings.add(backend(facts));
        if (facts.backend().kind() == Backend.Kind.CUDA) {
            findings.add(gpus(facts.gpus()));
        }
        if (!facts.backend().blasVendor().isEmpty()) {
            findings.add(blas(facts));
            findings.add(threads(facts));
        }
        findings.add(oneDnn(facts.oneDnn()));
        findings.add(memory(facts.memory()));
        findings.add(disk(facts.disk()));
        return findings;
    }

    private static Finding java(Java java) {
        String found = java.version() + " (" + java.vendor() + ")";
        return java.feature() >= 17
                ? Finding.ok("java", found)
                : Finding.problem("java", found + " is too old; point JAVA_HOME to a JDK 17 or newer");
    }

    private static Finding machine(Machine machine) {
        String vectors = OpenBlasKernel.bestFor(machine.cpuFlags())
                .map(kernel -> ", " + kernel.instructions())
                .orElse("");
        return Finding.ok(
                "machine",
                machine.os() + " " + machine.architecture() + ", " + machine.processors() + " processors"
                        + (machine.cpu().isEmpty() ? "" : ", " + machine.cpu()) + vectors);
    }

    private static Finding backend(SystemFacts facts) {
        Backend backend = facts.backend();
        if (backend.kind() == Backend.Kind.NONE) {
            return Finding.problem(
                    "backend",
                    "no ND4J backend is on the class path; add org.nd4j:nd4j-native-platform:1.0.0-M2.1, or"
                            + " org.nd4j:nd4j-cuda-11.6-platform:1.0.0-M2.1 for an NVIDIA GPU, as a dependency");
        }
        if (!backend.failure().isEmpty()) {
            return Finding.problem(
                    "backend",
                    "the " + backend.kind() + " backend cannot be loaded (" + backend.failure()
                            + "); its native library must match "
                            + facts.machine().os() + " "
                            + facts.machine().architecture());
        }
        return Finding.ok(
                "backend",
                backend.kind()
                        + (backend.nativeClassifier().isEmpty() ? "" : ", natives " + backend.nativeClassifier()));
    }

    private static Finding gpus(List<Gpu> gpus) {
        if (gpus.isEmpty()) {
            return Finding.warning(
                    "gpu", "nvidia-smi lists no GPU; without one use the CPU backend by building without -Pcuda");
        }
        String all = gpus.stream()
                .map(gpu -> gpu.name() + " (" + gpu.computeCapability() + ")")
                .collect(Collectors.joining(", "));
        Optional<Gpu> unfit = gpus.stream().filter(gpu -> !canRun(gpu)).findFirst();
        return unfit.map(gpu -> Finding.problem(
                        "gpu",
                        gpu.name() + " has compute capability " + gpu.computeCapability()
                                + ", but the CUDA 11.6 backend holds code for 3.7 to 8.x only and no PTX, so it cannot"
                                + " run there; use the CPU backend by building without -Pcuda"))
                .orElseGet(() -> Finding.ok("gpu", all));
    }

    /** Binary code runs on later minor versions of its own major version only. */
    static boolean canRun(Gpu gpu) {
        return gpu.major() < 9 && (gpu.major() > 3 || (gpu.major() == 3 && gpu.minor() >= 7));
    }

    private static Finding blas(SystemFacts facts) {
        String vendor = facts.backend().blasVendor();
        Optional<OpenBlasKernel> used = OpenBlasKernel.named(facts.backend().blasKernel());
        if (used.isEmpty()) {
            return Finding.ok("blas", vendor);
        }
        OpenBlasKernel kernel = used.get();
        String found = vendor + ", kernel " + kernel.coreType + " (" + kernel.instructions() + ")";
        Optional<OpenBlasKernel> better =
                OpenBlasKernel.bestFor(facts.machine().cpuFlags()).filter(kernel::slowerThan);
        if (better.isPresent()) {
            String cure = "OPENBLAS_CORETYPE=" + better.get().coreType;
            String set = facts.environment().get("OPENBLAS_CORETYPE");
            return Finding.warning(
                    "blas",
                    found + " is slow, this processor has " + better.get().instructions() + "; "
                            + (set == null
                                    ? "set " + cure + " before Java starts, as ./mirage does by itself"
                                    : "OPENBLAS_CORETYPE=" + set + " asks for it, set " + cure
                                            + " or unset it and let ./mirage choose"));
        }
        return Finding.ok(
                "blas",
                facts.launcherKernel().equals(kernel.coreType)
                        ? found + ", chosen by ./mirage because this OpenBLAS may not recognise the processor"
                        : found);
    }

    private static Finding threads(SystemFacts facts) {
        int threads = facts.backend().threads();
        int processors = facts.machine().processors();
        String found = threads + (threads == 1 ? " thread" : " threads") + " of " + processors + " processors";
        if (threads > processors) {
            return Finding.warning(
                    "threads",
                    found + " is more than there are, which is slow; set OMP_NUM_THREADS to at most " + processors);
        }
        // without oneDNN there is no compiled plan, which would keep waiting threads from spinning
        String policy = facts.environment().getOrDefault("OMP_WAIT_POLICY", "");
        boolean spinning =
                "ACTIVE".equalsIgnoreCase(policy) || (facts.oneDnn().isEmpty() && !"PASSIVE".equalsIgnoreCase(policy));
        if (threads > 1 && spinning && !facts.environment().containsKey("GOMP_SPINCOUNT")) {
            return Finding.warning(
                    "threads",
                    found + ", which spin while they wait and slow small networks down; set GOMP_SPINCOUNT=2000"
                            + " before Java starts, as ./mirage does by itself, or OMP_NUM_THREADS=1");
        }
        return Finding.ok(
                "threads",
                threads == 1
                        ? found + "; OMP_NUM_THREADS, or --threads of ./mirage, allows more"
                        : found + ", one for every 20 million operations of a network's largest product");
    }

    private static Finding oneDnn(String version) {
        return version.isEmpty()
                ? Finding.warning(
                        "onednn",
                        "the oneDNN library cannot be loaded, so networks run on Deeplearning4j's slower layers; add"
                                + " org.bytedeco:dnnl-platform:2.5.2-1.5.7 as a dependency")
                : Finding.ok("onednn", version);
    }

    private static Finding memory(Memory memory) {
        String found = "heap " + size(memory.heapLimit()) + ", off-heap " + size(memory.offHeapLimit()) + ", process "
                + size(memory.processLimit()) + ", physical " + size(memory.physical());
        long heapAndOffHeap = memory.heapLimit() + memory.offHeapLimit();
        long mostUsed = memory.processLimit() == 0 ? heapAndOffHeap : Math.min(heapAndOffHeap, memory.processLimit());
        if (memory.physical() > 0 && memory.physical() < MEMORY_WANTED) {
            return Finding.warning(
                    "memory",
                    found + ": less than " + size(MEMORY_WANTED) + " is scarce; use small batches and networks");
        }
        if (memory.physical() > 0 && mostUsed > memory.physical()) {
            return Finding.warning(
                    "memory",
                    found + ": the limits allow more than there is, so the system may end the process; lower -Xmx or"
                            + " -Dorg.bytedeco.javacpp.maxbytes");
        }
        if (heapAndOffHeap < MEMORY_WANTED) {
            return Finding.warning(
                    "memory",
                    found + ": limits below " + size(MEMORY_WANTED) + " in all are scarce; raise -Xmx and"
                            + " -Dorg.bytedeco.javacpp.maxbytes");
        }
        return Finding.ok("memory", found);
    }

    private static Finding disk(Disk disk) {
        String found = size(disk.freeBytes()) + " free in " + disk.folder();
        if (disk.freeBytes() < DISK_NEEDED) {
            return Finding.problem("disk", found + " cannot hold a run; free some space or choose another --out");
        }
        return disk.freeBytes() < DISK_WANTED
                ? Finding.warning("disk", found + " may not hold a long run; free some space or choose another --out")
                : Finding.ok("disk", found);
    }

    private static String size(long bytes) {
        return bytes < 10 * GIB ? bytes / MIB + " MiB" : String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
    }
}

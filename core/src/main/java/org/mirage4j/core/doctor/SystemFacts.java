package org.mirage4j.core.doctor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What there is to know about machine, virtual machine and native libraries, gathered once. A text that
 * is not known is empty, a number that is not known is 0.
 *
 * @param codeVersion version of this library
 * @param java the virtual machine
 * @param machine operating system and processor
 * @param backend the ND4J backend and its BLAS
 * @param oneDnn version of the oneDNN library, empty where it cannot be loaded
 * @param memory limits and what there is
 * @param disk the folder that runs are written to
 * @param gpus the CUDA devices that the driver lists
 * @param environment environment variables that native libraries read when they load
 * @param launcherKernel the OpenBLAS kernel that the launcher asked for by processor flags, empty where it
 *     did not
 */
public record SystemFacts(
        String codeVersion,
        Java java,
        Machine machine,
        Backend backend,
        String oneDnn,
        Memory memory,
        Disk disk,
        List<Gpu> gpus,
        Map<String, String> environment,
        String launcherKernel) {

    /**
     * Copies the collections.
     *
     * @param codeVersion version of this library
     * @param java the virtual machine
     * @param machine operating system and processor
     * @param backend the ND4J backend and its BLAS
     * @param oneDnn version of the oneDNN library
     * @param memory limits and what there is
     * @param disk the folder that runs are written to
     * @param gpus the CUDA devices
     * @param environment environment variables that native libraries read
     * @param launcherKernel the OpenBLAS kernel that the launcher asked for
     */
    public SystemFacts {
        gpus = List.copyOf(gpus);
        environment = Map.copyOf(environment);
    }

    /**
     * The virtual machine.
     *
     * @param feature feature release, such as 17
     * @param version full version
     * @param vendor who built it
     */
    public record Java(int feature, String version, String vendor) {}

    /**
     * Operating system and processor.
     *
     * @param os name and version
     * @param architecture as Java names it, such as amd64
     * @param cpu model name
     * @param processors how many the virtual machine may use
     * @param cpuFlags instruction sets in lower case, such as avx2
     */
    public record Machine(String os, String architecture, String cpu, int processors, Set<String> cpuFlags) {

        /**
         * Copies the flags.
         *
         * @param os name and version
         * @param architecture as Java names it
         * @param cpu model name
         * @param processors how many the virtual machine may use
         * @param cpuFlags instruction sets in lower case
         */
        public Machine {
            cpuFlags = Set.copyOf(cpuFlags);
        }
    }

    /**
     * The ND4J backend.
     *
     * @param kind which backend the class path holds
     * @param nativeClassifier the native library chosen, such as linux-x86_64-avx2
     * @param blasVendor such as OPENBLAS or MKL
     * @param blasKernel the kernel that OpenBLAS picked, such as SkylakeX
     * @param threads threads for linear algebra
     * @param failure why a backend that is there could not be loaded
     */
    public record Backend(
            Kind kind, String nativeClassifier, String blasVendor, String blasKernel, int threads, String failure) {

        /** The backends. */
        public enum Kind {
            /** No backend on the class path. */
            NONE,
            /** Runs on the processor. */
            CPU,
            /** Runs on NVIDIA GPUs. */
            CUDA
        }

        static Backend none() {
            return new Backend(Kind.NONE, "", "", "", 0, "");
        }

        static Backend failed(Kind kind, String failure) {
            return new Backend(kind, "", "", "", 0, failure);
        }
    }

    /**
     * Memory in bytes.
     *
     * @param heapLimit the heap's upper limit
     * @param offHeapLimit upper limit of what JavaCPP allocates
     * @param processLimit the size of the process above which JavaCPP refuses to allocate
     * @param physical what the machine or container has
     */
    public record Memory(long heapLimit, long offHeapLimit, long processLimit, long physical) {}

    /**
     * The working folder.
     *
     * @param folder where runs are written
     * @param freeBytes what is left there
     */
    public record Disk(Path folder, long freeBytes) {}

    /**
     * A CUDA device.
     *
     * @param name model name
     * @param major first number of the compute capability
     * @param minor second number of the compute capability
     */
    public record Gpu(String name, int major, int minor) {

        /**
         * The compute capability as NVIDIA writes it.
         *
         * @return such as 8.6
         */
        public String computeCapability() {
            return major + "." + minor;
        }
    }

    /**
     * Looks at machine, virtual machine and class path; loads the backend unless that would crash.
     *
     * @param folder where runs are written
     * @return the facts
     */
    public static SystemFacts gather(Path folder) {
        return Gathering.gather(folder);
    }

    /**
     * What a run's manifest records about its environment, in a fixed order.
     *
     * @return names and values; what is not known is left out
     */
    public Map<String, String> manifest() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("mirage4j", codeVersion);
        entries.put("java", java.version() + " (" + java.vendor() + ")");
        entries.put("os", machine.os() + " " + machine.architecture());
        entries.put("cpu", machine.cpu());
        entries.put("processors", Integer.toString(machine.processors()));
        entries.put("backend", backend.kind().name());
        entries.put("nativeClassifier", backend.nativeClassifier());
        entries.put("blas", backend.blasVendor());
        entries.put("blasKernel", backend.blasKernel());
        entries.put("threads", backend.threads() == 0 ? "" : Integer.toString(backend.threads()));
        entries.put("oneDnn", oneDnn);
        if (backend.kind() == Backend.Kind.CUDA) {
            entries.put("gpus", String.join(", ", gpus.stream().map(Gpu::name).toList()));
        }
        entries.values().removeIf(String::isEmpty);
        return entries;
    }
}

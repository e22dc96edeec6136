package org.mirage4j.core.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.mirage4j.core.doctor.SystemFacts.Backend;
import org.mirage4j.core.doctor.SystemFacts.Disk;
import org.mirage4j.core.doctor.SystemFacts.Gpu;
import org.mirage4j.core.doctor.SystemFacts.Java;
import org.mirage4j.core.doctor.SystemFacts.Machine;
import org.mirage4j.core.doctor.SystemFacts.Memory;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the world for {@link SystemFacts}. What cannot be found out stays empty: a doctor does not die. */
final class Gathering {
    private static final Logger log = LoggerFactory.getLogger(Gathering.class);

    private static final Pattern READ_BY_NATIVES = Pattern.compile("(OMP|GOMP|KMP|MKL|OPENBLAS|CUDA)_.*");
    private static final Pattern GPU_LINE = Pattern.compile("(.+), *(\\d+)\\.(\\d+)");
    private static final Pattern CLASSIFIER = Pattern.compile(".*[/\\\\]([^/\\\\]+)[/\\\\][^/\\\\]+");

    private Gathering() {}

    static SystemFacts gather(Path folder) {
        Machine machine = machine();
        Backend.Kind kind = kind();
        List<Gpu> gpus = kind == Backend.Kind.CUDA ? gpus() : List.of();
        return new SystemFacts(
                codeVersion(),
                new Java(
                        Runtime.version().feature(),
                        System.getProperty("java.version", ""),
                        System.getProperty("java.vendor", "")),
                machine,
                backend(kind, gpus),
                oneDnn(),
                memory(),
                disk(folder),
                gpus,
                environment(),
                System.getProperty("mirage.launcher.kernel", ""));
    }

    private static String codeVersion() {
        return Objects.requireNonNullElse(SystemFacts.class.getPackage().getImplementationVersion(), "unpackaged");
    }

    private static Machine machine() {
        String os = System.getProperty("os.name", "");
        String cpu = "";
        String flags = "";
        if (os.startsWith("Linux")) {
            for (String line : lines(Path.of("/proc/cpuinfo"))) {
                String value = line.substring(line.indexOf(':') + 1).strip();
                if (line.startsWith("model name")) {
                    cpu = value;
                } else if (line.startsWith("flags")) {
                    flags = value;
                }
            }
        } else if (os.startsWith("Mac")) {
            cpu = output("sysctl", "-n", "machdep.cpu.brand_string").strip();
            flags = output("sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features");
        } else {
            cpu = Objects.requireNonNullElse(System.getenv("PROCESSOR_IDENTIFIER"), "");
        }
        return new Machine(
                os + " " + System.getProperty("os.version", ""),
                System.getProperty("os.arch", ""),
                cpu,
                Runtime.getRuntime().availableProcessors(),
                Set.copyOf(Arrays.asList(flags.toLowerCase(Locale.ROOT).strip().split("\\s+"))));
    }

    /** By resource, because initialising the CUDA backend on a device that it has no code for crashes. */
    private static Backend.Kind kind() {
        if (onClassPath("org/nd4j/linalg/jcublas/JCublasBackend.class")) {
            return Backend.Kind.CUDA;
        }
        return onClassPath("org/nd4j/linalg/cpu/nativecpu/CpuBackend.class") ? Backend.Kind.CPU : Backend.Kind.NONE;
    }

    private static boolean onClassPath(String resource) {
        return Gathering.class.getClassLoader().getResource(resource) != null;
    }

    private static Backend backend(Backend.Kind kind, List<Gpu> gpus) {
        if (kind == Backend.Kind.NONE) {
            return Backend.none();
        }
        if (kind == Backend.Kind.CUDA && !gpus.stream().allMatch(Doctor::canRun)) {
            return Backend.failed(kind, "not loaded, because the GPU cannot run it");
        }
        try {
            Properties information = Nd4j.getExecutioner().getEnvironmentInformation();
            return new Backend(
                    kind,
                    nativeClassifier(),
                    Objects.toString(information.get("blas.vendor"), ""),
                    blasKernel(),
                    Nd4j.getEnvironment().maxThreads(),
                    "");
        } catch (LinkageError | RuntimeException e) {
            log.debug("the backend does not load", e);
            return Backend.failed(kind, rootMessage(e));
        }
    }

    private static String nativeClassifier() {
        for (Map.Entry<String, String> library : Loader.getLoadedLibraries().entrySet()) {
            if (library.getKey().startsWith("nd4jc")) {
                Matcher folder = CLASSIFIER.matcher(library.getValue());
                if (folder.matches()) {
                    return folder.group(1);
                }
            }
        }
        return "";
    }

    /**
     * OpenBLAS exports the table of the kernel in use beside the tables of all kernels; its function that
     * gives the name is not bound by the preset.
     */
    private static String blasKernel() {
        Pointer inUse = Loader.addressof("gotoblas");
        if (inUse == null) {
            return "";
        }
        try (PointerPointer<Pointer> table = new PointerPointer<>(inUse)) {
            Pointer current = table.get(0);
            for (OpenBlasKernel kernel : OpenBlasKernel.values()) {
                Pointer candidate = Loader.addressof("gotoblas_" + kernel.name());
                if (candidate != null && current != null && candidate.address() == current.address()) {
                    return kernel.coreType;
                }
            }
        }
        return "";
    }

    private static String oneDnn() {
        try {
            dnnl_version_t version = dnnl.dnnl_version();
            return version.major() + "." + version.minor() + "." + version.patch();
        } catch (LinkageError | RuntimeException e) {
            log.debug("oneDNN does not load", e);
            return "";
        }
    }

    private static Memory memory() {
        long physical = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
                ? bean.getTotalMemorySize()
                : 0;
        return new Memory(Runtime.getRuntime().maxMemory(), Pointer.maxBytes(), Pointer.maxPhysicalBytes(), physical);
    }

    private static Disk disk(Path folder) {
        Path existing = folder.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        try {
            return new Disk(existing, Files.getFileStore(existing).getUsableSpace());
        } catch (IOException e) {
            log.debug("free space is not known", e);
            return new Disk(existing, 0);
        }
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.keySet().removeIf(name -> !READ_BY_NATIVES.matcher(name).matches());
        return environment;
    }

    private static List<Gpu> gpus() {
        return parseGpus(output("nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader"));
    }

    /** Lines such as {@code NVIDIA H100 PCIe, 9.0}; anything else is skipped. */
    static List<Gpu> parseGpus(String listing) {
        List<Gpu> gpus = new ArrayList<>();
        for (String line : listing.lines().toList()) {
            Matcher gpu = GPU_LINE.matcher(line.strip());
            if (gpu.matches()) {
                gpus.add(new Gpu(gpu.group(1), Integer.parseInt(gpu.group(2)), Integer.parseInt(gpu.group(3))));
            }
        }
        return gpus;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            log.debug("{} cannot be read", file, e);
            return List.of();
        }
    }

    /** What a program prints, empty if it is not there, fails or takes longer than a user would wait. */
    private static String output(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "";
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            log.debug("{} cannot be run", command[0], e);
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = failure.getCause(); cause != null && cause != root; cause = cause.getCause()) {
            root = cause;
        }
        return Objects.requireNonNullElse(root.getMessage(), root.getClass().getSimpleName())
                .lines()
                .findFirst()
                .orElse("");
    }
}

package org.mirage4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a figure depends on.
 *
 * @param processor the processor's name
 * @param processors how many of them
 * @param processorFlags instruction sets it knows, as Linux names them; empty elsewhere
 * @param system operating system
 * @param java version of the JDK
 * @param libraries versions of the libraries that compute
 */
record MachineFacts(
        String processor,
        int processors,
        Set<String> processorFlags,
        String system,
        String java,
        Map<String, String> libraries) {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Pattern LIBRARY = Pattern.compile("(deeplearning4j-core|nd4j-native|openblas|dnnl"
            + "|mirage4j-core|tensorflow-core-api|pytorch-native-cpu|pytorch-engine|jmh-core)-(\\d[^/]*?)"
            + "(-(linux|macosx|windows)[^/]*)?\\.jar");

    static MachineFacts find(Path... libraryFolders) throws IOException {
        Map<String, String> about = Files.exists(PROCESSORS) ? firstProcessor() : Map.of();
        return new MachineFacts(
                about.getOrDefault("model name", System.getProperty("os.arch"))
                        + about.entrySet().stream()
                                .filter(entry -> entry.getKey().equals("cpu family"))
                                .map(entry -> " (family " + entry.getValue() + ")")
                                .findFirst()
                                .orElse(""),
                Runtime.getRuntime().availableProcessors(),
                Set.of(about.getOrDefault("flags", "").split(" ")),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.version"),
                libraries(libraryFolders));
    }

    private static Map<String, String> firstProcessor() throws IOException {
        Map<String, String> facts = new TreeMap<>();
        for (String line : Files.readAllLines(PROCESSORS)) {
            if (line.isBlank()) {
                break;
            }
            String[] parts = line.split(":", 2);
            facts.put(parts[0].trim(), parts.length > 1 ? parts[1].trim() : "");
        }
        return facts;
    }

    private static Map<String, String> libraries(Path... folders) throws IOException {
        Map<String, String> versions = new TreeMap<>();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Matcher library = LIBRARY.matcher(file.getFileName().toString());
                    if (library.matches()) {
                        versions.put(library.group(1), library.group(2));
                    }
                }
            }
        }
        return versions;
    }

    /** The fastest kernel of OpenBLAS 0.3.19 that runs here; it only recognises processors older than itself. */
    Optional<String> openBlasCoreType() {
        if (processorFlags.containsAll(List.of("avx512f", "avx512bw", "avx512dq", "avx512vl"))) {
            return Optional.of("SkylakeX");
        }
        return processorFlags.containsAll(List.of("avx2", "fma")) ? Optional.of("Haswell") : Optional.empty();
    }
}

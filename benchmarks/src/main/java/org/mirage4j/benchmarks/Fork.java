package org.mirage4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mirage4j.core.MirageException;

/** Processes of their own, each with the environment that its settings ask for. */
final class Fork {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern KERNEL = Pattern.compile("Core: (\\w+)");
    private static final String OWN = "org.mirage4j.benchmarks.TrainingStep.step";
    private static final String PEER = "org.mirage4j.benchmarks.peers.PeerStep.step";

    private final MachineFacts machine;
    private final Path peers;
    private final Schedule schedule;
    private final Path log;

    /**
     * @param machine what the settings depend on
     * @param peers the jar of the peers
     * @param schedule how long to run
     * @param log file that all output is appended to
     */
    Fork(MachineFacts machine, Path peers, Schedule schedule, Path log) {
        this.machine = machine;
        this.peers = peers;
        this.schedule = schedule;
        this.log = log;
    }

    /** Runs one JMH fork; the rates of its iterations, in units of work per second. */
    List<Double> measure(Contestant contestant, String workload, int threads) throws IOException, InterruptedException {
        Path results = Files.createTempFile("mirage4j-benchmark", ".json");
        try {
            List<String> arguments = new ArrayList<>(List.of(
                    (contestant.isPeer() ? PEER : OWN).replace(".", "\\.") + "$",
                    "-p",
                    "workload=" + workload,
                    "-p",
                    "implementation=" + contestant.implementation(),
                    "-f",
                    "1",
                    "-foe",
                    "true",
                    "-rf",
                    "json",
                    "-rff",
                    results.toString(),
                    "-jvmArgsAppend",
                    String.join(" ", jvmArguments(contestant))));
            arguments.addAll(schedule.arguments());
            String classPath = contestant.isPeer() ? peers.toString() : System.getProperty("java.class.path");
            Map<String, String> none = Map.of();
            run(contestant.settings(), threads, none, classPath, "org.openjdk.jmh.Main", arguments);
            return rates(JSON.readTree(results.toFile()), contestant + " on " + workload);
        } finally {
            Files.deleteIfExists(results);
        }
    }

    private List<String> jvmArguments(Contestant contestant) {
        List<String> arguments = new ArrayList<>(contestant.settings().jvmArguments());
        if (contestant.isPeer()) {
            // DJL unpacks its natives there, by default into the home directory, and reports its use by default
            arguments.add("-DDJL_CACHE_DIR=" + peers.resolveSibling("djl"));
            arguments.add("-Dai.djl.offline=true");
            arguments.add("-DOPT_OUT_TRACKING=true");
        }
        return arguments;
    }

    private static List<Double> rates(JsonNode results, String what) {
        List<Double> rates = new ArrayList<>();
        for (JsonNode fork : results.path(0).path("primaryMetric").path("rawData")) {
            fork.forEach(rate -> rates.add(rate.doubleValue()));
        }
        if (rates.isEmpty()) {
            throw new MirageException(what + " has no results; the log says why");
        }
        return rates;
    }

    /** Compares two implementations step by step in one process. */
    Overhead.Result overhead(String workload, int threads, int seconds) throws IOException, InterruptedException {
        Path result = Files.createTempFile("mirage4j-overhead", ".json");
        try {
            run(
                    Settings.TUNED,
                    threads,
                    Map.of(),
                    System.getProperty("java.class.path"),
                    Overhead.class.getName(),
                    List.of(workload, Integer.toString(seconds), result.toString()));
            return JSON.readValue(result.toFile(), Overhead.Result.class);
        } finally {
            Files.deleteIfExists(result);
        }
    }

    /** The BLAS kernel that Deeplearning4j gets under these settings. */
    Optional<String> blasKernel(Settings settings) throws IOException, InterruptedException {
        String said = run(
                settings,
                1,
                Map.of(BlasKernel.VERBOSE, "2"),
                System.getProperty("java.class.path"),
                BlasKernel.class.getName(),
                List.of());
        Matcher kernel = KERNEL.matcher(said);
        return kernel.find() ? Optional.of(kernel.group(1)) : Optional.empty();
    }

    private String run(
            Settings settings,
            int threads,
            Map<String, String> also,
            String classPath,
            String main,
            List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(settings.jvmArguments());
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        settings.applyTo(builder.environment(), threads, machine);
        builder.environment().putAll(also);
        Process process = builder.start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(
                    log, said, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
            int code = process.waitFor();
            if (code != 0) {
                throw new MirageException(main + " " + String.join(" ", arguments) + " ended with code " + code + "; "
                        + log + " says why");
            }
            return said;
        } finally {
            process.destroy();
        }
    }
}

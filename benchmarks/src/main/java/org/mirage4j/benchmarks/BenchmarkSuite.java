package org.mirage4j.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs contestants on workloads, each fork in a process with an environment of its own, and interleaved:
 * first forks of all contestants, then second forks, so that a machine that is slow for a while is slow for
 * all of them.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures training speed beside raw Deeplearning4j and, where their jar is built, the peers.")
public final class BenchmarkSuite implements Callable<Integer> {
    private static final List<String> CURVES = List.of(
            "mlp-8x128",
            "mlp-32x128",
            "mlp-128x128",
            "mlp-512x128",
            "mlp-128x32",
            "mlp-128x512",
            "mlp-128x2048",
            "dcgan-64x16",
            "dcgan-64x28",
            "dcgan-64x32",
            "dcgan-64x64");

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--workloads",
            split = ",",
            paramLabel = "NAME",
            description = "W1-32, W1-128, W2, W3, W4, W5 (the default), mlp-BATCHxUNITS, dcgan-BATCHxSIDE, or"
                    + " curves: all points of the scaling curves.")
    private List<String> workloads = Workload.STANDARD;

    @Option(
            names = "--contestants",
            split = ",",
            paramLabel = "NAME",
            description = "mirage-plan, mirage-stock, dl4j-tuned, dl4j-stacked-tuned, dl4j-installed,"
                    + " dl4j-stacked-installed, tensorflow, tensorflow-stacked, djl, djl-stacked. Default: all, with"
                    + " the peers if their jar is built.")
    private List<String> contestants = List.of();

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description = "Numbers of threads, one after the other. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1,2")
    private List<Integer> threads = List.of();

    @Option(
            names = "--forks",
            paramLabel = "N",
            description = "Processes per contestant, workload and thread count. Default: ${DEFAULT-VALUE}.",
            defaultValue = "2")
    private int forks;

    @Option(
            names = "--overhead",
            paramLabel = "SECONDS",
            description = "Also compare Network with the same step by hand, this long per workload (W1 to W4);"
                    + " with --contestants none, only that.")
    private int overheadSeconds;

    @Option(names = "--quick", description = "Short iterations: to try it out, not for figures.")
    private boolean quick;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where results.json, results.md, charts and the log go. Default: ${DEFAULT-VALUE}.",
            defaultValue = "runs/benchmarks")
    private Path out = Path.of("");

    @Option(
            names = "--peers",
            description = "Include TensorFlow Java and DJL with PyTorch; ./mirage bench builds them first (a download"
                    + " of 270 MB). Without it they take part if they are built.")
    private boolean peers;

    @Option(
            names = "--peers-jar",
            paramLabel = "JAR",
            description = "The peers' jar. Default: where ./mirage bench --peers builds it.")
    private @Nullable Path peersJar;

    private BenchmarkSuite() {}

    /**
     * Runs the suite.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /**
     * The suite as a command, for a command line that has others beside it.
     *
     * @return the command
     */
    public static CommandLine commandLine() {
        CommandLine command = new CommandLine(new BenchmarkSuite());
        command.setExecutionExceptionHandler((problem, line, parsed) -> {
            if (problem instanceof MirageException) {
                line.getErr().println(problem.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
            throw problem;
        });
        return command;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path jar = peersJar == null ? defaultPeers() : peersJar;
        List<Contestant> who = chosenContestants(jar);
        List<String> what = chosenWorkloads();
        if (forks < 1 || threads.stream().anyMatch(count -> count < 1)) {
            throw new MirageException("--forks and --threads must be at least 1, but are " + forks + " and " + threads);
        }
        Files.createDirectories(out);
        MachineFacts machine = MachineFacts.find(jarFolder().resolve("lib"), jar.resolveSibling("lib"));
        Fork fork = new Fork(machine, jar, quick ? Schedule.QUICK : Schedule.FULL, out.resolve("log.txt"));
        Map<String, String> kernels = new LinkedHashMap<>();
        for (Settings settings : List.of(Settings.AS_INSTALLED, Settings.TUNED)) {
            kernels.put(settings.name(), fork.blasKernel(settings).orElse("unknown"));
        }
        List<Measurement> measurements = new ArrayList<>();
        Map<String, Overhead.Result> overheads = new LinkedHashMap<>();
        for (int count : threads) {
            for (String workload : what) {
                measurements.addAll(measure(fork, who, workload, count));
            }
            if (overheadSeconds > 0) {
                for (String workload : what) {
                    if (!(Workload.named(workload) instanceof Workload.MonteCarlo)) {
                        overheads.put(
                                workload + ", threads: " + count, fork.overhead(workload, count, overheadSeconds));
                    }
                }
            }
        }
        String date = Instant.now().truncatedTo(ChronoUnit.MINUTES).toString();
        Report report = new Report(date, machine, kernels, measurements, overheads);
        report.write(out);
        output().print(report.table());
        output().flush();
        return CommandLine.ExitCode.OK;
    }

    private List<Measurement> measure(Fork fork, List<Contestant> who, String workload, int count)
            throws IOException, InterruptedException {
        Map<Contestant, List<Double>> rates = new LinkedHashMap<>();
        for (int round = 0; round < forks; round++) {
            for (Contestant contestant : who) {
                if (!contestant.takesPartIn(Workload.named(workload))) {
                    continue;
                }
                try {
                    List<Double> some = fork.measure(contestant, workload, count);
                    rates.computeIfAbsent(contestant, unused -> new ArrayList<>())
                            .addAll(some);
                    output().printf(
                                    Locale.ROOT,
                                    "%s, threads: %d, %s, fork %d of %d: %s%n",
                                    workload,
                                    count,
                                    contestant.label(),
                                    round + 1,
                                    forks,
                                    some);
                } catch (MirageException e) {
                    // the others' hours of measurements must not be lost with it
                    output().printf(Locale.ROOT, "%s, %s: %s%n", workload, contestant.label(), e.getMessage());
                }
                output().flush();
            }
        }
        List<Measurement> measurements = new ArrayList<>();
        rates.forEach((contestant, all) -> measurements.add(new Measurement(contestant, workload, count, all)));
        return measurements;
    }

    private List<Contestant> chosenContestants(Path jar) {
        boolean built = Files.exists(jar);
        if (peers && !built) {
            throw noPeers(jar);
        }
        if (contestants.isEmpty()) {
            return Arrays.stream(Contestant.values())
                    .filter(contestant -> built || !contestant.isPeer())
                    .toList();
        }
        if (contestants.equals(List.of("none"))) {
            return List.of();
        }
        List<Contestant> chosen = contestants.stream().map(Contestant::labelled).toList();
        if (!built && chosen.stream().anyMatch(Contestant::isPeer)) {
            throw noPeers(jar);
        }
        return chosen;
    }

    private static MirageException noPeers(Path jar) {
        return new MirageException("the peers' jar " + jar + " does not exist; ./mirage bench --peers builds it, and so"
                + " does mvn -Ppeers -DskipTests -pl benchmarks,benchmarks/peers -am package");
    }

    private List<String> chosenWorkloads() {
        List<String> chosen = workloads.stream()
                .flatMap(name -> name.equals("curves") ? CURVES.stream() : java.util.stream.Stream.of(name))
                .distinct()
                .toList();
        chosen.forEach(Workload::named);
        return chosen;
    }

    private PrintWriter output() {
        if (spec == null) {
            throw new IllegalStateException("not run as a command");
        }
        return spec.commandLine().getOut();
    }

    private static Path jarFolder() {
        Path first = Path.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator)[0]);
        Path folder = first.toAbsolutePath().getParent();
        return folder == null ? Path.of("") : folder;
    }

    private static Path defaultPeers() {
        return jarFolder()
                .resolve("../peers/target/mirage4j-benchmarks-peers.jar")
                .normalize();
    }
}

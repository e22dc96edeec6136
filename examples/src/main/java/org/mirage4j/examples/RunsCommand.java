package org.mirage4j.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunComparison;
import org.mirage4j.core.run.RunDirectory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "runs",
        description = "Lists runs, tells two apart, or runs one again.",
        subcommands = {RunsCommand.Diff.class, RunsCommand.Reproduce.class})
final class RunsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Option(
            names = "--in",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "The folder that holds the runs. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Override
    public Integer call() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("run", "kind", "status", "done", "data", "seed", "created"));
        for (Path candidate : folders()) {
            rows.add(row(candidate));
        }
        if (rows.size() == 1) {
            throw new MirageException("the folder " + folder + " holds no runs");
        }
        TextTable.print(rows, spec.commandLine().getOut());
        return ExitCode.OK;
    }

    private List<Path> folders() {
        if (!Files.isDirectory(folder)) {
            throw new MirageException("the folder " + folder + " does not exist, so it holds no runs");
        }
        try (Stream<Path> content = Files.list(folder)) {
            return content.filter(path -> Files.exists(path.resolve("manifest.json")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new MirageException("cannot list the folder " + folder + ": " + e.getMessage(), e);
        }
    }

    /** A damaged run is told as such, and does not hide the others. */
    private static List<String> row(Path folder) {
        try {
            RunDirectory run = RunDirectory.open(folder);
            Manifest manifest = run.manifest();
            return List.of(
                    folder.toString(),
                    manifest.kind(),
                    manifest.status().name().toLowerCase(Locale.ROOT),
                    progress(run),
                    manifest.dataName(),
                    Long.toString(manifest.seed()),
                    manifest.created().toString());
        } catch (MirageException e) {
            return List.of(folder.toString(), "-", "damaged", "-", "-", "-", "-");
        }
    }

    private static String progress(RunDirectory run) {
        if (!Files.exists(run.metrics())) {
            return "-";
        }
        MetricsTable metrics = MetricsTable.read(run.metrics());
        String unit = metrics.columns().get(0);
        double[] done = metrics.column(unit);
        return (done.length == 0 ? 0 : done(unit, done)) + " " + unit + "s";
    }

    /** Iterations and epochs are counted from 1, candidates are numbered from 0 and have a row for each fold. */
    private static long done(String unit, double[] rows) {
        return unit.equals("candidate") ? Arrays.stream(rows).distinct().count() : (long) rows[rows.length - 1];
    }

    @Command(name = "diff", description = "Tells what two runs were set up with and came to differently.")
    static final class Diff implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli fills it in
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "A", description = "A run.")
        @SuppressWarnings("NullAway.Init")
        private Path first;

        @Parameters(index = "1", paramLabel = "B", description = "Another run.")
        @SuppressWarnings("NullAway.Init")
        private Path second;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            RunComparison comparison = RunComparison.of(RunDirectory.open(first), RunDirectory.open(second));
            if (comparison.settings().isEmpty()) {
                out.println("same settings, data and environment");
            } else {
                List<List<String>> rows = new ArrayList<>();
                rows.add(List.of("differs", first.toString(), second.toString()));
                comparison
                        .settings()
                        .forEach(difference ->
                                rows.add(List.of(difference.what(), difference.first(), difference.second())));
                TextTable.print(rows, out);
            }
            out.println(results(comparison));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "reproduce",
            description =
                    "Runs a run again, with its options, data and seed, and compares what comes of it: bit for bit"
                            + " where backend, libraries and threads are the same, else the first row of the metrics within"
                            + " a tolerance.")
    static final class Reproduce implements Callable<Integer> {
        /** Single precision and another order of summation, over the few steps to the first row. */
        private static final double TOLERANCE = 1e-3;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli fills it in
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "DIR", description = "The run to run again.")
        @SuppressWarnings("NullAway.Init")
        private Path run;

        @Option(
                names = "--out",
                paramLabel = "DIR",
                description = "The new run's folder. Default: the next free runs/reproduced-N.")
        private @Nullable Path out;

        @Override
        public Integer call() {
            return RunFolders.<Integer>begin(out, "reproduced", this::reproduce);
        }

        private int reproduce(Path folder) {
            RunDirectory original = RunDirectory.open(run);
            CommandLine root = spec.root().commandLine();
            int exitCode = root.execute(again(original, folder));
            if (exitCode != ExitCode.OK) {
                RunFolders.removeIfEmpty(folder);
                return exitCode;
            }
            RunComparison comparison = RunComparison.of(original, RunDirectory.open(folder));
            PrintWriter results = spec.commandLine().getOut();
            results.println(results(comparison));
            if (!comparison.sameBasis() || !comparison.unequal().isEmpty()) {
                comparison
                        .settings()
                        .forEach(difference -> results.println("  " + difference.what() + " was " + difference.first()
                                + " and is now " + difference.second()));
            }
            if (comparison.sameBasis()) {
                return comparison.unequal().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
            }
            return comparison.firstRow() <= TOLERANCE ? ExitCode.OK : ExitCode.SOFTWARE;
        }

        private String[] again(RunDirectory original, Path folder) {
            Path source = original.folder();
            List<String> command = new ArrayList<>();
            switch (original.manifest().kind()) {
                case "gan" ->
                    command.addAll(List.of("gan", "--like", source.toString(), "--iterations", iterations(original)));
                case "classifier" ->
                    command.addAll(List.of("classify", "--like", source.toString(), "--epochs", epochs(original)));
                case "regressor" ->
                    command.addAll(List.of("regress", "--like", source.toString(), "--epochs", epochs(original)));
                default ->
                    throw new MirageException("run " + source
                            + " must be of kind gan, classifier or regressor to be run again, but is of kind "
                            + original.manifest().kind());
            }
            command.addAll(List.of("--out", folder.toString()));
            return command.toArray(String[]::new);
        }

        /** As far as the original went, which may have been stopped; a checkpoint counts steps. */
        private static String epochs(RunDirectory original) {
            iterations(original);
            double[] epochs = MetricsTable.read(original.metrics()).column("epoch");
            return Integer.toString((int) epochs[epochs.length - 1]);
        }

        /** As far as the original went, which may have been stopped. */
        private static String iterations(RunDirectory original) {
            return new CheckpointStore(original.checkpoints(), 1)
                    .latest()
                    .map(checkpoint -> Long.toString(checkpoint.iteration()))
                    .orElseThrow(() -> new MirageException(
                            "run " + original.folder() + " holds no checkpoint, so it has nothing to compare with"));
        }
    }

    /** Nothing where nothing could be compared, such as checkpoints of different iterations. */
    private static String difference(double value, String where) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2g in the %s", value, where);
    }

    private static String results(RunComparison comparison) {
        if (comparison.unequal().isEmpty()) {
            return comparison.numbers() + " numbers compared: all bits are equal";
        }
        String largest = Stream.of(
                        difference(comparison.firstRow(), "first row of the metrics"),
                        difference(comparison.state(), "checkpoints"))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "%d numbers compared: not all bits are equal, but differ in %s%s",
                comparison.numbers(),
                String.join(", ", comparison.unequal()),
                largest.isEmpty() ? "" : "; largest relative difference " + largest);
    }
}

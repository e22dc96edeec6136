package org.mirage4j.examples.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;

/** Kills a run again and again, and compares what is left of it in the end. */
public final class Kills {
    /** Entries and columns that tell of time. */
    private static final Set<String> TIMES = Set.of("seconds", "clock");

    private final Setup setup;
    private final SplittableRandom random;

    Kills(Setup setup, long seed) {
        this.setup = setup;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Runs to the end with so many kills at most, fewer only if the run is over before.
     *
     * @return how often the process was killed while it trained
     */
    int killed(Path folder, int kills) throws IOException, InterruptedException {
        for (int killed = 0; killed < kills; killed++) {
            if (!untilKilled(folder, kills - killed)) {
                return killed;
            }
        }
        undisturbed(folder);
        return kills;
    }

    void undisturbed(Path folder) throws IOException, InterruptedException {
        try (RunProcess process = RunProcess.start(setup, folder)) {
            while (process.next() != null) {
                // on to the next
            }
            assertThat(process.exitCode()).as(Files.readString(errors(folder))).isZero();
        }
    }

    /** Lets the run go on for a random while, within its share of what is left, and a random part of an iteration. */
    private boolean untilKilled(Path folder, int killsLeft) throws IOException, InterruptedException {
        try (RunProcess process = RunProcess.start(setup, folder)) {
            Long first = process.next();
            if (first == null) {
                assertThat(process.exitCode())
                        .as(Files.readString(errors(folder)))
                        .isZero();
                return false;
            }
            long share = Math.max(2, 2 * (setup.length() - first) / (killsLeft + 1));
            long last = first + random.nextLong(share);
            for (Long done = first; done != null && done < last; ) {
                done = process.next();
            }
            TimeUnit.MICROSECONDS.sleep(random.nextInt(5000));
            process.kill();
            return true;
        }
    }

    private static Path errors(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".err");
    }

    /**
     * Asserts that two finished runs left the same.
     *
     * @param actual folder of the one
     * @param expected folder of the other
     * @return how many bits were compared
     * @throws IOException if a file cannot be read
     */
    public static long assertSame(Path actual, Path expected) throws IOException {
        RunDirectory a = RunDirectory.open(actual);
        RunDirectory b = RunDirectory.open(expected);
        assertThat(a.config()).isEqualTo(b.config());
        assertThat(a.manifest().status()).isEqualTo(b.manifest().status());
        long bytes = assertSameCheckpoints(a, b);
        MetricsTable metrics = MetricsTable.read(a.metrics());
        MetricsTable wanted = MetricsTable.read(b.metrics());
        assertThat(metrics.columns()).isEqualTo(wanted.columns());
        for (String column : wanted.columns()) {
            if (!TIMES.contains(column)) {
                assertThat(metrics.column(column)).as(column).containsExactly(wanted.column(column));
                bytes += (long) Double.BYTES * wanted.rows();
            }
        }
        assertThat(pictures(a)).isEqualTo(pictures(b));
        for (String picture : pictures(b)) {
            byte[] content = Files.readAllBytes(b.samples().resolve(picture));
            assertThat(a.samples().resolve(picture)).hasBinaryContent(content);
            bytes += content.length;
        }
        return Byte.SIZE * bytes;
    }

    private static long assertSameCheckpoints(RunDirectory a, RunDirectory b) {
        Checkpoint actual = new CheckpointStore(a.checkpoints(), 1).latest().orElseThrow();
        Checkpoint expected = new CheckpointStore(b.checkpoints(), 1).latest().orElseThrow();
        assertThat(actual.iteration()).isEqualTo(expected.iteration());
        assertThat(actual.names()).isEqualTo(expected.names()).isNotEmpty();
        long bytes = 0;
        for (String name : expected.names()) {
            if (!TIMES.contains(name)) {
                assertThat(actual.bytes(name)).as(name).isEqualTo(expected.bytes(name));
                bytes += expected.bytes(name).length;
            }
        }
        return bytes;
    }

    private static Set<String> pictures(RunDirectory run) {
        try (Stream<Path> files = Files.list(run.samples())) {
            Set<String> names = new TreeSet<>();
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

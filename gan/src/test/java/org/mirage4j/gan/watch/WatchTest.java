package org.mirage4j.gan.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointException;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.gan.loss.NonSaturating;
import org.mirage4j.gan.train.IterationStatistics;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class WatchTest {
    private static final long ITERATIONS = 2000;
    private static final int BATCH = 64;
    private static final RandomStreams STREAMS = new RandomStreams(8);
    private static final INDArray REAL = points(0);

    private static INDArray points(long draw) {
        return STREAMS.gaussian("points", draw, DataType.FLOAT, 50, 2);
    }

    private static Watch watch(WatchOptions options) {
        return new Watch(options, new NonSaturating(), REAL, BATCH);
    }

    /** A game that settles at once; samples collapse from one iteration to another. */
    private static void play(Watch watch, long from, long to, long collapseFrom, long collapseTo) {
        play(watch, from, to, collapseFrom, collapseTo, points(1));
    }

    private static void play(Watch watch, long from, long to, long collapseFrom, long collapseTo, INDArray healthy) {
        for (long i = from; i < to && watch.reasonToStop().isEmpty(); i++) {
            double wobble = 0.01 * STREAMS.generator("wobble", i).nextGaussian();
            IterationStatistics statistics =
                    new IterationStatistics(1.2 + wobble, 0.9 - wobble, 0.6 + wobble, 0.4 - wobble, 0, 1, 1);
            watch.add(statistics);
            if (watch.isDue(i + 1)) {
                boolean collapsed = i >= collapseFrom && i < collapseTo;
                watch.check(i + 1, statistics, collapsed ? Nd4j.ones(50, 2) : healthy);
            }
        }
    }

    private static List<Long> iterations(Watch watch) {
        return watch.events().stream().map(Watch.Event::iteration).toList();
    }

    @Test
    void eventsAreToldWhenTheyHappen() {
        Watch watch = watch(WatchOptions.WARN);
        play(watch, 0, ITERATIONS, 1000, 1500);
        // a check in 3,200 examples, 50 iterations; ten in a row are the window, and raise the alarm
        assertThat(iterations(watch)).containsExactly(500L, 1050L, 1500L, 1550L, 2000L);
        assertThat(watch.events().get(0).text()).contains("balanced");
        assertThat(watch.events().get(1).text()).contains("not balanced any more");
        assertThat(watch.events().get(2).text()).contains("collapsed");
        assertThat(watch.events().get(3).text()).contains("recovered");
        assertThat(watch.reasonToStop()).isEmpty();
    }

    @Test
    void stopsOnCollapseIfAsked() {
        Watch watch = watch(new WatchOptions(false, true));
        play(watch, 0, ITERATIONS, 1000, 1500);
        assertThat(watch.reasonToStop())
                .hasValueSatisfying(reason -> assertThat(reason).contains("collapsed"));
        assertThat(watch.row()[0]).isZero();
        assertThat(iterations(watch)).last().isEqualTo(1500L);
    }

    @Test
    void stopsAtEquilibriumIfAskedButNotWithACollapsedGenerator() {
        Watch healthy = watch(new WatchOptions(true, false));
        play(healthy, 0, ITERATIONS, 0, 0);
        assertThat(healthy.reasonToStop()).contains("the game is balanced");
        assertThat(healthy.row()[3]).isEqualTo(1);
        Watch collapsed = watch(new WatchOptions(true, false));
        play(collapsed, 0, ITERATIONS, 0, ITERATIONS);
        assertThat(collapsed.reasonToStop()).isEmpty();
        assertThat(collapsed.row()[3]).isZero();
    }

    @Test
    void checksAndWindowAreCountedInExamplesButNotInTooFewSteps() {
        assertThat(firstCheck(8)).isEqualTo(400);
        assertThat(firstCheck(64)).isEqualTo(50);
        assertThat(firstCheck(512)).isEqualTo(50);
        Watch watch = new Watch(WatchOptions.WARN, new NonSaturating(), REAL, 8);
        play(watch, 0, 3999, 0, 0);
        assertThat(watch.imbalance())
                .hasValueSatisfying(reason -> assertThat(reason).contains("fewer than 4000 iterations"));
    }

    private static long firstCheck(int batch) {
        Watch watch = new Watch(WatchOptions.WARN, new NonSaturating(), REAL, batch);
        return LongStream.iterate(1, i -> i + 1)
                .filter(watch::isDue)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void steadyGameOnNoiseIsNotBalanced() {
        INDArray noise = STREAMS.gaussian("noise", 0, DataType.FLOAT, 100, 1, 28, 28);
        INDArray digits =
                new SyntheticDigits(3).examples(0, 400).examples(0, 400).features();
        Watch watch = new Watch(
                new WatchOptions(true, false),
                new NonSaturating(),
                digits.mul(2).sub(1),
                BATCH);
        play(watch, 0, ITERATIONS, 0, 0, noise);
        assertThat(watch.reasonToStop()).isEmpty();
        assertThat(watch.imbalance())
                .hasValueSatisfying(reason -> assertThat(reason).contains("far from the data"));
        assertThat(watch.row()[4]).isGreaterThan(0.3);
    }

    @Test
    void whatEndedARunEndsItAgainWhenItGoesOn(@TempDir Path folder) {
        CheckpointStore store = new CheckpointStore(folder, 1);
        WatchOptions either = new WatchOptions(true, true);
        for (boolean collapsed : new boolean[] {true, false}) {
            long to = collapsed ? ITERATIONS : 0;
            Watch first = watch(either);
            play(first, 0, 500, 0, to);
            String reason = first.reasonToStop().orElseThrow();
            Watch second = watch(either);
            second.restore(Checkpoint.read(store.save(500, Double.NaN, first::save)));
            assertThat(second.reasonToStop()).isEmpty();
            play(second, 500, 550, 0, to);
            assertThat(second.reasonToStop()).contains(reason);
            assertThat(second.events()).as("nothing new").isEqualTo(first.events());
            Watch unasked = watch(WatchOptions.WARN);
            unasked.restore(store.latest().orElseThrow());
            play(unasked, 500, 550, 0, to);
            assertThat(unasked.reasonToStop()).isEmpty();
        }
    }

    @Test
    void monitorsOfAnotherFormAreNamed(@TempDir Path folder) {
        CheckpointStore store = new CheckpointStore(folder, 1);
        Map<String, Object> state =
                new LinkedHashMap<>(Checkpoint.read(store.save(1, Double.NaN, watch(WatchOptions.WARN)::save))
                        .json("watch"));
        state.remove("form");
        Checkpoint other = Checkpoint.read(store.save(2, Double.NaN, writer -> writer.json("watch", state)));
        assertThatThrownBy(() -> watch(WatchOptions.WARN).restore(other))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("of another version");
    }

    @Test
    void goesOnFromACheckpointAsIfNeverStopped(@TempDir Path endFolder, @TempDir Path cutFolder) {
        CheckpointStore ends = new CheckpointStore(endFolder, 1);
        CheckpointStore cuts = new CheckpointStore(cutFolder, 10);
        Watch whole = watch(WatchOptions.WARN);
        play(whole, 0, ITERATIONS, 1000, 1500);
        Map<String, Object> expected =
                Checkpoint.read(ends.save(ITERATIONS, Double.NaN, whole::save)).json("watch");
        for (long cut : new long[] {0, 7, 190, 1075, 1200, 1511}) {
            Watch first = watch(WatchOptions.WARN);
            play(first, 0, cut, 1000, 1500);
            Watch second = watch(WatchOptions.WARN);
            second.restore(Checkpoint.read(cuts.save(cut, Double.NaN, first::save)));
            assertThat(second.row()).isEqualTo(first.row());
            play(second, cut, ITERATIONS, 1000, 1500);
            assertThat(Checkpoint.read(ends.save(ITERATIONS, Double.NaN, second::save))
                            .json("watch"))
                    .as("cut at %d", cut)
                    .isEqualTo(expected);
        }
    }

    @Test
    void somethingElseThanAStateIsRefused(@TempDir Path folder) {
        CheckpointStore store = new CheckpointStore(folder, 1);
        store.save(1, Double.NaN, writer -> writer.json("watch", Map.of("health", 3)));
        Checkpoint other = store.latest().orElseThrow();
        assertThatThrownBy(() -> watch(WatchOptions.WARN).restore(other))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("monitors");
    }
}

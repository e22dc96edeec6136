package org.mirage4j.gan.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    private static final RandomStreams STREAMS = new RandomStreams(8);
    private static final INDArray REAL = points(0);

    private static INDArray points(long draw) {
        return STREAMS.gaussian("points", draw, DataType.FLOAT, 50, 2);
    }

    private static Watch watch(WatchOptions options) {
        return new Watch(options, new NonSaturating(), REAL, ITERATIONS);
    }

    /** A game that settles at once; samples collapse from one iteration to another. */
    private static void play(Watch watch, long from, long to, long collapseFrom, long collapseTo) {
        for (long i = from; i < to && watch.reasonToStop().isEmpty(); i++) {
            double wobble = 0.01 * STREAMS.generator("wobble", i).nextGaussian();
            IterationStatistics statistics =
                    new IterationStatistics(1.2 + wobble, 0.9 - wobble, 0.6 + wobble, 0.4 - wobble, 0, 1, 1);
            watch.add(statistics);
            if (watch.isDue(i + 1)) {
                boolean collapsed = i >= collapseFrom && i < collapseTo;
                watch.check(i + 1, statistics, collapsed ? Nd4j.ones(50, 2) : points(1));
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
        // a tenth of the run is the window; ten checks in a row, one in twenty iterations, raise the alarm
        assertThat(iterations(watch)).containsExactly(200L, 1020L, 1200L, 1520L, 1700L);
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
        assertThat(iterations(watch)).last().isEqualTo(1200L);
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
        assertThat(collapsed.imbalance()).isEmpty();
        assertThat(collapsed.row()[3]).isZero();
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

package org.mirage4j.gan.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;
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
                    new IterationStatistics(1.2 + wobble, 0.9 - wobble, 0.6 + wobble, 0.4 - wobble, 1, 1);
            watch.add(statistics);
            if (watch.isDue(i + 1)) {
                boolean collapsed = i >= collapseFrom && i < collapseTo;
                watch.check(i + 1, statistics, collapsed ? Nd4j.ones(50, 2) : points(i));
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
        // a tenth of the run is the window; five checks in a row, one in twenty iterations, raise the alarm
        assertThat(iterations(watch)).containsExactly(200L, 1100L, 1100L, 1520L, 1520L);
        assertThat(watch.events().get(0).text()).contains("balanced");
        assertThat(watch.events().get(1).text()).contains("collapsed");
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
        assertThat(iterations(watch)).last().isEqualTo(1100L);
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
    void goesOnFromASavedStateAsIfNeverStopped() throws IOException {
        Watch whole = watch(WatchOptions.WARN);
        play(whole, 0, ITERATIONS, 1000, 1500);
        for (long cut : new long[] {7, 190, 1075, 1100, 1511}) {
            Watch first = watch(WatchOptions.WARN);
            play(first, 0, cut, 1000, 1500);
            ObjectMapper json = new ObjectMapper();
            Map<String, Object> saved = json.readValue(json.writeValueAsBytes(first.state()), new TypeReference<>() {});
            Watch second = watch(WatchOptions.WARN);
            second.restore(saved);
            assertThat(second.row()).isEqualTo(first.row());
            play(second, cut, ITERATIONS, 1000, 1500);
            assertThat(second.state()).as("cut at %d", cut).isEqualTo(whole.state());
        }
    }

    @Test
    void somethingElseThanAStateIsRefused() {
        assertThatThrownBy(() -> watch(WatchOptions.WARN).restore(Map.of("health", 3)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("monitors");
    }
}

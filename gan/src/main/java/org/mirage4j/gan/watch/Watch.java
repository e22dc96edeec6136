package org.mirage4j.gan.watch;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointException;
import org.mirage4j.core.run.CheckpointWriter;
import org.mirage4j.core.run.Resumable;
import org.mirage4j.gan.loss.GanLoss;
import org.mirage4j.gan.train.IterationStatistics;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All monitors of one run: fed with every iteration and now and then with samples, they log and remember what
 * happened, and say when to stop. What they say depends only on what they were fed, so that a run goes on from
 * a checkpoint as if it had never stopped. Not safe for concurrent use.
 */
public final class Watch implements Resumable {
    /** The columns of {@link #row()}. */
    public static final List<String> COLUMNS =
            List.of("sample_diversity", "sample_contrast", "near_duplicates", "balanced");

    /** Checks of the samples in a run: rare enough to cost little beside the training itself. */
    private static final long CHECKS = 100;

    /** The moving window is this part of the run. */
    private static final long WINDOWS = 10;

    private static final String ENTRY = "watch";
    private static final Logger log = LoggerFactory.getLogger(Watch.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final WatchOptions options;
    private final long every;
    private final EquilibriumMonitor equilibrium;
    private final CollapseAlarm collapse;
    private List<Event> events = new ArrayList<>();
    private SampleHealth health = new SampleHealth(Double.NaN, Double.NaN, Double.NaN);
    private boolean balanced;
    private @Nullable String reasonToStop;

    /**
     * Something worth telling.
     *
     * @param iteration iterations done when it was noticed
     * @param text one or two sentences
     */
    public record Event(long iteration, String text) {}

    private record State(
            EquilibriumMonitor.State equilibrium,
            int collapsedInARow,
            SampleHealth health,
            boolean balanced,
            List<Event> events) {}

    /**
     * Creates monitors that have seen nothing.
     *
     * @param options what they may do
     * @param loss what the networks minimise
     * @param real real examples [N, ...] to compare samples with, in the generator's range
     * @param iterations planned length of the run
     * @throws MirageException if the real examples are fewer than 2 or all the same
     */
    public Watch(WatchOptions options, GanLoss loss, INDArray real, long iterations) {
        this.options = options;
        this.every = Math.max(1, iterations / CHECKS);
        this.equilibrium = new EquilibriumMonitor(loss, iterations / WINDOWS);
        this.collapse = new CollapseAlarm(real);
    }

    /**
     * Takes in one iteration.
     *
     * @param statistics what it came to
     */
    public void add(IterationStatistics statistics) {
        equilibrium.add(statistics);
    }

    /**
     * Takes in a sample metric.
     *
     * @param value the value; less is better
     */
    public void addMetric(double value) {
        equilibrium.addMetric(value);
    }

    /**
     * Looks at the samples of a generator that has not been trained, which alarms nobody.
     *
     * @param samples generated examples [N, ...] of the same latent vectors as later
     */
    public void checkUntrained(INDArray samples) {
        health = collapse.compare(samples);
    }

    /**
     * Whether {@link #check} is due.
     *
     * @param done iterations done
     * @return true about a hundred times in a run
     */
    public boolean isDue(long done) {
        return done % every == 0;
    }

    /**
     * Judges the samples and the game.
     *
     * @param done iterations done
     * @param statistics the last of them
     * @param samples generated examples [N, ...] of the same latent vectors every time
     */
    public void check(long done, IterationStatistics statistics, INDArray samples) {
        boolean before = collapse.isRaised();
        health = collapse.check(samples);
        equilibrium.addDiversity(health.diversity());
        if (collapse.isRaised() && !before) {
            String text = CollapseAlarm.explain(health, statistics);
            log.warn("Iteration {}: {}", done, text);
            tell(done, text, options.stopOnCollapse());
        } else if (before && !collapse.isRaised()) {
            log.info("Iteration {}: the generator has recovered from its collapse", done);
            tell(done, "the generator has recovered from its collapse", false);
        }
        Optional<String> imbalance = equilibrium.imbalance();
        boolean nowBalanced = imbalance.isEmpty() && !collapse.isRaised();
        if (nowBalanced && !balanced) {
            log.info("Iteration {}: the game is balanced", done);
            tell(done, "the game is balanced", options.stopAtEquilibrium());
        } else if (balanced && !nowBalanced) {
            tell(done, "the game is not balanced any more: " + imbalance.orElse("the generator has collapsed"), false);
        }
        balanced = nowBalanced;
    }

    /**
     * Remembers that training has broken down.
     *
     * @param done the iteration in which it did, counted from 1
     * @param text what happened
     */
    public void diverged(long done, String text) {
        tell(done, text, true);
    }

    private void tell(long done, String text, boolean stop) {
        events.add(new Event(done, text));
        if (stop && reasonToStop == null) {
            reasonToStop = text;
        }
    }

    /**
     * What was found last, for the metrics log.
     *
     * @return one value for each of {@link #COLUMNS}; NaN as long as no samples have been seen
     */
    public double[] row() {
        return new double[] {health.diversity(), health.contrast(), health.nearDuplicates(), balanced ? 1 : 0};
    }

    /**
     * Why training should end here.
     *
     * @return the reason; empty if it should go on
     */
    public Optional<String> reasonToStop() {
        return Optional.ofNullable(reasonToStop);
    }

    /**
     * What happened so far.
     *
     * @return the events, oldest first
     */
    public List<Event> events() {
        return List.copyOf(events);
    }

    /**
     * How far the game is from balance.
     *
     * @return the first test that fails, in words; empty if the game is balanced
     */
    public Optional<String> imbalance() {
        return equilibrium.imbalance();
    }

    @Override
    public void save(CheckpointWriter to) throws IOException {
        State state = new State(equilibrium.state(), collapse.inARow(), health, balanced, events);
        to.json(ENTRY, MAPPER.convertValue(state, new TypeReference<Map<String, Object>>() {}));
    }

    @Override
    public void restore(Checkpoint from) {
        State state;
        try {
            state = Objects.requireNonNull(MAPPER.convertValue(from.json(ENTRY), State.class));
        } catch (IllegalArgumentException notAState) {
            throw new CheckpointException("a checkpoint's entry \"" + ENTRY
                    + "\" must be the state of the run's monitors, but is something else");
        }
        equilibrium.restore(state.equilibrium());
        collapse.restore(state.collapsedInARow());
        health = state.health();
        balanced = state.balanced();
        events = new ArrayList<>(state.events());
    }
}

package org.mirage4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Units of work per second of one implementation on one workload. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class TrainingStep {
    /** The workload's name. */
    @Param({"W1-32", "W1-128", "W2", "W3", "W4", "W5"})
    public String workload = "";

    /** Who computes it. */
    @Param({"mirage-plan", "mirage-stock", "dl4j"})
    public String implementation = "";

    private @Nullable Step step;
    private double last;

    /** For JMH. */
    public TrainingStep() {}

    /** Builds the networks and the batches. */
    @Setup
    public void start() {
        step = create(implementation, Workload.named(workload));
    }

    static Step create(String implementation, Workload workload) {
        return switch (implementation) {
            case "mirage-plan" -> MirageSteps.create(workload, MirageSteps.Engine.PLAN);
            case "mirage-stock" -> MirageSteps.create(workload, MirageSteps.Engine.STOCK);
            case "dl4j" -> RawSteps.create(workload);
            case "dl4j-stacked" -> RawSteps.createStacked(workload);
            default ->
                throw new MirageException("implementation \"" + implementation
                        + "\" is unknown; there are mirage-plan, mirage-stock, dl4j and dl4j-stacked");
        };
    }

    /**
     * One unit of work.
     *
     * @return the loss
     */
    @Benchmark
    public double step() {
        if (step == null) {
            throw new IllegalStateException("step() comes after start()");
        }
        last = step.run();
        return last;
    }

    /** Frees the networks. A benchmark that has diverged measures something else, so it fails. */
    @TearDown
    public void stop() {
        if (step != null) {
            step.close();
        }
        if (!Double.isFinite(last)) {
            throw new IllegalStateException("the last loss of " + implementation + " on " + workload + " is " + last);
        }
    }
}

package org.mirage4j.gan;

import java.io.IOException;
import java.time.Duration;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointException;
import org.mirage4j.core.run.CheckpointWriter;
import org.mirage4j.core.run.Resumable;
import org.nd4j.linalg.factory.Nd4j;

/** The wall time of training over all parts of a run; what a kill lost is not in it. */
final class RunClock implements Resumable {
    private static final String ENTRY = "seconds";

    private double before;
    private long started = System.nanoTime();

    void start() {
        started = System.nanoTime();
    }

    double seconds() {
        return before + (System.nanoTime() - started) / 1e9;
    }

    Duration time() {
        return Duration.ofNanos((long) (1e9 * seconds()));
    }

    @Override
    public void save(CheckpointWriter to) throws IOException {
        to.array(ENTRY, Nd4j.scalar(seconds()));
    }

    @Override
    public void restore(Checkpoint from) {
        double seconds = from.array(ENTRY).getDouble(0);
        if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new CheckpointException("a checkpoint's training time must be at least 0 s, but is " + seconds);
        }
        before = seconds;
    }
}

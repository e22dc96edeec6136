package org.mirage4j.examples;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C as a wish to end early: Java waits a while for the thread that listens to write what it has, say so and
 * end. Java then exits by itself with {@link #EXIT_CODE}.
 */
final class StopSignal implements AutoCloseable {
    /** By custom: 128 and the number of the signal. */
    static final int EXIT_CODE = 130;

    private static final long WAIT_MILLIS = TimeUnit.SECONDS.toMillis(60);
    private static final CountDownLatch RAISED = new CountDownLatch(1);

    private final Thread hook;

    private StopSignal(Thread worker) {
        hook = new Thread(() -> {
            RAISED.countDown();
            try {
                worker.join(WAIT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Begins to listen; the calling thread is the one that works. */
    static StopSignal listen() {
        StopSignal signal = new StopSignal(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /** Whether Java is about to end. */
    static boolean isRaised() {
        return RAISED.getCount() == 0;
    }

    @Override
    public void close() {
        if (!isRaised()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // Raised this very moment: the hook sees the thread end.
            }
        }
    }
}

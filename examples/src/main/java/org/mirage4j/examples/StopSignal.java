package org.mirage4j.examples;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C as a wish to end early: Java waits a while for the work at hand to end and to be written, until this is
 * closed.
 */
final class StopSignal implements AutoCloseable {
    private static final long WAIT_SECONDS = 60;

    private final CountDownLatch raised = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(() -> {
        raised.countDown();
        try {
            ended.await(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    });

    private StopSignal() {}

    static StopSignal listen() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    boolean isRaised() {
        return raised.getCount() == 0;
    }

    @Override
    public void close() {
        ended.countDown();
        if (!isRaised()) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}

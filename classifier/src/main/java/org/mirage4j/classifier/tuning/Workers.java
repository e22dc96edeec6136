package org.mirage4j.classifier.tuning;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Works on several folds at the same time. The first failure ends all of them, and is the one that is thrown. */
final class Workers {
    private final int threads;
    private final AtomicReference<Throwable> reasonToEnd = new AtomicReference<>();

    Workers(int threads) {
        this.threads = threads;
    }

    /** What is done for a fold; calls {@link #check} now and then. */
    interface Task<T> {
        T run(int fold);
    }

    /**
     * Ends the calling task if there is no use in going on.
     *
     * @throws CancellationException if another fold has failed or the caller was interrupted
     */
    void check() {
        if (reasonToEnd.get() != null) {
            throw new CancellationException("another fold has failed, or the search was interrupted");
        }
    }

    /**
     * Does something that only one task at a time may do.
     *
     * @throws CancellationException if there is no use in going on
     */
    synchronized void inTurn(Runnable work) {
        check();
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            reasonToEnd.compareAndSet(null, e); // before the next one's turn
            throw e;
        }
    }

    /**
     * Does a task for every fold. When this returns or throws, no task is at work any more.
     *
     * @return what the tasks gave, in the order of the folds
     * @throws CancellationException if the calling thread is interrupted, and stays so
     */
    <T> List<T> run(int folds, Task<T> task) {
        ExecutorService pool = Executors.newFixedThreadPool(threads, this::worker);
        List<T> results = new ArrayList<>();
        try {
            List<Callable<T>> calls = new ArrayList<>();
            for (int fold = 0; fold < folds; fold++) {
                int current = fold;
                calls.add(() -> run(task, current));
            }
            for (Future<T> future : pool.invokeAll(calls)) {
                results.add(future.get());
            }
        } catch (InterruptedException e) {
            reasonToEnd.compareAndSet(null, new CancellationException("cross-validation was interrupted"));
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            reasonToEnd.compareAndSet(null, e.getCause());
        } finally {
            awaitEnd(pool);
        }
        if (reasonToEnd.get() instanceof RuntimeException failure) {
            throw failure;
        }
        if (reasonToEnd.get() instanceof Error failure) {
            throw failure;
        }
        return results;
    }

    private <T> T run(Task<T> task, int fold) {
        try {
            check();
            return task.run(fold);
        } catch (RuntimeException | Error e) {
            reasonToEnd.compareAndSet(null, e);
            throw e;
        }
    }

    /** Folds at the same time share the processors among themselves: each of them computes on one thread. */
    private Thread worker(Runnable work) {
        return new Thread(() -> {
            if (threads > 1) {
                NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
            }
            work.run();
        });
    }

    /** However often the caller is interrupted: what the tasks use is freed after this. */
    private static void awaitEnd(ExecutorService pool) {
        pool.shutdown();
        boolean interrupted = false;
        while (!pool.isTerminated()) {
            try {
                interrupted |= pool.awaitTermination(1, TimeUnit.HOURS) && Thread.interrupted();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package org.mirage4j.core.engine.plan;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many OpenMP threads a plan uses, and how long they wait for each other. oneDNN and Nd4j share one
 * OpenMP library, so Nd4j's switch sets the number for both, on the calling thread.
 */
final class Threads {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

    /**
     * A network gets another thread for each so many operations in its largest product, about 0.15 milliseconds of
     * work. With less, the threads wait for each other longer than they work, and on a busy machine every
     * primitive waits for the thread that the system has put aside.
     */
    private static final long WORTH_A_THREAD = 20_000_000;

    private static final List<String> WAITING_CHOSEN = List.of("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "OMP_PROC_BIND");

    private static boolean restrained;

    private Threads() {}

    private static NativeOps nativeOps() {
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    /** The number for work that is worth sharing. */
    static int most() {
        int most = nativeOps().ompGetMaxThreads();
        if (most > 1) {
            restrainSpinning();
        }
        return most;
    }

    /** The number for a plan whose largest product takes so many operations. */
    static int forWork(long operations) {
        long worth = operations / WORTH_A_THREAD;
        return worth <= 1 ? 1 : (int) Math.min(worth, most());
    }

    /** Puts the calling thread's own number of OpenMP threads back. */
    record Scope(int before, int now) implements AutoCloseable {
        @Override
        public void close() {
            if (now != before) {
                nativeOps().setOmpNumThreads(before);
            }
        }
    }

    /** Sets the number of threads until the scope is closed. */
    static Scope use(int threads) {
        int before = nativeOps().ompGetMaxThreads();
        if (threads != before) {
            nativeOps().setOmpNumThreads(threads);
        }
        return new Scope(before, threads);
    }

    /**
     * By default a thread of GNU OpenMP spins for milliseconds before it sleeps. Whenever the JVM's compiler or
     * collector takes a core, all others then burn a scheduler tick: training falls from thousands of steps a
     * second to tens. The cure, GOMP_SPINCOUNT, is read when the library loads and cannot be set from Java. But
     * the library spins a thousand times only, as one wants, once it counts more threads than cores; so a
     * second team, which sleeps for ever, is made for it to count.
     */
    private static synchronized void restrainSpinning() {
        Map<String, String> environment = System.getenv();
        if (restrained || WAITING_CHOSEN.stream().anyMatch(environment::containsKey)) {
            return;
        }
        restrained = true;
        CountDownLatch ready = new CountDownLatch(1);
        Thread sleeper = new Thread(() -> sleepWithTeam(ready), "mirage4j-openmp-idle-team");
        sleeper.setDaemon(true);
        sleeper.start();
        try {
            ready.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sleepWithTeam(CountDownLatch ready) {
        try (Arena arena = new Arena()) {
            Layout layout = arena.plain(1 << 20); // large enough for oneDNN to share it among all threads
            Memory memory = arena.memory(layout);
            Primitive primitive = Primitives.eltwise(arena, false, dnnl.dnnl_eltwise_relu, layout, 0, 0);
            Call call = Call.of(arena, "idle team", primitive)
                    .with(dnnl.DNNL_ARG_SRC, memory)
                    .with(dnnl.DNNL_ARG_DST, memory)
                    .build();
            arena.seal();
            call.run();
        } catch (RuntimeException e) {
            LOG.warn("OpenMP threads may spin, which slows training on more than one thread: {}", e.getMessage());
        } finally {
            ready.countDown();
        }
        while (true) {
            LockSupport.park(); // the team lives as long as the thread that made it
        }
    }
}

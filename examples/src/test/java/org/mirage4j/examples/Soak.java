package org.mirage4j.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.gan.ArchitectureKind;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.GanRun;
import org.mirage4j.gan.GanSampler;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The process that {@link SoakTest} watches: works without end and writes down how much memory it takes. */
final class Soak {
    private static final List<String> COLUMNS =
            List.of("seconds", "resident_mib", "rounds", "arrays_mib", "buffers_mib", "jvm_mib");
    private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int THREADS = 2;
    private static final double MEBIBYTE = 1 << 20;

    private final MetricsLog log;
    private final long started = System.nanoTime();
    private final long nanos;
    private long sampledAt = started;
    private long rounds;

    private Soak(MetricsLog log, double minutes) {
        this.log = log;
        this.nanos = (long) (minutes * TimeUnit.MINUTES.toNanos(1));
    }

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[1]);
        try (MetricsLog log = MetricsLog.create(folder.resolve("memory.csv"), COLUMNS)) {
            Soak soak = new Soak(log, Double.parseDouble(arguments[2]));
            switch (arguments[0]) {
                case "training" -> soak.train(folder.resolve("run"));
                case "prediction" -> soak.predict(folder.resolve("run"));
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        }
    }

    /** Another round is done; false when the time is up. */
    private synchronized boolean round() {
        rounds++;
        long now = System.nanoTime();
        if (now - sampledAt >= SAMPLE_NANOS) {
            sampledAt = now;
            log.row(
                    (now - started) / 1e9,
                    residentMebibytes(),
                    (double) rounds,
                    Nd4j.getEnvironment().getDeviceCouner(0) / MEBIBYTE,
                    Pointer.totalBytes() / MEBIBYTE,
                    // classes and compiled code; the heap is touched from the start
                    ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed() / MEBIBYTE);
        }
        return now - started < nanos;
    }

    /** Run after run, each with metrics, samples, checkpoints and report. */
    private void train(Path folder) {
        GanOptions options = GanOptions.builder(ArchitectureKind.DCGAN)
                .width(8)
                .batch(16)
                .latent(20)
                .iterations(20_000)
                .build();
        InMemoryExamples digits = new SyntheticDigits(0).examples(0, 2000);
        boolean goOn = true;
        for (int i = 0; goOn; i++) {
            try (GanRun run = GanRun.create(folder.resolve(String.valueOf(i)), options, digits)) {
                goOn = run.train((done, statistics) -> round()).iterations() == options.iterations();
            }
        }
    }

    private void predict(Path folder) {
        InMemoryExamples digits = new SyntheticDigits(0).examples(0, 500);
        ClassifierOptions options =
                ClassifierOptions.builder().hidden(64).epochs(3).seed(1).build();
        INDArray inputs = digits.examples(0, 50).features();
        GanOptions gan = GanOptions.builder(ArchitectureKind.DENSE)
                .width(32)
                .batch(16)
                .iterations(10)
                .build();
        try (GanRun run = GanRun.create(folder, gan, digits)) {
            run.train((done, statistics) -> true);
        }
        try (DropoutClassifier classifier = DropoutClassifier.train(options, digits);
                GanSampler sampler = GanSampler.open(folder)) {
            List<Thread> threads = IntStream.range(0, THREADS)
                    .mapToObj(i -> new Thread(() -> {
                        boolean goOn = true;
                        for (long seed = i; goOn; seed += THREADS) {
                            classifier.predict(inputs, 20, seed);
                            classifier.probabilities(inputs);
                            NativeMemory.release(sampler.sample(20, seed));
                            goOn = round();
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static double residentMebibytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("/proc/self/status has no VmRSS");
    }
}

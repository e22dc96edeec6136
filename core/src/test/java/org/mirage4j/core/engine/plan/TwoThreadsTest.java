package org.mirage4j.core.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The number of OpenMP threads is read when the native library loads, so other numbers need other processes. */
final class TwoThreadsTest {
    /** Sums in another order, five Adam steps of 1e-3: single parameters, absolutely. */
    private static final float OTHER_ORDER = 1e-4f;

    @Test
    void twoThreadsGiveTheSameBitsAtEachRunAndAlmostTheSameNumbersAsOne(@TempDir Path folder) throws Exception {
        ByteBuffer first = trainInProcess(folder.resolve("first"), 2);
        ByteBuffer second = trainInProcess(folder.resolve("second"), 2);
        assertThat(first).isEqualTo(second);
        assertThat(first.getInt()).as("threads").isEqualTo(2);
        ByteBuffer alone = trainInProcess(folder.resolve("alone"), 1);
        assertThat(alone.getInt()).as("threads").isEqualTo(1);
        assertThat(alone.remaining()).isEqualTo(first.remaining());
        while (first.hasRemaining()) {
            assertThat(first.getFloat()).isCloseTo(alone.getFloat(), within(OTHER_ORDER));
        }
    }

    private static ByteBuffer trainInProcess(Path file, int threads) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder builder = new ProcessBuilder(
                        java, "-Xmx256m", "-cp", classPath, SharedWork.class.getName(), file.toString())
                .redirectErrorStream(true)
                .redirectOutput(file.resolveSibling("log").toFile());
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        Process process = builder.start();
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(file.resolveSibling("log")))
                .isZero();
        return ByteBuffer.wrap(Files.readAllBytes(file));
    }
}

package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.run.MetricsTable;

/**
 * An hour of work in a process of its own: {@code mvn test -pl examples -am -Dtest=SoakTest -Dsurefire.groups=long
 * -Dsurefire.excludedGroups= -Dsurefire.failIfNoSpecifiedTests=false}; {@code -Dsoak.minutes=N} for another time.
 */
@Tag("long")
@EnabledOnOs(OS.LINUX)
class SoakTest {
    /** In the second half; the first is for classes, compiled code and the pools of the allocator. */
    private static final double MOST_MEBIBYTES_PER_HOUR = 10;

    private static final double MOST_HELD_PER_HOUR = 2;

    private static final double SECONDS_PER_HOUR = 3600;

    @ParameterizedTest
    @ValueSource(strings = {"training", "prediction"})
    void residentMemoryStaysFlat(String work) throws Exception {
        Path folder = Path.of("target", "soak", work);
        if (Files.exists(folder)) {
            try (Stream<Path> before = Files.walk(folder)) {
                before.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
        Files.createDirectories(folder);
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // small: what native memory waits for a collection of the whole heap must have come and gone
                        "-Xms96m",
                        "-Xmx96m",
                        "-XX:+AlwaysPreTouch", // a heap that fills up is no leak
                        "-XX:+UseParallelGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Soak.class.getName(),
                        work,
                        folder.toString(),
                        System.getProperty("soak.minutes", "60")))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        assertThat(process.waitFor())
                .as(Files.readString(folder.resolve("log")))
                .isZero();
        MetricsTable memory = MetricsTable.read(folder.resolve("memory.csv"));
        double[] seconds = memory.column("seconds");
        // what is held may grow by nothing at all, but a reading may fall before or after a collection
        assertThat(slopePerHour(seconds, memory.column("arrays_mib")))
                .as("arrays")
                .isLessThan(MOST_HELD_PER_HOUR);
        assertThat(slopePerHour(seconds, memory.column("buffers_mib")))
                .as("buffers of compiled networks")
                .isLessThan(MOST_HELD_PER_HOUR);
        assertThat(slopePerHour(seconds, memory.column("resident_mib")))
                .as("resident memory")
                .isLessThan(MOST_MEBIBYTES_PER_HOUR);
    }

    /** Least squares over the second half. */
    private static double slopePerHour(double[] seconds, double[] mebibytes) {
        int from = seconds.length / 2;
        int count = seconds.length - from;
        double meanTime = 0;
        double meanSize = 0;
        for (int i = from; i < seconds.length; i++) {
            meanTime += seconds[i] / count;
            meanSize += mebibytes[i] / count;
        }
        double covariance = 0;
        double variance = 0;
        for (int i = from; i < seconds.length; i++) {
            covariance += (seconds[i] - meanTime) * (mebibytes[i] - meanSize);
            variance += (seconds[i] - meanTime) * (seconds[i] - meanTime);
        }
        return SECONDS_PER_HOUR * covariance / variance;
    }
}

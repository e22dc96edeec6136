package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
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

    private static final double SECONDS_PER_HOUR = 3600;

    @ParameterizedTest
    @ValueSource(strings = {"training", "prediction"})
    void residentMemoryStaysFlat(String work, @TempDir Path folder) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms256m",
                        "-Xmx256m",
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
        assertThat(slopePerHour(memory.column("seconds"), memory.column("resident_mib")))
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

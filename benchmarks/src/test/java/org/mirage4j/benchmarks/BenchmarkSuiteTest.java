package org.mirage4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchmarkSuiteTest {
    private static final MachineFacts MACHINE = new MachineFacts(
            "a processor", 2, Set.of("avx2", "fma"), "a system", "17", Map.of("nd4j-native", "1.0.0-M2.1"));

    @Test
    void medianAndSpreadOfTheIterations() {
        var measurement = new Measurement(Contestant.DJL, "W2", 1, List.of(30.0, 10.0, 20.0, 50.0, 40.0));
        assertThat(measurement.median()).isEqualTo(30);
        assertThat(measurement.spread()).isCloseTo(1.0 / 3, within(1e-12));
    }

    @Test
    void overheadIsTheMedianRatioWithItsConfidenceInterval() {
        List<Double> ratios =
                IntStream.range(-50, 51).mapToObj(i -> 1 + i * 1e-3).toList();
        Overhead.Interval interval = Overhead.interval(ratios);
        assertThat(interval.percent()).isCloseTo(0, within(1e-9));
        assertThat(interval.low()).isCloseTo(-1, within(0.051));
        assertThat(interval.high()).isCloseTo(1, within(0.051));
    }

    @Test
    void overheadOfTwiceTheWorkIsAHundredPercentByEitherClock() {
        AtomicLong wall = new AtomicLong();
        AtomicLong processor = new AtomicLong();
        Overhead overhead = new Overhead(wall::get, processor::get);
        Overhead.Result result = overhead.measure(
                taking(400_000, 300_000, wall, processor), taking(200_000, 200_000, wall, processor), 0.6);
        assertThat(result.wall().percent()).isCloseTo(100, within(1e-9));
        assertThat(result.processor().percent()).isCloseTo(50, within(1e-9));
        assertThat(result.pairs()).isGreaterThanOrEqualTo(4);
    }

    /** A step that takes as long as it is told, by clocks that only steps move. */
    private static Step taking(long elapsed, long worked, AtomicLong wall, AtomicLong processor) {
        return new Step() {
            @Override
            public double run() {
                wall.addAndGet(elapsed);
                processor.addAndGet(worked);
                return 0;
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void settingsLeaveNothingOfTheCallersEnvironmentInTheWay() {
        Map<String, String> environment = new HashMap<>(
                Map.of("OMP_WAIT_POLICY", "ACTIVE", "OPENBLAS_CORETYPE", "Prescott", "HOME", "/home/user"));
        Settings.AS_INSTALLED.applyTo(environment, 2, MACHINE);
        assertThat(environment)
                .containsExactlyInAnyOrderEntriesOf(Map.of("OMP_NUM_THREADS", "2", "HOME", "/home/user"));
        Settings.TUNED.applyTo(environment, 1, MACHINE);
        assertThat(environment).containsEntry("OPENBLAS_CORETYPE", "Haswell").containsEntry("OMP_NUM_THREADS", "1");
    }

    @Test
    void reportHoldsRatiosToTheReferencesAndWritesChartsAndJson(@TempDir Path folder) throws Exception {
        Report report = new Report(
                "2026-01-01",
                MACHINE,
                Map.of("TUNED", "Haswell"),
                List.of(
                        new Measurement(Contestant.MIRAGE_STOCK, "W1-32", 1, List.of(300.0)),
                        new Measurement(Contestant.DL4J_INSTALLED, "W1-32", 1, List.of(100.0)),
                        new Measurement(Contestant.DJL, "W1-32", 1, List.of(150.0)),
                        new Measurement(Contestant.TENSORFLOW, "W1-32", 1, List.of(600.0)),
                        new Measurement(Contestant.MIRAGE_STOCK, "mlp-8x128", 1, List.of(400.0)),
                        new Measurement(Contestant.MIRAGE_STOCK, "mlp-32x128", 1, List.of(200.0))),
                Map.of(
                        "W3",
                        new Overhead.Result(new Overhead.Interval(1.5, -1, 3), new Overhead.Interval(1, -1, 3), 40)));
        assertThat(report.table())
                .contains("| W1-32 | 1 | mirage-stock | 300 | 0.0 % | 3.00 | 0.50 |", "elapsed 1.50 %", "a processor");
        report.write(folder);
        assertThat(folder.resolve("speed-1-thread.png")).isNotEmptyFile();
        assertThat(folder.resolve("curve-mlp-batch.png")).isNotEmptyFile();
        assertThat(folder.resolve("curve-mlp-units.png")).doesNotExist();
        var json = new ObjectMapper().readTree(Files.readString(folder.resolve("results.json")));
        assertThat(json.path("measurements").path(0).path("rates").path(0).asDouble())
                .isEqualTo(300);
    }

    @ParameterizedTest
    @CsvSource({
        "--workloads,W9,\"W9\"",
        "--contestants,numpy,\"numpy\"",
        "--forks,0,--forks",
        "--threads,0,--threads",
        "--contestants,djl,-Ppeers"
    })
    void badOptionIsOneSentence(String option, String value, String named, @TempDir Path folder) {
        StringWriter errors = new StringWriter();
        CommandLine command = BenchmarkSuite.commandLine().setErr(new PrintWriter(errors));
        int code = command.execute(
                option,
                value,
                "--out",
                folder.toString(),
                "--peers-jar",
                folder.resolve("no.jar").toString());
        assertThat(code).isNotZero();
        assertThat(errors.toString()).contains(named).hasLineCount(1);
    }
}

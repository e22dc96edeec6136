package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
    private final StringWriter out = new StringWriter();
    private final AtomicLong clock = new AtomicLong();

    private Progress progress(int width, long total) {
        return new Progress(new PrintWriter(out), width, 0, total, "it", clock::get);
    }

    /** 10 iterations a second. */
    private void run(Progress progress, long iterations) {
        for (long i = 1; i <= iterations; i++) {
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
            progress.update(i, "loss 0.5");
        }
    }

    @Test
    void withoutTerminalOneLinePerIntervalWithoutControlCharacters() {
        try (Progress progress = progress(0, 300)) {
            run(progress, 250);
        }
        assertThat(out.toString()).doesNotContain("\r", "\u001b");
        assertThat(out.toString().lines())
                .containsExactly(
                        "33% 100/300 it 10.0/s 0:20 left loss 0.5",
                        "66% 200/300 it 10.0/s 0:10 left loss 0.5", "83% 250/300 it 10.0/s 0:05 left loss 0.5");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 40, 60, 80, 200})
    void barNeverReachesTheLastColumn(int width) {
        try (Progress progress = progress(width, 1000)) {
            run(progress, 1000);
        }
        assertThat(List.of(out.toString().strip().split("\r")))
                .allSatisfy(line -> assertThat(line.length()).isLessThan(Math.max(width, 2)));
    }

    @Test
    void barIsRedrawnAtMostTenTimesASecond() {
        try (Progress progress = progress(80, 100_000)) {
            for (long i = 1; i <= 100_000; i++) {
                clock.addAndGet(TimeUnit.MICROSECONDS.toNanos(10));
                progress.update(i, "");
            }
        }
        assertThat(out.toString().chars().filter(c -> c == '\r').count()).isBetween(9L, 12L);
    }

    @Test
    void barIsFullAtTheEndAndTheLineIsEnded() {
        try (Progress progress = progress(80, 20)) {
            run(progress, 20);
        }
        String last = out.toString().substring(out.toString().lastIndexOf('\r') + 1);
        assertThat(last).startsWith("[====================] 100% 20/20 it").endsWith(System.lineSeparator());
        assertThat(last).doesNotContain("left");
    }

    @Test
    void workAfterTheLastUnitDoesNotCountAgainstTheRate() {
        try (Progress progress = progress(0, 20)) {
            run(progress, 20);
            clock.addAndGet(TimeUnit.SECONDS.toNanos(60));
        }
        assertThat(out.toString().lines()).containsExactly("100% 20/20 it 10.0/s loss 0.5");
    }

    @Test
    void hoursAreShownWhereThereAreAny() {
        try (Progress progress = progress(0, 100_000)) {
            run(progress, 100);
        }
        assertThat(out.toString()).contains("2:46:30 left");
    }
}

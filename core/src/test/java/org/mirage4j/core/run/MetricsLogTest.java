package org.mirage4j.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsLogTest {
    private static final List<String> COLUMNS = List.of("iteration", "loss D(x)");

    private final Path file;

    MetricsLogTest(@TempDir Path folder) {
        file = folder.resolve("metrics.csv");
    }

    @Test
    void everyNumberReadsBackToTheSameBits() {
        double[] numbers = new double[2_000];
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Double.longBitsToDouble(random.nextLong());
        }
        double[] special = {
            0,
            -0.0,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            0x1p53,
            -0x1p53 + 1,
            0.1,
            1e15
        };
        System.arraycopy(special, 0, numbers, 0, special.length);
        try (MetricsLog log = MetricsLog.create(file, COLUMNS)) {
            for (int i = 0; i < numbers.length; i++) {
                log.row(i, numbers[i]);
            }
        }

        MetricsTable table = MetricsTable.read(file);
        assertThat(table.columns()).isEqualTo(COLUMNS);
        assertThat(table.rows()).isEqualTo(numbers.length);
        assertThat(table.column("loss D(x)")).containsExactly(numbers);
        assertThat(table.column("iteration")[1_234]).isEqualTo(1_234);
    }

    @Test
    void rowsAreInTheFileBeforeTheLogIsClosed() throws IOException {
        try (MetricsLog log = MetricsLog.create(file, COLUMNS)) {
            assertThat(Files.readString(file)).isEqualTo("iteration,loss D(x)\n");
            log.row(100, 0.25);
            assertThat(Files.readString(file)).isEqualTo("iteration,loss D(x)\n100,0.25\n");
            log.row(200, Double.NaN);
            assertThat(MetricsTable.read(file).rows()).isEqualTo(2);
        }
    }

    @Test
    void resumedLogIsTheSameTextAsAnUninterruptedOne() throws IOException {
        try (MetricsLog log = MetricsLog.create(file, COLUMNS)) {
            for (int i = 0; i < 6; i++) {
                log.row(i * 10, i / 3.0);
            }
        }
        String whole = Files.readString(file);
        Files.writeString(file, "60,1.", StandardOpenOption.APPEND);

        try (MetricsLog log = MetricsLog.resume(file, COLUMNS, "iteration", 30)) {
            assertThat(MetricsTable.read(file).column("iteration")).containsExactly(0, 10, 20, 30);
            log.row(40, 4 / 3.0);
            log.row(50, 5 / 3.0);
        }

        assertThat(Files.readString(file)).isEqualTo(whole);
    }

    @Test
    void rowCutShortIsLeftOut() throws IOException {
        Files.writeString(file, "iteration\n1\n2");
        assertThat(MetricsTable.read(file).column("iteration")).containsExactly(1);
    }

    @Test
    void logWithOtherColumnsIsNotResumed() {
        MetricsLog.create(file, COLUMNS).close();
        assertThatThrownBy(() -> MetricsLog.resume(file, List.of("iteration"), "iteration", 1))
                .isInstanceOf(MetricsException.class)
                .hasMessage("metrics file " + file
                        + " has the columns iteration, loss D(x), but this run writes iteration");
    }

    @Test
    void existingFileIsNotOverwritten() {
        MetricsLog.create(file, COLUMNS).close();
        assertThatThrownBy(() -> MetricsLog.create(file, COLUMNS))
                .isInstanceOf(MetricsException.class)
                .hasMessageContaining("exists already");
    }

    @Test
    void rowOfTheWrongWidthIsRefusedAndNotWritten() {
        try (MetricsLog log = MetricsLog.create(file, COLUMNS)) {
            assertThatThrownBy(() -> log.row(1))
                    .isInstanceOf(MetricsException.class)
                    .hasMessage("a row of metrics file " + file + " must have 2 values, but has 1");
        }
        assertThat(MetricsTable.read(file).rows()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a,b", "a\"", "a\nb"})
    void columnNamesThatWouldBreakTheFileAreRefused(String name) {
        assertThatThrownBy(() -> MetricsLog.create(file, List.of(name)))
                .isInstanceOf(MetricsException.class)
                .hasMessageContaining("without commas, quotes and line breaks");
        assertThat(file).doesNotExist();
    }

    @Test
    void columnsMustBeThereAndDiffer() {
        assertThatThrownBy(() -> MetricsLog.create(file, List.of("a", "a")))
                .isInstanceOf(MetricsException.class)
                .hasMessage("metrics columns must have different names, but are a, a");
        assertThatThrownBy(() -> MetricsLog.create(file, List.of())).isInstanceOf(MetricsException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,b~1~ | line 2: found 1 values, but the header has 2 columns",
                "a,b~1,2~1,2,3~ | line 3: found 3 values, but the header has 2 columns",
                "a,b~1,two~ | line 2: column b holds \"two\", allowed are numbers, NaN, Infinity and -Infinity",
                "a,b~1,~ | line 2: column b holds \"\", allowed are numbers, NaN, Infinity and -Infinity",
                "a,b~0x1p3,1~ | line 2: column a holds \"0x1p3\", allowed",
                "a,b~1f,1~ | line 2: column a holds \"1f\", allowed",
                "a,a~1,1~ | line 1: column names must be different and not empty",
                "a,~1,1~ | line 1: column names must be different and not empty",
                "a,b~~1,2~ | line 2: found 1 values, but the header has 2 columns",
            })
    void badLineIsNamed(String text, String message) throws IOException {
        Files.writeString(file, text.replace('~', '\n'));
        assertThatThrownBy(() -> MetricsTable.read(file))
                .isInstanceOf(MetricsException.class)
                .hasMessageStartingWith("metrics file " + file + ", " + message);
    }

    @Test
    void fileThatIsNoTableAtAllIsRefused() throws IOException {
        assertThatThrownBy(() -> MetricsTable.read(file))
                .isInstanceOf(MetricsException.class)
                .hasMessage("cannot read the metrics file " + file + ": not found");
        Files.writeString(file, "");
        assertThatThrownBy(() -> MetricsTable.read(file))
                .isInstanceOf(MetricsException.class)
                .hasMessage("metrics file " + file + " has no header line");
        Files.write(file, new byte[] {'a', '\n', (byte) 0xFF, '\n'});
        assertThatThrownBy(() -> MetricsTable.read(file))
                .isInstanceOf(MetricsException.class)
                .hasMessage("cannot read the metrics file " + file + ": not UTF-8 text");
    }

    @Test
    void unknownColumnIsNamedWithThoseThereAre() {
        MetricsLog.create(file, COLUMNS).close();
        assertThatThrownBy(() -> MetricsTable.read(file).column("accuracy"))
                .isInstanceOf(MetricsException.class)
                .hasMessage("metrics file " + file + " has no column \"accuracy\", but iteration, loss D(x)");
    }

    @Test
    void interruptedThreadWritesAndStaysInterrupted() {
        try (MetricsLog log = MetricsLog.create(file, List.of("iteration"))) {
            log.row(1);
            Thread.currentThread().interrupt();
            log.row(2);
            log.sync();
            assertThat(Thread.interrupted()).isTrue();
            log.row(3);
        }
        assertThat(MetricsTable.read(file).column("iteration")).containsExactly(1, 2, 3);
    }
}

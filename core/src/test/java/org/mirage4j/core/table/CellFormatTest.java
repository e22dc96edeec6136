package org.mirage4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CellFormatTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PLAIN | 12 | 12",
                "PLAIN | -0.5 | -0.5",
                "PLAIN | +.5 | 0.5",
                "PLAIN | 5. | 5",
                "PLAIN | 1e3 | 1000",
                "PLAIN | 2.5E-3 | 0.0025",
                "PLAIN | 007 | 7",
                "PLAIN | 3.4e38 | 3.4e38",
                "PLAIN | 1e-400 | 0",
                "THOUSANDS | 1,006,400 | 1006400",
                "THOUSANDS | -1,234.5 | -1234.5",
                "THOUSANDS | 999 | 999",
                "DECIMAL_COMMA | 0,5 | 0.5",
                "DECIMAL_COMMA | 1.006.400,25 | 1006400.25",
                "DECIMAL_COMMA | -3 | -3",
                "PERCENT | 5% | 0.05",
                "PERCENT | -2.5 % | -0.025",
                "DECIMAL_COMMA_PERCENT | 2,5% | 0.025"
            })
    void numbersAreRead(CellFormat format, String text, double value) {
        assertThat(format.parse(text).orElseThrow()).isCloseTo(value, within(1e-15 * Math.abs(value)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1D",
                "2F",
                "2f",
                "0x1p3",
                "NaN",
                "Infinity",
                "-Infinity",
                "1e400",
                "-1e400",
                "3.5e38",
                "1.O2",
                "1,5",
                "1 000",
                "1_000",
                "5%",
                "",
                "-",
                ".",
                "e5",
                "1e",
                "--1",
                "1.2.3",
                "٣",
                "½",
                "1e99999999999"
            })
    void whatOnlyAProgrammerCallsANumberIsNone(String text) {
        assertThat(CellFormat.PLAIN.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "THOUSANDS | 1,00",
                "THOUSANDS | 1234,567",
                "THOUSANDS | 0,5",
                "THOUSANDS | 0,123",
                "DECIMAL_COMMA | 1,006,400",
                "DECIMAL_COMMA | 0.5",
                "PERCENT | 5",
                "PERCENT | %",
                "DECIMAL_COMMA_PERCENT | 2.5%",
                "ISO_DATE | 2024-02-30",
                "ISO_DATE | 20240229",
                "DAY_FIRST_DATE | 2/29/2024",
                "DAY_FIRST_DATE | 1.2.24",
                "MONTH_FIRST_DATE | 29/2/2024"
            })
    void otherFormatsAreNone(CellFormat format, String text) {
        assertThat(format.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ISO_DATE | 2024-02-29 | 0",
                "ISO_DATE | 2024/2/29 | 0",
                "ISO_DATE | 2024-02-29T12:30:00Z | 750",
                "ISO_DATE | 2024-02-29 06:00:00.25+01:00 | 360",
                "ISO_DATE | 20240229T000000 | 0",
                "DAY_FIRST_DATE | 29.2.2024 | 0",
                "DAY_FIRST_DATE | 29/02/2024 12:30 | 750",
                "MONTH_FIRST_DATE | 2/29/2024 | 0",
                "MONTH_FIRST_DATE | 2/29/2024 1:05 PM | 785",
                "MONTH_FIRST_DATE | 2/29/2024 12:05 AM | 5"
            })
    void datesAreDays(CellFormat format, String text, int minutes) {
        double day = LocalDate.of(2024, 2, 29).toEpochDay();
        assertThat(format.parse(text).orElseThrow()).isCloseTo(day + minutes / 1440.0, within(1e-9));
        assertThat(format.isDate()).isTrue();
    }

    @Test
    void tooLargeIsToldFromNoNumber() {
        assertThat(CellFormat.PLAIN.isTooLarge("1e39")).isTrue();
        assertThat(CellFormat.PLAIN.isTooLarge("-1e400")).isTrue();
        assertThat(CellFormat.PLAIN.isTooLarge("1e38")).isFalse();
        assertThat(CellFormat.PLAIN.isTooLarge("many")).isFalse();
    }
}

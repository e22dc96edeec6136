package org.mirage4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;

class TableSchemaTest {
    private static final int ROWS = 100;

    /** A table with a column "c" of the cells given, and two more. */
    private static CsvTable table(int rows, IntFunction<String> cell) {
        String text = IntStream.range(0, rows)
                .mapToObj(
                        row -> "\"" + cell.apply(row) + "\"," + (row % 7) + "." + row % 3 + "," + "ny".charAt(row % 2))
                .collect(Collectors.joining("\n", "c,x,y\n", "\n"));
        return CsvTable.read("t.csv", new StringReader(text), CsvOptions.DEFAULT);
    }

    private static ColumnSchema column(IntFunction<String> cell) {
        return column(cell, SchemaOptions.NONE);
    }

    private static ColumnSchema column(IntFunction<String> cell, SchemaOptions options) {
        return TableSchema.infer(table(ROWS, cell), options, "y", ColumnType.CATEGORY)
                .column("c");
    }

    private static SchemaOptions told(ColumnType type) {
        return SchemaOptions.NONE.with("c", type);
    }

    @Test
    void numbersAndCategoriesAreToldApart() {
        TableSchema schema = TableSchema.infer(
                table(ROWS, row -> "ab".substring(row % 2, row % 2 + 1)), SchemaOptions.NONE, "y", ColumnType.CATEGORY);
        assertThat(schema.column("c")).isEqualTo(ColumnSchema.categories("c", List.of("a", "b"), ROWS, 0));
        assertThat(schema.column("x").type()).isEqualTo(ColumnType.NUMBER);
        assertThat(schema.column("y").categories()).containsExactly("n", "y");
        assertThat(schema.inputs("y")).extracting(ColumnSchema::name).containsExactly("c", "x");
        assertThat(schema.rows("y").get(2)).containsExactly("y", "label", "2 categories: n, y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.O2", "1e400", "1D", "3.5e38", "Infinity", "o", "1,5"})
    void aBadCellAmongNumbersIsRefusedByItsLine(String bad) {
        IntFunction<String> cells = row -> row == 41 || row == 60 ? bad : row + ".5";
        assertThatThrownBy(() -> column(cells))
                .isInstanceOf(MirageException.class)
                .hasMessage("t.csv, column \"c\", holds numbers, but 2 of 100 values are none: line 43 \"" + bad
                        + "\", line 62 \"" + bad + "\"; mend them, or read them as missing (--bad-cells missing), or"
                        + " say what the column is (--column \"c=category\" or \"=ignore\")");
        ColumnSchema allowed = column(cells, SchemaOptions.NONE.with(BadCells.MISSING));
        assertThat(allowed.type()).isEqualTo(ColumnType.NUMBER);
        assertThat(allowed.missing()).isEqualTo(2);
        assertThat(allowed.bad()).isEqualTo(2);
        assertThat(column(cells, told(ColumnType.CATEGORY)).type()).isEqualTo(ColumnType.CATEGORY);
        assertThat(column(cells, told(ColumnType.IGNORE)).type()).isEqualTo(ColumnType.IGNORE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NA", "N/A", "nan", "NULL", "None", "-", "?", "<NA>", "#N/A", "n.a."})
    void marksAmongNumbersAreMissing(String mark) {
        ColumnSchema column = column(row -> row % 4 == 0 ? mark : row + ".5");
        assertThat(column.type()).isEqualTo(ColumnType.NUMBER);
        assertThat(column.missing()).isEqualTo(25);
        assertThat(column.bad()).isZero();
        assertThat(column.isMissing(mark)).isTrue();
    }

    @Test
    void someMarksAreCategoriesAmongTexts() {
        assertThat(column(row -> row % 2 == 0 ? "None" : row % 3 == 0 ? "-" : "some")
                        .categories())
                .containsExactly("-", "None", "some");
        ColumnSchema missing = column(row -> row % 2 == 0 ? "NA" : row % 3 == 0 ? "some" : "more");
        assertThat(missing.categories()).containsExactly("more", "some");
        assertThat(missing.missing()).isEqualTo(50);
    }

    /** Nine tenths make a column of numbers; between a half and that nobody can tell. */
    @Test
    void theShareOfNumbersDecides() {
        assertThatThrownBy(() -> column(row -> row < 90 ? row + ".5" : "text" + row % 2))
                .hasMessageContaining("10 of 100 values are none")
                .hasMessageContaining("--bad-cells missing), or say");
        assertThatThrownBy(() -> column(row -> row < 89 ? row + ".5" : "text" + row % 2))
                .hasMessageContaining("11 of 100 values are none")
                .hasMessageContaining("say what the column is (--column \"c=number\" with --bad-cells missing,");
        ColumnSchema few = column(row -> row < 60 ? Integer.toString(row % 4) : "5more");
        assertThat(few.categories()).containsExactly("0", "1", "2", "3", "5more");
        assertThat(few.remarks()).containsExactly("60 of the values are numbers");
        ColumnSchema text = column(row -> row < 49 ? row + ".5" : "text" + row % 2);
        assertThat(text.type()).isEqualTo(ColumnType.CATEGORY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,006,40%d|THOUSANDS",
                "%d,5|DECIMAL_COMMA",
                "%d%%|PERCENT",
                "%d,5 %%|DECIMAL_COMMA_PERCENT",
                "1e%d|PLAIN"
            })
    void theWayOfWritingIsFoundOutAndSaid(String pattern, CellFormat format) {
        ColumnSchema column = column(row -> String.format(Locale.ROOT, pattern, row % 10));
        assertThat(column.type()).isEqualTo(ColumnType.NUMBER);
        assertThat(column.format()).isEqualTo(format);
        assertThat(column.description()).contains(format.words()).contains("10 different");
    }

    /** 1,234 alone could be either; a leading 0 or a semicolon between fields settles it. */
    @Test
    void aCommaIsReadAlikeInAllRows() {
        assertThat(column(row -> "1,23" + row % 10).number("1,234")).hasValue(1234);
        assertThat(column(row -> row % 2 + ",23" + row % 10).number("1,234")).hasValue(1.234);
        String semicolons = IntStream.range(0, ROWS)
                .mapToObj(row -> "1,23" + row % 10 + ";x")
                .collect(Collectors.joining("\n", "c;d\n", "\n"));
        CsvTable table = CsvTable.read("t", new StringReader(semicolons), CsvOptions.DEFAULT);
        assertThat(TableSchema.infer(table, SchemaOptions.NONE).column("c").number("1,234"))
                .hasValue(1.234);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2024-03-%02d|dates, the year first, such as 2024-03-01",
                "%02d/03/2024|dates, the day first, such as 01/03/2024",
                "3/%d/2024|dates, the month first, such as 3/1/2024",
                "2024-03-%02dT10:00:00Z|dates, the year first, such as 2024-03-01T10:00:00Z"
            })
    void datesAreLeftOutUnlessAskedFor(String pattern, String reason) {
        IntFunction<String> cells = row -> String.format(Locale.ROOT, pattern, 1 + row % 28);
        ColumnSchema left = column(cells);
        assertThat(left.type()).isEqualTo(ColumnType.IGNORE);
        assertThat(left.reason()).startsWith(reason).endsWith("--column \"c=number\" takes the days since 1970");
        ColumnSchema taken = column(cells, told(ColumnType.NUMBER));
        assertThat(taken.number(cells.apply(1)).orElseThrow()
                        - taken.number(cells.apply(0)).orElseThrow())
                .isEqualTo(1);
    }

    @Test
    void whatNamesRowsIsLeftOutUnlessAskedFor() {
        assertThat(column(row -> Integer.toString(500 + row)).reason()).startsWith("it numbers the rows");
        assertThat(column(row -> "P" + row * 37).reason()).startsWith("every value differs, such as \"P");
        assertThat(column(row -> Integer.toString(row * row)).type()).isEqualTo(ColumnType.NUMBER);
        assertThat(column(row -> Integer.toString(500 + row), told(ColumnType.NUMBER))
                        .type())
                .isEqualTo(ColumnType.NUMBER);
        CsvTable named = CsvTable.read(
                "t",
                new StringReader(IntStream.range(0, ROWS)
                        .mapToObj(row -> row * row + "," + row * row + "," + row * row)
                        .collect(Collectors.joining("\n", "patientId,user_id,idle\n", "\n"))),
                CsvOptions.DEFAULT);
        assertThat(TableSchema.infer(named, SchemaOptions.NONE).columns())
                .extracting(ColumnSchema::type)
                .containsExactly(ColumnType.IGNORE, ColumnType.IGNORE, ColumnType.NUMBER);
    }

    @Test
    void codesAreSaid() {
        assertThat(column(row -> row % 9 == 0 ? "02139" : "10115").remarks())
                .containsExactly("2 different", "12 begin with 0 like codes; --column \"c=category\" takes them so");
        assertThat(column(row -> row % 2 == 0 ? "Ace" : "ACE").remarks())
                .containsExactly("\"ACE\" and \"Ace\" are different categories");
        assertThat(column(row -> row % 30 + " kg").remarks())
                .containsExactly("values look like numbers with a unit, such as \"0 kg\"");
    }

    @Test
    void columnsThatSayNothingAreLeftOut() {
        assertThat(column(row -> row % 2 == 0 ? "0.23" : "0.230").reason()).isEqualTo("it is 0.23 everywhere");
        assertThat(column(row -> "same").reason()).isEqualTo("it is \"same\" everywhere");
        assertThat(column(row -> "").reason()).isEqualTo("it has no values");
        assertThat(column(row -> row < 9 ? row + ".5" : "").reason()).isEqualTo("too few values, 9 in 100 rows");
        assertThat(column(row -> row == 3 ? "7" : "").reason()).isEqualTo("too few values, 1 in 100 rows");
        assertThat(column(row -> row < 10 ? row + ".5" : "").type()).isEqualTo(ColumnType.NUMBER);
        assertThat(column(row -> row < 40 ? "0.23" : "").type()).isEqualTo(ColumnType.NUMBER);
    }

    @Test
    void moreTextsThanCategoriesAreLeftOutOrRefused() {
        CsvTable table = table(3000, row -> "text " + row / 2);
        assertThat(TableSchema.infer(table, SchemaOptions.NONE).column("c").reason())
                .isEqualTo("1500 different texts, more than the 1000 categories a column may have");
        assertThatThrownBy(() -> TableSchema.infer(table, told(ColumnType.CATEGORY)))
                .hasMessageContaining("t.csv, column \"c\", has 1500 different values, but at most 1000 categories");
    }

    @Test
    void whatIsToldMustFit() {
        assertThatThrownBy(() -> column(row -> "a" + row % 2, told(ColumnType.NUMBER)))
                .hasMessageContaining(
                        "column \"c\", is asked to be a number, but no value is one, such as line 2 \"a0\"");
        assertThatThrownBy(() -> column(row -> "a" + row % 2, SchemaOptions.NONE.with("z", ColumnType.NUMBER)))
                .hasMessageContaining("has no column \"z\"");
        assertThatThrownBy(() -> column(row -> "a" + row % 2, SchemaOptions.NONE.with("y", ColumnType.IGNORE)))
                .hasMessageContaining("column \"y\", is the one to predict");
    }

    @Test
    void whatIsPredictedMayBeANumberAndIsNeverLeftOut() {
        CsvTable table = table(ROWS, row -> Integer.toString(1000 + row));
        ColumnSchema target = TableSchema.infer(table, SchemaOptions.NONE, "c", ColumnType.NUMBER)
                .column("c");
        assertThat(target.type()).isEqualTo(ColumnType.NUMBER);
        assertThat(target.number("1007")).hasValue(1007);
        assertThatThrownBy(() -> TableSchema.infer(
                        table(ROWS, row -> row == 4 ? "None" : row + ".5"), SchemaOptions.NONE, "c", ColumnType.NUMBER))
                .hasMessage("t.csv, line 6, column \"c\", must be a number, but is missing (\"None\")");
        assertThatThrownBy(() -> TableSchema.infer(
                        table(ROWS, row -> row == 4 ? "1.O2" : row + ".5"), SchemaOptions.NONE, "c", ColumnType.NUMBER))
                .hasMessageContaining("line 6 \"1.O2\"; mend them or remove the rows");
        assertThat(TableSchema.infer(
                                table(ROWS, row -> "+-".substring(row % 2, row % 2 + 1)),
                                SchemaOptions.NONE,
                                "c",
                                ColumnType.CATEGORY)
                        .column("c")
                        .categories())
                .containsExactly("+", "-");
    }

    @Test
    void allFaultsAreToldAtOnce() {
        CsvTable table = CsvTable.read(
                "t",
                new StringReader(IntStream.range(0, ROWS)
                        .mapToObj(row -> (row == 5 ? "x" : row + ".5") + "," + (row == 6 ? "z" : row + ".5"))
                        .collect(Collectors.joining("\n", "a,b\n", "\n"))),
                CsvOptions.DEFAULT);
        assertThatThrownBy(() -> TableSchema.infer(table, SchemaOptions.NONE))
                .hasMessageContaining("column \"a\", holds numbers")
                .hasMessageContaining("column \"b\", holds numbers");
    }

    @Test
    void aSchemaSurvivesItsFile() throws Exception {
        TableSchema schema = TableSchema.infer(
                table(ROWS, row -> row % 10 + ",5"),
                SchemaOptions.NONE.with(BadCells.MISSING),
                "y",
                ColumnType.CATEGORY);
        ObjectMapper mapper = new ObjectMapper();
        assertThat(mapper.readValue(mapper.writeValueAsString(schema), TableSchema.class))
                .isEqualTo(schema);
    }
}

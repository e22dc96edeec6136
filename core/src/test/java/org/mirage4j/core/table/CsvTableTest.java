package org.mirage4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvTableTest {
    private static CsvTable table(String text) {
        return CsvTable.read("t.csv", new StringReader(text), CsvOptions.DEFAULT);
    }

    private static List<String> column(CsvTable table, int column) {
        return IntStream.range(0, table.size())
                .mapToObj(row -> table.value(row, column))
                .toList();
    }

    @Test
    void aBlankLineIsARowOfTheOnlyColumnAndNoneOfMore() {
        assertThat(column(table("x\n0.5\n\n2.5\n"), 0)).containsExactly("0.5", "", "2.5");
        assertThat(column(table("x\n0.5\n\"\"\n2.5\n"), 0)).containsExactly("0.5", "", "2.5");
        assertThat(column(table("x,y\n1,2\n\n3,4\n\n"), 0)).containsExactly("1", "3");
        assertThat(table("x,y\n1,2\n\n3,4\n").line(1)).isEqualTo("line 4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "a;b\\n1,5;x\\n2;y|;|2",
                "a;b;c\\n1,5;2,5;x\\n|;|3",
                "a\\tb\\n1,5\\tx\\n|\\t|2",
                "a,b\\n1;5,x\\n|,|2",
                "\"a;b\",c\\n1,2\\n|,|2",
                "a\\n1\\n|,|1",
                "a,b;c\\n1,2;3\\n|,|2"
            })
    void theDelimiterIsFoundOut(String text, String delimiter, int columns) {
        CsvTable table = table(text.replace("\\n", "\n").replace("\\t", "\t"));
        assertThat(Character.toString(table.delimiter())).isEqualTo(delimiter.replace("\\t", "\t"));
        assertThat(table.header()).hasSize(columns);
    }

    @Test
    void moreColumnsThanCanBeReadAreRefusedWithTheLimit() {
        String header = "c,".repeat(20_000) + "y\n";
        assertThatThrownBy(() -> table(header + header))
                .isInstanceOf(CsvFormatException.class)
                .hasMessageContainingAll("line 1", "maximum limit of 16384 fields");
    }

    @Test
    void theDelimiterMayBeNamed() {
        CsvOptions bars = new CsvOptions(StandardCharsets.UTF_8, '|', true);
        assertThat(CsvTable.read("t", new StringReader("a|b,c\n1|2,3\n"), bars).header())
                .containsExactly("a", "b,c");
    }

    @Test
    void bytesThatAreNoCharactersAreNamedByTheirLine(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("latin.csv");
        Files.write(file, "x,Art\n1,gut\n2,größer\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> CsvTable.read(file))
                .isInstanceOf(CsvFormatException.class)
                .hasMessage(file + ", line 3, is not UTF-8 (byte 0xF6); name how the file is written, such as"
                        + " --charset windows-1252");
        CsvOptions latin = new CsvOptions(Charset.forName("windows-1252"), null, true);
        assertThat(CsvTable.read(file, latin).value(1, 1)).isEqualTo("größer");
    }

    @Test
    void aFileThatEndsWithinACharacterIsRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("cut.csv");
        Files.write(file, new byte[] {'x', '\n', 'a', (byte) 0xC3});
        assertThatThrownBy(() -> CsvTable.read(file)).hasMessageContaining("line 2, is not UTF-8 (byte 0xC3)");
    }

    @ParameterizedTest
    @CsvSource({"UTF-8,efbbbf", "UTF-16LE,fffe", "UTF-16BE,feff"})
    void byteOrderMarksDecide(String charset, String mark, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("marked.csv");
        Files.write(file, "\ufeffx,y\nä,ß\n".getBytes(Charset.forName(charset)));
        assertThat(Files.readAllBytes(file)).startsWith(HexFormat.of().parseHex(mark));
        CsvTable table = CsvTable.read(file);
        assertThat(table.header()).containsExactly("x", "y");
        assertThat(table.value(0, 1)).isEqualTo("ß");
    }

    @Test
    void columnsWithoutNameAreCalledByTheirPlace() {
        assertThat(table(",x,\n0,1,2\n").header()).containsExactly("column 1", "x", "column 3");
        CsvOptions headless = new CsvOptions(StandardCharsets.UTF_8, null, false);
        CsvTable table = CsvTable.read("t", new StringReader("5,a\n6,b\n"), headless);
        assertThat(table.header()).containsExactly("column 1", "column 2");
        assertThat(column(table, 0)).containsExactly("5", "6");
    }

    @Test
    void aHeaderOfNumbersIsProbablyNone() {
        assertThat(table("5,a,6\n1,b,2\n").numbersInHeader()).isEqualTo(2);
        assertThatThrownBy(() -> table("5,5\n1,2\n")).hasMessageContaining("--no-header");
    }
}

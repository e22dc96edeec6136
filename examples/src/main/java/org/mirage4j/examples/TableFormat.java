package org.mirage4j.examples;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.table.CsvOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How the file of --csv is written. */
final class TableFormat {
    private static final String COMMA = "comma";
    private static final String SEMICOLON = "semicolon";
    private static final String TAB = "tab";

    @Option(
            names = "--charset",
            converter = Charsets.class,
            paramLabel = "NAME",
            description = "How the bytes of --csv are characters, such as windows-1252. Default: UTF-8.")
    @Nullable Charset charset;

    @Option(
            names = "--delimiter",
            converter = Delimiters.class,
            paramLabel = "CHARACTER",
            description = "What stands between the fields of --csv: comma, semicolon, tab or a character. Default: the"
                    + " one of these three that fits the first lines.")
    @Nullable Character delimiter;

    @Option(
            names = "--no-header",
            negatable = true,
            description = "Whether the first line of --csv names the columns; if not, they are column 1, column 2"
                    + " ... Default: yes.")
    boolean headless;

    boolean isGiven() {
        return charset != null || delimiter != null || headless;
    }

    CsvOptions options() {
        return new CsvOptions(charset == null ? StandardCharsets.UTF_8 : charset, delimiter, !headless);
    }

    static String spell(char delimiter) {
        return switch (delimiter) {
            case ',' -> COMMA;
            case ';' -> SEMICOLON;
            case '\t' -> TAB;
            default -> Character.toString(delimiter);
        };
    }

    static final class Charsets implements ITypeConverter<Charset> {
        @Override
        public Charset convert(String value) {
            try {
                return Charset.forName(value);
            } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
                throw new TypeConversionException(
                        "found '" + value + "', allowed are names such as UTF-8, ISO-8859-1 and windows-1252");
            }
        }
    }

    static final class Delimiters implements ITypeConverter<Character> {
        @Override
        public Character convert(String value) {
            return switch (value) {
                case COMMA -> ',';
                case SEMICOLON -> ';';
                case TAB, "\\t" -> '\t';
                default -> {
                    if (value.length() != 1 || "\"\r\n".contains(value)) {
                        throw new TypeConversionException(
                                "found '" + value + "', allowed are comma, semicolon, tab and single characters");
                    }
                    yield value.charAt(0);
                }
            };
        }
    }
}

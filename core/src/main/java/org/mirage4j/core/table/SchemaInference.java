package org.mirage4j.core.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.Printable;

/**
 * Finds out what the columns of a table hold.
 *
 * <p>A column holds numbers if at least {@value #NUMERIC_SHARE} of its values can be read so, all in one format. The
 * rest are bad cells. They are what this class is careful about: the same column taken for categories would train
 * without a word, and badly. Where numbers are the larger part but not that large, and are many, nobody can tell what
 * is meant, so the person who can is asked.
 */
final class SchemaInference {
    /** The share of a column's values that must be numbers of one format for it to hold numbers. */
    static final double NUMERIC_SHARE = 0.9;

    /** More texts than these are no categories: a network has an input for each. */
    static final int MAX_CATEGORIES = 1000;

    /** The share of different texts from which on a column names its rows, and says nothing about them. */
    private static final double DIFFERENT_SHARE = 0.9;

    /** Fewer rows than these say nothing about whether a column names them. */
    private static final int ENOUGH_ROWS = 20;

    /** Fewer values than these are too few to learn from where most rows have none. */
    private static final int ENOUGH_VALUES = 10;

    /** Numbers that are none, but fewer different ones than these, may be names of categories. */
    private static final int FEW_NUMBERS = 20;

    private static final int SHOWN = 5;
    private static final Pattern ID = Pattern.compile("(?i)(id|index|key|nr|no|number|row|uuid|guid)");
    private static final Pattern WORDS = Pattern.compile("[^\\p{L}]+|(?<=\\p{Ll})(?=\\p{Lu})");
    private static final Pattern LEADING_ZERO = Pattern.compile("0\\d+");
    private static final Pattern NUMBER_WITH_TEXT =
            Pattern.compile("\\p{Sc}\\s?[+-]?\\d+([.,]\\d+)*|[+-]?\\d+([.,]\\d+)*\\s?[\\p{L}\\p{Sc}°%/²³]{1,6}");

    private final CsvTable table;
    private final SchemaOptions options;
    private final List<String> problems = new ArrayList<>();

    SchemaInference(CsvTable table, SchemaOptions options) {
        this.table = table;
        this.options = options;
        options.columns().keySet().forEach(table::column);
    }

    TableSchema schema(String target, ColumnType targetType) {
        if (targetType != ColumnType.IGNORE) {
            table.column(target);
        }
        List<ColumnSchema> columns = new ArrayList<>();
        for (String name : table.header()) {
            ColumnCells cells = new ColumnCells(table, name);
            columns.add(
                    targetType != ColumnType.IGNORE && name.equals(target)
                            ? target(cells, targetType)
                            : options.columns().containsKey(name)
                                    ? asTold(cells, options.columns().get(name))
                                    : find(cells));
        }
        if (!problems.isEmpty()) {
            throw new MirageException(String.join("; ", problems));
        }
        return new TableSchema(columns, options.badCells());
    }

    /** Most rows have no value, and those that have are too few to learn from. */
    private boolean sparse(int values) {
        return values < ENOUGH_VALUES && 2 * values < table.size();
    }

    private String named(ColumnCells cells) {
        return table.name() + ", column \"" + cells.name + "\", ";
    }

    private ColumnSchema target(ColumnCells cells, ColumnType type) {
        ColumnType told = options.columns().getOrDefault(cells.name, type);
        if (told != type) {
            throw new MirageException(named(cells) + "is the one to predict, as a " + spell(type)
                    + ", so it cannot be asked to be \"" + spell(told) + "\"");
        }
        int[] values = type == ColumnType.NUMBER ? cells.numeric : cells.present;
        if (values.length < table.size()) {
            int[] sorted = values;
            int absent = IntStream.range(0, table.size())
                    .filter(row -> Arrays.binarySearch(sorted, row) < 0)
                    .findFirst()
                    .orElseThrow();
            throw new MirageException(table.place(absent, cells.column) + ", must be a "
                    + (type == ColumnType.NUMBER ? "number" : "label") + ", but is missing"
                    + (cells.text(absent).isEmpty() ? "" : " (\"" + cells.text(absent) + "\")"));
        }
        if (type == ColumnType.NUMBER) {
            if (cells.bad.length > 0) {
                problems.add(
                        cells.numbers() == 0
                                ? named(cells) + "must hold numbers to be predicted, but holds none; it begins with "
                                        + cell(cells, cells.bad[0])
                                : badCells(cells) + "; mend them or remove the rows");
            }
            return numbers(cells, List.of());
        }
        SortedSet<String> classes = cells.texts();
        if (classes.size() < 2) {
            throw new MirageException(
                    named(cells) + "must have at least 2 different labels, but has " + List.copyOf(classes));
        }
        if (classes.size() > MAX_CATEGORIES) {
            throw new MirageException(named(cells) + "has " + classes.size() + " different labels, but at most "
                    + MAX_CATEGORIES + " can be told apart");
        }
        return categories(cells, classes);
    }

    private ColumnSchema asTold(ColumnCells cells, ColumnType type) {
        if (type == ColumnType.IGNORE) {
            return ignored(cells, "as asked");
        }
        if (type == ColumnType.NUMBER) {
            if (cells.numbers() == 0) {
                throw new MirageException(named(cells) + "is asked to be a number, but "
                        + (cells.numeric.length == 0
                                ? "has no values"
                                : "no value is one, such as " + cell(cells, cells.numeric[0])));
            }
            return constant(cells).isEmpty() ? checkedNumbers(cells) : ignored(cells, constant(cells));
        }
        SortedSet<String> texts = cells.texts();
        if (texts.size() > MAX_CATEGORIES) {
            throw new MirageException(named(cells) + "has " + texts.size() + " different values, but at most "
                    + MAX_CATEGORIES + " categories are possible, because each has an input of its own; leave it out"
                    + " (--column \"" + cells.name + "=ignore\") or put values together");
        }
        if (texts.isEmpty() || (texts.size() == 1 && cells.present.length == table.size())) {
            return ignored(cells, texts.isEmpty() ? "it has no values" : "it is \"" + texts.first() + "\" everywhere");
        }
        return categories(cells, texts);
    }

    private ColumnSchema find(ColumnCells cells) {
        if (cells.present.length == 0) {
            return ignored(cells, "it has no values");
        }
        double share = cells.numericShare();
        return share >= NUMERIC_SHARE ? findNumbers(cells) : findCategories(cells, share);
    }

    private ColumnSchema findNumbers(ColumnCells cells) {
        if (sparse(cells.numbers())) {
            return ignored(cells, "too few values, " + cells.numbers() + " in " + table.size() + " rows");
        }
        if (cells.format.isDate()) {
            return ignored(
                    cells,
                    cells.format.words() + ", such as " + cells.text(cells.numeric[0]) + "; --column \"" + cells.name
                            + "=number\" takes the days since 1970");
        }
        String same = constant(cells);
        if (!same.isEmpty()) {
            return ignored(cells, same);
        }
        String id = id(cells);
        if (!id.isEmpty()) {
            return ignored(cells, id + "; --column \"" + cells.name + "=number\" takes it");
        }
        return checkedNumbers(cells);
    }

    private ColumnSchema checkedNumbers(ColumnCells cells) {
        if (cells.bad.length > 0 && options.badCells() == BadCells.REFUSE) {
            problems.add(badCells(cells) + "; mend them, or read them as missing (--bad-cells missing), or say what the"
                    + " column is (--column \"" + cells.name + "=category\" or \"=ignore\")");
        }
        List<String> remarks = new ArrayList<>();
        long zeros = IntStream.of(cells.numeric)
                .filter(row -> LEADING_ZERO.matcher(cells.text(row)).matches())
                .count();
        if (zeros > 0) {
            remarks.add(zeros + " begin with 0 like codes; --column \"" + cells.name + "=category\" takes them so");
        }
        return numbers(cells, remarks);
    }

    private ColumnSchema findCategories(ColumnCells cells, double numericShare) {
        if (sparse(cells.present.length)) {
            return ignored(cells, "too few values, " + cells.present.length + " in " + table.size() + " rows");
        }
        int differentNumbers = cells.differentNumbers().size();
        if (numericShare >= 0.5 && differentNumbers > FEW_NUMBERS) {
            problems.add(badCells(cells) + "; say what the column is (--column \"" + cells.name + "=number\" with"
                    + " --bad-cells missing, \"=category\" or \"=ignore\")");
            return ignored(cells, "unclear");
        }
        SortedSet<String> texts = cells.texts();
        if (texts.size() == 1 && cells.present.length == table.size()) {
            return ignored(cells, "it is \"" + texts.first() + "\" everywhere");
        }
        if (cells.present.length >= ENOUGH_ROWS && texts.size() >= DIFFERENT_SHARE * cells.present.length) {
            return ignored(
                    cells,
                    (texts.size() == cells.present.length ? "every value differs" : "nearly every value differs")
                            + ", such as \"" + Printable.of(texts.first()) + "\"" + numbersWithText(cells));
        }
        if (texts.size() > MAX_CATEGORIES) {
            return ignored(
                    cells,
                    texts.size() + " different texts, more than the " + MAX_CATEGORIES
                            + " categories a column may have");
        }
        return categories(cells, texts);
    }

    /** A reason to leave a column of numbers out, or empty. */
    private String constant(ColumnCells cells) {
        Set<Double> numbers = cells.differentNumbers();
        return numbers.size() == 1 && cells.numbers() == table.size()
                ? "it is " + cells.text(cells.numeric[0]) + " everywhere"
                : "";
    }

    /** Why whole numbers name rows instead of measuring them, or empty. */
    private String id(ColumnCells cells) {
        if (cells.format != CellFormat.PLAIN || cells.numbers() < table.size() || table.size() < ENOUGH_ROWS) {
            return "";
        }
        SortedSet<Double> numbers = cells.differentNumbers();
        if (numbers.size() < table.size() || numbers.stream().anyMatch(number -> number != Math.rint(number))) {
            return "";
        }
        if (numbers.last() - numbers.first() == table.size() - 1) {
            return "it numbers the rows";
        }
        String[] words = WORDS.split(cells.name);
        return words.length > 0 && ID.matcher(words[words.length - 1]).matches()
                ? "every value differs, like an id"
                : "";
    }

    private String badCells(ColumnCells cells) {
        return named(cells) + "holds numbers, but " + cells.bad.length + " of " + cells.numeric.length
                + " values are none: "
                + IntStream.of(cells.bad)
                        .limit(SHOWN)
                        .mapToObj(row -> cell(cells, row))
                        .collect(Collectors.joining(", "))
                + (cells.bad.length > SHOWN ? " and " + (cells.bad.length - SHOWN) + " more" : "");
    }

    private String cell(ColumnCells cells, int row) {
        return table.line(row) + " \"" + Printable.of(cells.text(row)) + "\"";
    }

    private ColumnSchema numbers(ColumnCells cells, List<String> remarks) {
        return new ColumnSchema(
                cells.name,
                ColumnType.NUMBER,
                cells.format,
                List.of(),
                cells.numbers(),
                table.size() - cells.numbers(),
                cells.bad.length,
                "",
                few(cells, remarks));
    }

    /** Codes are written as numbers too: a person who reads how few there are can tell. */
    private static List<String> few(ColumnCells cells, List<String> remarks) {
        int different = cells.differentNumbers().size();
        List<String> all = new ArrayList<>(remarks);
        if (different <= FEW_NUMBERS) {
            all.add(0, different + " different");
        }
        return all;
    }

    private ColumnSchema categories(ColumnCells cells, SortedSet<String> texts) {
        List<String> remarks = new ArrayList<>();
        if (cells.numericShare() > 0 && cells.bad.length > 0) {
            remarks.add(cells.numbers() + " of the values are numbers");
        }
        String withText = numbersWithText(cells);
        if (!withText.isEmpty()) {
            remarks.add(withText.substring(2));
        }
        alike(texts).forEach(remarks::add);
        return new ColumnSchema(
                cells.name,
                ColumnType.CATEGORY,
                CellFormat.PLAIN,
                List.copyOf(texts),
                cells.present.length,
                table.size() - cells.present.length,
                0,
                "",
                remarks);
    }

    /** A remark if a column of texts looks like numbers with units. */
    private String numbersWithText(ColumnCells cells) {
        Set<String> texts = new HashSet<>();
        for (int row : cells.bad) {
            if (NUMBER_WITH_TEXT.matcher(cells.text(row)).matches()) {
                texts.add(cells.text(row));
            }
        }
        return texts.size() > FEW_NUMBERS
                ? "; values look like numbers with a unit, such as \""
                        + texts.stream().sorted().findFirst().orElseThrow() + "\""
                : "";
    }

    /** Remarks on categories that differ in capitals alone. */
    private static List<String> alike(SortedSet<String> texts) {
        Map<String, List<String>> bySmall = new TreeMap<>();
        texts.forEach(text -> bySmall.computeIfAbsent(text.toLowerCase(Locale.ROOT), small -> new ArrayList<>())
                .add(text));
        return bySmall.values().stream()
                .filter(group -> group.size() > 1)
                .limit(1)
                .map(group -> "\"" + String.join("\" and \"", group) + "\" are different categories")
                .toList();
    }

    private static ColumnSchema ignored(ColumnCells cells, String reason) {
        return new ColumnSchema(
                cells.name,
                ColumnType.IGNORE,
                CellFormat.PLAIN,
                List.of(),
                cells.present.length,
                0,
                0,
                reason,
                List.of());
    }

    private static String spell(ColumnType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}

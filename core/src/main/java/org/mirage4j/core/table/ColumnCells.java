package org.mirage4j.core.table;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The cells of one column, and the format in which most of them are numbers. */
final class ColumnCells {
    final String name;
    final int column;

    /** Rows whose cell is no mark of a missing value in any column. */
    final int[] present;

    /** Those among them that hold no mark of a missing number either. */
    final int[] numeric;

    final CellFormat format;

    /** Those among the latter that are no numbers of that format. */
    final int[] bad;

    private final CsvTable table;
    private final SortedSet<Double> differentNumbers;

    ColumnCells(CsvTable table, String name) {
        this.table = table;
        this.name = name;
        this.column = table.column(name);
        this.present = IntStream.range(0, table.size())
                .filter(row -> !ColumnSchema.isMissingAnywhere(text(row)))
                .toArray();
        this.numeric = IntStream.of(present)
                .filter(row -> !ColumnSchema.isMissingNumber(text(row)))
                .toArray();
        CellFormat best = CellFormat.PLAIN;
        int[] fewest = bad(best);
        for (CellFormat other : fewest.length == 0 ? List.<CellFormat>of() : others()) {
            int[] otherBad = bad(other);
            if (otherBad.length < fewest.length) {
                best = other;
                fewest = otherBad;
            }
        }
        this.format = best;
        this.bad = fewest;
        CellFormat found = best;
        this.differentNumbers = IntStream.of(numeric)
                .mapToObj(row -> found.parse(text(row)))
                .filter(OptionalDouble::isPresent)
                .map(number -> number.getAsDouble() + 0.0) // one zero, not two
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** 1,234 is a thousand or one: where semicolons part the fields, commas are free for decimals. */
    private List<CellFormat> others() {
        List<CellFormat> others = new ArrayList<>(List.of(CellFormat.values()));
        if (table.delimiter() == ';') {
            others.remove(CellFormat.THOUSANDS);
            others.add(CellFormat.THOUSANDS);
        }
        return others;
    }

    private int[] bad(CellFormat as) {
        return IntStream.of(numeric)
                .filter(row -> as.parse(text(row)).isEmpty())
                .toArray();
    }

    String text(int row) {
        return table.value(row, column);
    }

    int numbers() {
        return numeric.length - bad.length;
    }

    double numericShare() {
        return numeric.length == 0 ? 0 : (double) numbers() / numeric.length;
    }

    SortedSet<Double> differentNumbers() {
        return differentNumbers;
    }

    SortedSet<String> texts() {
        return IntStream.of(present).mapToObj(this::text).collect(Collectors.toCollection(TreeSet::new));
    }
}

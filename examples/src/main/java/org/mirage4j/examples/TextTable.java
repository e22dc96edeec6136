package org.mirage4j.examples;

import java.io.PrintWriter;
import java.util.List;

/** Columns of text under one another. */
final class TextTable {
    private static final String GAP = "  ";

    private TextTable() {}

    /** All rows have as many cells as the first. */
    static void print(List<List<String>> rows, PrintWriter to) {
        print(rows, false, to);
    }

    /** The same, all columns but the first flush right. */
    static void printNumbers(List<List<String>> rows, PrintWriter to) {
        print(rows, true, to);
    }

    private static void print(List<List<String>> rows, boolean right, PrintWriter to) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String cell = row.get(c);
                String rest = " ".repeat(widths[c] - cell.length());
                line.append(c == 0 ? "" : GAP).append(right && c > 0 ? rest + cell : cell + rest);
            }
            to.println(line.toString().stripTrailing());
        }
    }
}

package org.mirage4j.examples;

import java.io.PrintWriter;
import java.util.List;

/** Columns of text under one another. */
final class TextTable {
    private static final String GAP = "  ";

    private TextTable() {}

    /** All rows have as many cells as the first. */
    static void print(List<List<String>> rows, PrintWriter to) {
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
                line.append(c == 0 ? "" : GAP).append(cell).append(" ".repeat(widths[c] - cell.length()));
            }
            to.println(line.toString().stripTrailing());
        }
    }
}

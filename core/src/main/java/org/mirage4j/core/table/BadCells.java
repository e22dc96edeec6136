package org.mirage4j.core.table;

/** What becomes of cells in a column of numbers that hold none. */
public enum BadCells {
    /** The table is refused, and the message names their lines. */
    REFUSE,
    /** They count as missing. */
    MISSING
}

package org.mirage4j.core.table;

/** What a column is to whoever learns from it. */
public enum ColumnType {
    /** A quantity: order and distance mean something. */
    NUMBER,
    /** One of a few texts. */
    CATEGORY,
    /** Nothing: the column is left out. */
    IGNORE
}

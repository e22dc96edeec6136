package org.mirage4j.examples;

/** Where images come from. */
enum DataKind {
    SYNTHETIC_DIGITS,
    IDX;

    /** How the command line spells them. */
    static final class Names extends KebabEnum<DataKind> {
        Names() {
            super(DataKind.class);
        }
    }
}

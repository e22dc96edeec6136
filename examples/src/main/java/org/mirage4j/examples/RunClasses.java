package org.mirage4j.examples;

/** Which classes a conditional run draws to be judged. */
enum RunClasses {
    /** Each as often as its data had it. */
    AS_IN_DATA,
    /** All alike often. */
    IN_TURN;

    /** How the command line spells them. */
    static final class Names extends KebabEnum<RunClasses> {
        Names() {
            super(RunClasses.class);
        }
    }
}

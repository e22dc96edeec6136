package org.mirage4j.core.doctor;

/**
 * One thing that the doctor looked at.
 *
 * @param level how bad it is
 * @param subject what was looked at, a word or two
 * @param text what was found and, where it is not fine, what to do; one sentence
 */
public record Finding(Level level, String subject, String text) {

    /** How bad a finding is. */
    public enum Level {
        /** Fine. */
        OK,
        /** Works, but slower or with less than the machine could give. */
        WARNING,
        /** Training will fail or crash. */
        PROBLEM
    }

    static Finding ok(String subject, String text) {
        return new Finding(Level.OK, subject, text);
    }

    static Finding warning(String subject, String text) {
        return new Finding(Level.WARNING, subject, text);
    }

    static Finding problem(String subject, String text) {
        return new Finding(Level.PROBLEM, subject, text);
    }
}

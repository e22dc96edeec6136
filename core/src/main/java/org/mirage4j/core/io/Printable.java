package org.mirage4j.core.io;

import java.util.regex.Pattern;

/** Text out of a file that may be anybody's, made fit to stand in one line of a message. */
public final class Printable {
    private static final int LONGEST = 200;
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]+");

    private Printable() {}

    /**
     * Cuts off what is too long and puts a blank in the place of line breaks and other controls.
     *
     * @param text any text
     * @return one line of bearable length
     */
    public static String of(String text) {
        String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return CONTROLS.matcher(shown).replaceAll(" ").strip();
    }

    /**
     * The first line of what an exception says.
     *
     * @param e any exception
     * @return one line of bearable length
     */
    public static String of(Throwable e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : of(message.strip().lines().findFirst().orElse(""));
    }
}

package org.mirage4j.examples;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Commands of this program as they can be pasted into a shell. */
final class ShellCommand {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

    private ShellCommand() {}

    static String of(Object... arguments) {
        // the launcher tells how it was called
        String launcher = System.getProperty("mirage.command", "./mirage");
        return Stream.concat(Stream.of(launcher), List.of(arguments).stream().map(String::valueOf))
                .map(ShellCommand::quote)
                .collect(Collectors.joining(" "));
    }

    private static String quote(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}

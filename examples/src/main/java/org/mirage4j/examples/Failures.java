package org.mirage4j.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every failure into one sentence and an exit code: 2 for wrong usage, 1 for the rest. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final PrintWriter err;
    private final boolean verbose;

    Failures(PrintWriter err, boolean verbose) {
        this.err = err;
        this.verbose = verbose;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        String sentence =
                e instanceof UnmatchedArgumentException unmatched ? unknown(unmatched) : oneLine(e.getMessage());
        print(e, sentence + "; see " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static String unknown(UnmatchedArgumentException e) {
        List<String> suggestions = e.getSuggestions();
        return "unknown " + (e.isUnknownOption() ? "option" : "argument") + " '"
                + e.getUnmatched().get(0) + "'"
                + (suggestions.isEmpty() ? "" : ", did you mean " + String.join(" or ", suggestions));
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parseResult) {
        return report(e);
    }

    int report(Throwable e) {
        print(e, sentence(e));
        return ExitCode.SOFTWARE;
    }

    private void print(Throwable e, String sentence) {
        err.println("mirage: " + sentence);
        if (verbose) {
            e.printStackTrace(err);
        }
    }

    static String sentence(Throwable e) {
        if (e instanceof MirageException) {
            return oneLine(e.getMessage());
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return outOfMemory(oneLine(cause.getMessage()));
            }
            if (oneLine(cause.getMessage()).contains("bad_alloc")) { // what native code says of it
                return outOfMemory("physicalBytes");
            }
            if (cause instanceof ArithmeticException
                    && oneLine(cause.getMessage()).endsWith("overflow")) {
                return "a size is beyond what Java can count; ask for less (--batch, --count, --width or --latent)";
            }
            if (cause instanceof NoSuchFileException) {
                return oneLine(cause.getMessage()) + " does not exist";
            }
            if (cause instanceof AccessDeniedException) {
                return "permission denied: " + oneLine(cause.getMessage());
            }
            if (cause instanceof IOException) {
                return "reading or writing failed: " + oneLine(cause.getMessage());
            }
        }
        return "internal error, " + oneLine(e.toString()) + "; run again with --verbose for the stack trace";
    }

    private static String outOfMemory(String message) {
        long mebibytes = Runtime.getRuntime().maxMemory() >> 20;
        boolean offHeap = message.contains("physicalBytes") || message.contains("Physical memory");
        return "out of " + (offHeap ? "native memory, whose limit is a multiple of" : "memory with")
                + " the Java heap of " + mebibytes
                + " MiB; ask for less (such as a smaller --batch), or more heap as in"
                + " MIRAGE_JAVA_OPTS=-Xmx" + 2 * mebibytes + "m";
    }

    private static String oneLine(@Nullable String message) {
        return Objects.requireNonNullElse(message, "no message").strip().replaceAll("\\s*\\R\\s*", " ");
    }
}

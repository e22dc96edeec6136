package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Objects;
import org.mirage4j.core.MirageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The main class. Results go to standard output, everything else to standard error. */
@Command(
        name = "mirage",
        description = "Trains generative adversarial networks, dropout classifiers and dropout regressors.",
        subcommands = {
            GanCommand.class,
            SampleCommand.class,
            MixtureCommand.class,
            EvaluateCommand.class,
            AugmentCommand.class,
            ClassifyCommand.class,
            RegressCommand.class,
            PredictCommand.class,
            TuneCommand.class,
            StudyCommand.class,
            UciCommand.class,
            RunsCommand.class,
            DoctorCommand.class,
            CompletionCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Mirage.Version.class,
        scope = ScopeType.INHERIT,
        footer = {
            "",
            "mirage bench measures training speed beside raw Deeplearning4j and, with --peers, other libraries.",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.",
            "MIRAGE_JAVA_OPTS holds more options for Java, such as -Xmx4g."
        })
public final class Mirage implements Runnable {
    private static final String VERBOSE = "--verbose";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Option(
            names = VERBOSE,
            scope = ScopeType.INHERIT,
            negatable = true,
            description = "Show log messages, and stack traces of errors.")
    @SuppressWarnings("UnusedVariable") // read from the arguments, because logging starts before they are parsed
    private boolean verbose;

    private Mirage() {}

    /**
     * Runs a command and ends the virtual machine with its exit code.
     *
     * @param arguments command and options
     */
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
        PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
        int exitCode = run(out, err, arguments);
        if (!StopSignal.isRaised()) { // else Java is ending, and waits for this thread
            System.exit(exitCode);
        }
    }

    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        boolean verbose = Arrays.asList(arguments).contains(VERBOSE);
        if (verbose) {
            System.setProperty("mirage.log", "INFO"); // read by logback.xml
        }
        Failures failures = new Failures(err, verbose);
        CommandLine commandLine = commandLine()
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
        try {
            return commandLine.execute(arguments);
        } catch (Error e) { // picocli handles exceptions only
            return failures.report(e);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Mirage());
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "a command is missing, allowed are "
                        + String.join(", ", spec.subcommands().keySet()));
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = MirageException.class.getPackage().getImplementationVersion();
            return new String[] {"mirage4j " + Objects.requireNonNullElse(version, "unpackaged")};
        }
    }
}

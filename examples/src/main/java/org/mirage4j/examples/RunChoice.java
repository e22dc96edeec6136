package org.mirage4j.examples;

import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which run a training command works on: a new one, a new one like another, or one to go on with. */
final class RunChoice {
    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Go on with this run, at its last checkpoint, under its own options; docs/runs.md says which"
                    + " may change.")
    private @Nullable Path resume;

    @Option(
            names = "--like",
            paramLabel = "DIR",
            description = "Begin a new run with the data and options of this one, but for those given beside.")
    private @Nullable Path like;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The run's folder. Default: the next free runs/${COMMAND-NAME}-N.")
    private @Nullable Path out;

    void checkCombinations() {
        if (resume != null && like != null) {
            throw usage("--resume and --like exclude each other");
        }
        if (resume != null && out != null) {
            throw usage("--resume goes on in the run's own folder, so --out cannot be given");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** The run whose data and options hold where the command line is silent, or null. */
    @Nullable Path model() {
        return resume == null ? like : resume;
    }

    /** Whether that run goes on, rather than a new one being like it. */
    boolean goesOn() {
        return resume != null;
    }

    /** The run to go on with, or else a new one in the folder given or the next that is free. */
    <R> R open(Function<Path, R> goOn, Function<Path, R> begin) {
        if (resume != null) {
            return goOn.apply(resume);
        }
        return RunFolders.begin(out, spec.name(), begin);
    }

    /** Says how a run that Ctrl-C has stopped goes on; the command's exit code. */
    int stopped(long done, String unit, Path folder) {
        spec.commandLine()
                .getErr()
                .println("stopped after " + done + " " + unit + "; go on with: "
                        + ShellCommand.of(spec.name(), "--resume", folder));
        return StopSignal.EXIT_CODE;
    }
}

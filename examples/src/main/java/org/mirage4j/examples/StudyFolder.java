package org.mirage4j.examples;

import java.nio.file.Path;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where commands work that can be given again to do what is left. */
final class StudyFolder {
    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder of what is done, new or to go on with. Default: the next free"
                    + " runs/${COMMAND-NAME}-N.")
    private @Nullable Path out;

    /** Works in the one given, or in the next that is free. */
    int work(ToIntFunction<Path> command) {
        return RunFolders.<Integer>begin(out, spec.name(), command::applyAsInt);
    }

    /** Tells how to go on. */
    static String advice(Path folder) {
        return "stopped early; the same command with --out " + folder + " does what is left";
    }
}

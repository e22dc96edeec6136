package org.mirage4j.examples;

import java.nio.file.Path;
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

    /** The one given, or the next that is free. */
    Path choose() {
        return out == null ? RunFolders.nextFree(spec.name()) : out;
    }

    /** Tells how to go on. */
    static String advice(Path folder) {
        return "stopped early; the same command with --out " + folder + " does what is left";
    }
}

package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.doctor.Doctor;
import org.mirage4j.core.doctor.Finding;
import org.mirage4j.core.doctor.Finding.Level;
import org.mirage4j.core.doctor.SystemFacts;
import picocli.CommandLine.Option;

/** What every command that computes shares: how many threads, and the silent check before it starts. */
final class RuntimeOptions {

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = PositiveInteger.class,
            description =
                    "Threads for linear algebra; other numbers change the last bits. Default: OMP_NUM_THREADS, or 1.")
    private @Nullable Integer threads; // native libraries read it when they load, so the launcher sets it

    /** What --threads says, if it was given. */
    Optional<Integer> threads() {
        return Optional.ofNullable(threads);
    }

    /**
     * Examines the machine; tells of warnings and stops at the first problem.
     *
     * @return what was found, for the run's manifest
     */
    static SystemFacts check(Path folder, PrintWriter err) {
        SystemFacts facts = SystemFacts.gather(folder);
        List<Finding> findings = Doctor.examine(facts);
        for (Finding finding : findings) {
            if (finding.level() == Level.PROBLEM) {
                throw new MirageException(finding.subject() + ": " + finding.text());
            }
        }
        for (Finding finding : findings) {
            if (finding.level() == Level.WARNING) {
                err.println("warning: " + finding.subject() + ": " + finding.text());
            }
        }
        return facts;
    }
}

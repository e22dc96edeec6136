package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.mirage4j.core.doctor.Doctor;
import org.mirage4j.core.doctor.Finding;
import org.mirage4j.core.doctor.SystemFacts;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "doctor",
        description = "Says what was found on this machine and what to do about it.",
        footer = {"", "Exit codes: 0 training can start, 1 it cannot, 2 wrong usage."})
final class DoctorCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Override
    public Integer call() {
        List<Finding> findings = Doctor.examine(SystemFacts.gather(Path.of("")));
        PrintWriter out = spec.commandLine().getOut();
        for (Finding finding : findings) {
            out.printf(Locale.ROOT, "%-8s %-9s %s%n", mark(finding.level()), finding.subject(), finding.text());
        }
        boolean ready = findings.stream().noneMatch(finding -> finding.level() == Finding.Level.PROBLEM);
        return ready ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static String mark(Finding.Level level) {
        return switch (level) {
            case OK -> "ok";
            case WARNING -> "warning";
            case PROBLEM -> "PROBLEM";
        };
    }
}

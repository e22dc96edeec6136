package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.run.StudyCase;
import org.mirage4j.classifier.run.StudyRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "study",
        description =
                "Trains five classifiers with several seeds each and sets their test errors beside published ones.",
        footer = {
            "",
            "Takes hours with --data idx. Given the folder of an earlier study, it does only what is left of it."
        })
final class StudyCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Mixin
    private final LabelledData data = new LabelledData();

    @Option(
            names = "--seeds",
            converter = PositiveInteger.class,
            paramLabel = "N",
            defaultValue = "3",
            description = "Trainings of each classifier. Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--shorten",
            converter = PositiveInteger.class,
            paramLabel = "N",
            defaultValue = "1",
            description = "Divide by N how many epochs all but the article's network are trained. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int shorten;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "Only these classifiers: none, article, dropout, max-norm, best. Default: all.")
    private @Nullable List<String> only;

    @Mixin
    private final StudyFolder out = new StudyFolder();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        data.checkImages();
        List<StudyCase> cases = cases();
        return out.work(folder -> work(folder, cases, err));
    }

    private int work(Path folder, List<StudyCase> cases, PrintWriter err) {
        RuntimeOptions.check(Path.of(""), err);
        try (StudyRun study = StudyRun.open(folder, cases, seeds, data.training(), data.test());
                StopSignal ignored = StopSignal.listen()) {
            StudyRun.Result result;
            try (Progress progress = Progress.goOn(err, study.done(), study.epochs(), "epochs")) {
                result = study.run((epochs, status) -> {
                    progress.update(epochs, status);
                    return !StopSignal.isRaised();
                });
            }
            PrintWriter results = spec.commandLine().getOut();
            results.print(result.table());
            results.println("report: " + result.report());
            if (!result.finished()) {
                err.println(StudyFolder.advice(folder));
                return StopSignal.EXIT_CODE;
            }
        }
        return ExitCode.OK;
    }

    private List<StudyCase> cases() {
        List<StudyCase> all = StudyCase.mnist(shorten);
        if (only == null) {
            return all;
        }
        List<String> names = all.stream().map(StudyCase::name).toList();
        for (String name : only) {
            if (!names.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(), "--only names '" + name + "', allowed are " + String.join(", ", names));
            }
        }
        return all.stream().filter(each -> only.contains(each.name())).toList();
    }
}

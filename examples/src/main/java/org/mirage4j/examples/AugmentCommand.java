package org.mirage4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.gan.ArchitectureKind;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.train.Conditioning;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "augment",
        description = "Fills up rare classes with a conditional GAN and says whether that makes a better classifier.",
        footer = {
            "",
            "Given the folder of an earlier study, it does only what is left of it. Options of the classifier are"
                    + " those of classify."
        })
final class AugmentCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Mixin
    private final LabelledData data = new LabelledData();

    @Mixin
    private final NetworkOptions network = new NetworkOptions();

    @Option(
            names = "--rare",
            split = ",",
            converter = WholeNumber.class,
            paramLabel = "K",
            defaultValue = "3,8",
            description = "Classes to cut, from 0. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private List<Long> rare;

    @Option(
            names = "--keep",
            converter = PositiveInteger.class,
            paramLabel = "N",
            defaultValue = "20",
            description = "Examples left of each of them. Default: ${DEFAULT-VALUE}.")
    private int keep;

    @Option(
            names = "--seeds",
            converter = PositiveInteger.class,
            paramLabel = "N",
            defaultValue = "5",
            description = "How often to do it all. Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--conditional",
            converter = GanCommand.Conditionings.class,
            completionCandidates = GanCommand.Conditionings.class,
            defaultValue = "projection",
            description = "How the GAN learns of labels: concat, projection, auxiliary. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private Conditioning.Kind conditioning;

    @Option(
            names = "--arch",
            converter = GanCommand.Architectures.class,
            completionCandidates = GanCommand.Architectures.class,
            defaultValue = "dcgan",
            description = "Networks of the GAN: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private ArchitectureKind architecture;

    @Option(
            names = "--iterations",
            converter = PositiveInteger.class,
            paramLabel = "N",
            description = "Generator steps of each GAN. Default: by architecture.")
    private @Nullable Integer iterations;

    @Mixin
    private final StudyFolder out = new StudyFolder();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        data.checkImages();
        AugmentStudy.Plan plan = plan();
        return out.work(folder -> work(folder, plan, err));
    }

    private int work(Path folder, AugmentStudy.Plan plan, PrintWriter err) {
        RuntimeOptions.check(Path.of(""), err);
        try (AugmentStudy study = AugmentStudy.open(folder, plan, data.training(), data.test());
                StopSignal ignored = StopSignal.listen()) {
            boolean whole;
            try (Progress progress =
                    Progress.goOn(err, study.done(), seeds * plan.gan().iterations(), "it")) {
                whole = study.run((done, status) -> {
                    progress.update(done, status);
                    return !StopSignal.isRaised();
                });
            }
            if (!whole) {
                err.println(StudyFolder.advice(folder));
                return StopSignal.EXIT_CODE;
            }
            PrintWriter results = spec.commandLine().getOut();
            TextTable.print(study.answer().table(), results);
            results.println(study.answer().verdict());
            results.println("report: " + study.report());
        }
        return ExitCode.OK;
    }

    private AugmentStudy.Plan plan() {
        if (conditioning == Conditioning.Kind.NONE) {
            throw new ParameterException(
                    spec.commandLine(), "--conditional must be concat, projection or auxiliary, but is none");
        }
        try {
            GanOptions.Builder gan = GanOptions.builder(architecture).conditioning(conditioning);
            if (iterations != null) {
                gan.iterations(iterations);
            }
            return new AugmentStudy.Plan(
                    rare.stream().map(Math::toIntExact).distinct().sorted().toList(),
                    keep,
                    seeds,
                    gan.build(),
                    network.read());
        } catch (MirageException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}

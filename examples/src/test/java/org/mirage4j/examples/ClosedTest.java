package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.ClassifierTraining;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.classifier.DropoutRegressor;
import org.mirage4j.classifier.ObservationNoise;
import org.mirage4j.classifier.RegressorTraining;
import org.mirage4j.classifier.run.ClassifierData;
import org.mirage4j.classifier.run.ClassifierRun;
import org.mirage4j.classifier.run.RegressionData;
import org.mirage4j.classifier.run.RegressorRun;
import org.mirage4j.classifier.run.RunPredictor;
import org.mirage4j.classifier.run.StudyCase;
import org.mirage4j.classifier.run.StudyRun;
import org.mirage4j.classifier.run.TuningPlan;
import org.mirage4j.classifier.run.TuningRun;
import org.mirage4j.classifier.table.TableClassifier;
import org.mirage4j.classifier.table.TableRegressor;
import org.mirage4j.classifier.table.TargetParts;
import org.mirage4j.classifier.table.TargetTable;
import org.mirage4j.classifier.tuning.Candidate;
import org.mirage4j.classifier.tuning.FoldSource;
import org.mirage4j.classifier.uci.UciExperiment;
import org.mirage4j.classifier.uci.UciFolder;
import org.mirage4j.classifier.uci.UciRun;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.SharedBatches;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.core.table.CsvTable;
import org.mirage4j.gan.ArchitectureKind;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.GanRun;
import org.mirage4j.gan.GanSampler;
import org.mirage4j.gan.mixture.Mixture;
import org.mirage4j.gan.mixture.MixturePreset;
import org.mirage4j.gan.mixture.MixtureRun;
import org.mirage4j.gan.train.Architecture;
import org.mirage4j.gan.train.GanTrainer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Whatever can be closed says so when it is used afterwards, and may be closed twice. */
class ClosedTest {
    private static final ClassifierOptions OPTIONS =
            ClassifierOptions.builder().hidden(4).epochs(1).batchSize(8).build();
    private static final InMemoryExamples DIGITS = new SyntheticDigits(0).examples(0, 40);
    private static final GanOptions GAN = GanOptions.builder(ArchitectureKind.DENSE)
            .iterations(1)
            .batch(8)
            .latent(3)
            .width(4)
            .build();

    @TempDir
    private static Path folder;

    /** Something that can be closed, and calls that come too late. */
    private record Case(AutoCloseable thing, List<ThrowingCall> calls) {
        static <T extends AutoCloseable> Case of(T thing, List<Call<T>> calls) {
            List<ThrowingCall> bound = new ArrayList<>();
            calls.forEach(call -> bound.add(() -> call.on(thing)));
            return new Case(thing, bound);
        }
    }

    private interface Call<T> {
        void on(T thing) throws Exception;
    }

    private interface ThrowingCall {
        void make() throws Exception;
    }

    private static Path out(String name) {
        return folder.resolve(name);
    }

    private static CsvTable table() throws IOException {
        Path csv = out("rows.csv");
        if (!Files.exists(csv)) {
            StringBuilder text = new StringBuilder("width,kind,price\n");
            for (int i = 0; i < 60; i++) {
                text.append(i + (i % 2) * 200)
                        .append(i % 2 == 0 ? ",plum," : ",pear,")
                        .append(3.5 * i)
                        .append('\n');
            }
            Files.writeString(csv, text);
        }
        return CsvTable.read(csv);
    }

    private static UciFolder uci() throws IOException {
        Path data = Files.createDirectories(out("uci/data"));
        StringBuilder lines = new StringBuilder();
        StringBuilder training = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append(i).append(' ').append(2 * i + i % 3).append('\n');
            training.append(i < 2 ? "" : i + "\n");
        }
        Map<String, String> files = Map.of(
                "data", lines.toString(),
                "index_features", "0\n",
                "index_target", "1\n",
                "index_test_0", "0\n1\n",
                "index_train_0", training.toString(),
                "n_splits", "1\n",
                "n_hidden", "3\n",
                "n_epochs", "1\n",
                "dropout_rates", "0.1\n",
                "tau_values", "0.25\n");
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(data.resolve(file.getKey() + ".txt"), file.getValue());
        }
        return UciFolder.read(out("uci"));
    }

    private static List<Case> cases() throws IOException {
        RunDirectory directory = RunDirectory.create(
                out("directory"), Manifest.start("test", 1, "none", "f", Map.of()), Map.of("batch", 1));
        ClassifierData data = ClassifierData.ofImages(DIGITS, DIGITS, 1);
        try (GanRun run = GanRun.create(out("sampled"), GAN, DIGITS);
                ClassifierRun classifier = ClassifierRun.create(out("classified"), OPTIONS, data, 1, 0.5)) {
            run.train((done, statistics) -> true);
            classifier.train(report -> true);
        }
        TargetTable priced = new TargetTable(table(), "price");
        InMemoryExamples targets = TargetParts.of(priced, 1).training();
        RegressionData prices = RegressionData.of(priced, 1);
        RegressorRun.Recipe recipe = new RegressorRun.Recipe(
                OPTIONS, new ObservationNoise.Constant(), 2, 0.5, Double.POSITIVE_INFINITY, Map.of());
        try (RegressorRun run = RegressorRun.create(out("priced"), recipe, prices)) {
            run.train(report -> true);
        }
        return List.of(
                Case.of(
                        NetworkBuilder.vectors(3).dense(2).build(1),
                        List.of(
                                network -> network.forward(Nd4j.zeros(2, 3), Pass.infer()),
                                network -> network.forwardShared(new INDArray[] {Nd4j.zeros(2, 3)}, Pass.infer()),
                                network -> network.backward(Nd4j.zeros(2, 2)),
                                network -> network.differentiate(Nd4j.zeros(2, 3), Nd4j.zeros(2, 2), 1),
                                network -> network.step(1))),
                Case.of(
                        GanTrainer.create(
                                new Architecture(
                                        NetworkBuilder.vectors(2).dense(2),
                                        NetworkBuilder.vectors(2).dense(1)),
                                2,
                                ArchitectureKind.DENSE.game().build(),
                                new RandomStreams(1)),
                        List.of(
                                trainer -> trainer.iterate(0, step -> Batch.of(Nd4j.zeros(4, 2)), false),
                                trainer -> trainer.generate(Nd4j.zeros(4, 2)),
                                trainer -> trainer.realness(Batch.of(Nd4j.zeros(4, 2)), 1, new RandomStreams(1)),
                                trainer -> trainer.generator().parameters(),
                                trainer -> trainer.generator().graph(),
                                trainer ->
                                        trainer.generator().save(out("late.zip").toFile()))),
                Case.of(GanRun.create(out("gan"), GAN, DIGITS), List.of(run -> run.train((done, statistics) -> true))),
                Case.of(
                        GanSampler.open(out("sampled")),
                        List.of(
                                sampler -> sampler.sample(1, 1),
                                sampler -> sampler.realness(Nd4j.zeros(1, 1, 28, 28), 1, 1))),
                Case.of(
                        MixtureRun.create(
                                out("mixture"), Mixture.ring(), "test", MixturePreset.NON_SATURATING.options(1), 1),
                        List.of(run -> run.train(done -> true))),
                Case.of(
                        DropoutClassifier.train(OPTIONS, DIGITS),
                        List.of(
                                classifier -> classifier.predict(Nd4j.zeros(1, 1, 28, 28), 1, 1),
                                classifier -> classifier.probabilities(Nd4j.zeros(1, 1, 28, 28)),
                                classifier -> classifier.evaluate(DIGITS),
                                classifier -> classifier.toGraph(),
                                classifier -> classifier.save(out("late")))),
                Case.of(
                        DropoutRegressor.train(OPTIONS, new ObservationNoise.Constant(), targets),
                        List.of(
                                regressor -> regressor.predict(Nd4j.zeros(1, 3), 1, 1),
                                regressor -> regressor.save(out("late")))),
                Case.of(
                        TableClassifier.train(OPTIONS, table(), "kind", 0.5),
                        List.of(
                                classifier -> classifier.predict(table(), 1, 1),
                                classifier -> classifier.evaluate(table()),
                                classifier -> classifier.save(out("late")))),
                Case.of(
                        TableRegressor.load(out("priced/model")),
                        List.of(
                                regressor -> regressor.predict(table(), 1, 1, 1),
                                regressor -> regressor.save(out("late")))),
                Case.of(
                        RunPredictor.open(out("classified")),
                        List.of(
                                predictor -> predictor.predict(Nd4j.zeros(1, 1, 28, 28), 1, 1),
                                predictor -> predictor.predict(Map.of("width", 1)),
                                RunPredictor::featureExtractor)),
                Case.of(ClassifierTraining.start(OPTIONS, DIGITS), List.of(ClassifierTraining::epoch)),
                Case.of(
                        RegressorTraining.start(OPTIONS, new ObservationNoise.Constant(), targets),
                        List.of(RegressorTraining::epoch)),
                Case.of(
                        ClassifierRun.create(out("classifier"), OPTIONS, data, 1, 0.5),
                        List.of(run -> run.train(report -> true))),
                Case.of(
                        RegressorRun.create(out("regressor"), recipe, prices),
                        List.of(run -> run.train(report -> true))),
                Case.of(
                        TuningRun.create(
                                out("tuning"),
                                OPTIONS,
                                new TuningPlan(Candidate.rates(OPTIONS, List.of(0.1)), List.of(), 2, false, 1),
                                FoldSource.of(DIGITS),
                                "digits",
                                "f"),
                        List.of(run -> run.run((done, result) -> true))),
                Case.of(
                        StudyRun.open(out("study"), List.of(new StudyCase("a", "a", 0.1, OPTIONS)), 1, DIGITS, DIGITS),
                        List.of(run -> run.run((epochs, status) -> true))),
                Case.of(
                        UciRun.open(out("uci-run"), "line", uci(), new UciExperiment(1, 2, 1)),
                        List.of(run -> run.run((done, result) -> true))),
                Case.of(
                        MetricsLog.create(out("metrics.csv"), List.of("a")),
                        List.of(log -> log.row(1), MetricsLog::sync)),
                Case.of(
                        directory,
                        List.of(
                                run -> run.update(run.manifest()),
                                run -> run.configure(Map.of()),
                                RunDirectory::requireOpen)),
                Case.of(SharedBatches.whole(DIGITS, 8), List.of(batches -> batches.batch(0))));
    }

    @TestFactory
    List<DynamicTest> closedThingsSaySo() throws IOException {
        List<Case> cases = cases();
        List<DynamicTest> tests = new ArrayList<>();
        for (Case each : cases) {
            tests.add(DynamicTest.dynamicTest(each.thing().getClass().getSimpleName(), () -> assertSaysSo(each)));
        }
        // so that the table grows with the library
        tests.add(DynamicTest.dynamicTest("all there are", () -> assertThat(
                        cases.stream().map(each -> each.thing().getClass().getName()))
                .containsExactlyInAnyOrderElementsOf(closeable())));
        return tests;
    }

    private static void assertSaysSo(Case each) throws Exception {
        each.thing().close();
        each.thing().close();
        for (ThrowingCall call : each.calls()) {
            assertThatThrownBy(call::make)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageEndingWith(" is closed");
        }
        if (each.thing() instanceof GanRun run) { // nor is anything recorded
            assertThat(RunDirectory.open(run.folder()).manifest().status()).isEqualTo(Manifest.Status.RUNNING);
        }
        assertThat(out("late")).doesNotExist();
    }

    /** Public classes with a close method; engines are networks' own. */
    private static Set<String> closeable() {
        return new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .withImportOption(location -> !location.contains("-tests.jar"))
                        .importPackages("org.mirage4j.core", "org.mirage4j.classifier", "org.mirage4j.gan")
                        .stream()
                        .filter(type -> type.isAssignableTo(AutoCloseable.class)
                                && !type.isInterface()
                                && !type.getPackageName().startsWith("org.mirage4j.core.engine")
                                && type.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(JavaClass::getName)
                        .collect(Collectors.toSet());
    }
}

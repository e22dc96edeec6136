package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mirage4j.examples.CommandLineTest.mirage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.InMemoryExamples;
import org.mirage4j.core.data.NpyFile;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.examples.CommandLineTest.Outcome;
import org.mirage4j.gan.GanRun;
import org.mirage4j.gan.GanSampler;
import org.mirage4j.gan.watch.WatchOptions;
import org.nd4j.linalg.api.ndarray.INDArray;

class GanCommandTest {
    @TempDir
    private static Path shared;

    private static Path run() {
        return shared.resolve("run");
    }

    @BeforeAll
    static void trainsAtAll() {
        Outcome outcome = mirage("gan", "--iterations", 3, "--batch", 16, "--out", run());
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("report.html");
        assertThat(outcome.err()).contains("3/3 it", "D(x)").doesNotContain("\r");
    }

    @Test
    void samplesComeInThreeFormatsWithTheSameContent(@TempDir Path folder) throws IOException {
        Path npy = folder.resolve("s.npy");
        Path idx = folder.resolve("s-images-idx3-ubyte.gz");
        Path png = folder.resolve("s.png");
        for (Path file : List.of(npy, idx, png)) {
            Outcome outcome = mirage("sample", "--run", run(), "--count", 10, "--seed", 5, "--out", file);
            assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        }
        INDArray samples = NpyFile.read(npy);
        assertThat(samples.shape()).containsExactly(10, 1, 28, 28);
        INDArray fromIdx = IdxFile.readImages("s", idx).examples(0, 10).features();
        assertThat(fromIdx.equalsWithEps(samples, 0.5 / 255 + 1e-6)).isTrue();
        assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(4 * 28);
    }

    @Test
    void runGoesOnWithMoreIterationsAndRefusesOtherOptions(@TempDir Path folder) {
        Path out = folder.resolve("my run");
        Outcome first = mirage("gan", "--arch", "dense", "--iterations", 2, "--batch", 16, "--out", out);
        assertThat(first.exitCode()).as(first.err()).isZero();
        Outcome done = mirage("gan", "--resume", out);
        assertThat(done.exitCode()).isEqualTo(1);
        assertThat(done.err()).contains("has done 2 iterations", "must be above that");
        Outcome other = mirage("gan", "--resume", out, "--loss", "hinge", "--arch", "dcgan", "--iterations", 5);
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.err())
                .contains("architecture was DENSE and is now DCGAN", "game.loss was NON_SATURATING and is now HINGE")
                .doesNotContain("iterations was");
        Outcome more = mirage("gan", "--resume", out, "--iterations", 5);
        assertThat(more.exitCode()).as(more.err()).isZero();
        assertThat(more.err()).contains("5/5 it");
    }

    @Test
    void presetsAndWhatIsChangedInThemReachTheRun(@TempDir Path folder) throws IOException {
        Path run = folder.resolve("wgan-gp");
        Outcome outcome = mirage(
                "gan",
                "--preset",
                "wgan-gp",
                "--arch",
                "dense",
                "--d-steps",
                2,
                "--pack",
                2,
                "--instance-noise",
                "0.1:50",
                "--rate-schedule",
                "linear:1:10",
                "--dropout-g",
                0.2,
                "--sampling-dropout",
                "--dropout-d",
                0.3,
                "--iterations",
                2,
                "--batch",
                8,
                "--out",
                run);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        String config = Files.readString(run.resolve("config.json")).replaceAll("\\s", "");
        assertThat(config)
                .contains("\"kind\":\"wgan-gp\",\"lambda\":10", "\"discriminatorSteps\":2", "\"packing\":2")
                .contains("\"deviation\":0.1,\"iterations\":50", "\"kind\":\"linear\",\"start\":1,\"end\":10")
                .contains("\"samplingDropout\":true", "\"kind\":\"adam\",\"rate\":1.0E-4,\"beta1\":0.0");
        Path realness = folder.resolve("realness.csv");
        outcome = mirage(
                "sample",
                "--run",
                run,
                "--count",
                6,
                "--out",
                folder.resolve("s.npy"),
                "--realness",
                realness,
                "--passes",
                3);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(Files.readAllLines(realness))
                .hasSize(1 + 6 / 2)
                .first()
                .isEqualTo("index,logit,deviation,probability");
    }

    @Test
    void bothZeroCentredPenaltiesAndSignsAsLatentsStayWhenARunGoesOn(@TempDir Path folder) throws IOException {
        Path run = folder.resolve("run");
        Outcome outcome = mirage(
                "gan",
                "--arch",
                "dense",
                "--loss",
                "relativistic",
                "--penalty",
                "r1-r2",
                "--penalty-weight",
                0.05,
                "--prior",
                "binary",
                "--latent",
                10,
                "--iterations",
                2,
                "--batch",
                8,
                "--out",
                run);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        String expected = "\"kind\":\"r1-r2\",\"gamma\":0.05";
        assertThat(Files.readString(run.resolve("config.json")).replaceAll("\\s", ""))
                .contains(expected, "\"latents\":\"BINARY\"");
        Outcome other = mirage("gan", "--resume", run, "--iterations", 3, "--prior", "normal", "--penalty", "r2");
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.err()).contains("game.latents was BINARY and is now NORMAL", "game.penalty");
        Outcome more = mirage("gan", "--resume", run, "--iterations", 3);
        assertThat(more.exitCode()).as(more.err()).isZero();
        assertThat(Files.readString(run.resolve("config.json")).replaceAll("\\s", ""))
                .contains(expected, "\"latents\":\"BINARY\"");
    }

    @Test
    void realnessOfAConditionalRunIsThatOfTheClassAskedFor(@TempDir Path folder) throws IOException {
        Path run = folder.resolve("run");
        Outcome outcome = mirage(
                "gan", "--arch", "dense", "--conditional", "projection", "--iterations", 2, "--batch", 8, "--out", run);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        Path realness = folder.resolve("realness.csv");
        Path images = folder.resolve("s.npy");
        outcome = mirage("sample", "--run", run, "--count", 6, "--label", 3, "--out", images, "--realness", realness);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(Files.readAllLines(realness)).hasSize(1 + 6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dense", "dcgan"})
    void featureMatchingTakesTheMeanImageToThatOfTheData(String architecture, @TempDir Path folder) {
        double untrained = meanImageError(architecture, 1, folder.resolve("short"));
        assertThat(meanImageError(architecture, 150, folder.resolve("long"))).isLessThan(0.75 * untrained);
    }

    /** How far the mean of a generator's images is from that of the data, after so many iterations of feature matching. */
    private static double meanImageError(String architecture, int iterations, Path run) {
        Outcome outcome = mirage(
                "gan",
                "--arch",
                architecture,
                "--feature-matching",
                "--width",
                8,
                "--ema",
                0,
                "--g-rate",
                0.005,
                "--iterations",
                iterations,
                "--batch",
                32,
                "--out",
                run);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        INDArray real = new SyntheticDigits(0).examples(0, 500).examples(0, 500).features();
        try (GanSampler sampler = GanSampler.open(run)) {
            return sampler.sample(200, 1).mean(0).distance2(real.mean(0));
        }
    }

    @Test
    void idxFilesTrainThroughTheSameCommand(@TempDir Path folder) throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        writeIdx(data, 40, 40);
        Outcome outcome = mirage(
                "gan",
                "--data",
                "idx",
                "--data-dir",
                data,
                "--arch",
                "dcgan",
                "--epochs",
                1,
                "--batch",
                20,
                "--out",
                folder.resolve("out"));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("2/2 it");
        Path steps = folder.resolve("steps");
        Outcome several = mirage((Object[]) ("gan --data idx --data-dir " + data
                        + " --arch dense --epochs 6 --batch 20 --d-steps 3 --conditional concat --out " + steps)
                .split(" "));
        assertThat(several.exitCode()).as(several.err()).isZero();
        assertThat(several.err())
                .as("six passes of two batches, three an iteration")
                .contains("4/4 it");
        assertThat(MetricsTable.read(steps.resolve("metrics.csv")).column("epoch"))
                .endsWith(5);

        Object[] evaluate = {
            "evaluate",
            "--real",
            data.resolve("train-images-idx3-ubyte"),
            "--fake",
            steps,
            "--samples",
            30,
            "--metrics",
            "sliced-wasserstein",
            "--extractor",
            "raw"
        };
        assertThat(mirage(evaluate).out()).contains("steps (classes in its data's shares), 30 samples");
        Object[] inTurn = Stream.concat(Stream.of(evaluate), Stream.of("--run-classes", "in-turn"))
                .toArray();
        assertThat(mirage(inTurn).out()).contains("steps (classes in turn), 30 samples");
    }

    @Test
    void countsThatDifferAreNamedAndNothingIsWritten(@TempDir Path folder) throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        writeIdx(data, 40, 39);
        Path out = folder.resolve("out");
        Outcome outcome = mirage("gan", "--data", "idx", "--data-dir", data, "--out", out);
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("40", "39");
        assertThat(out).doesNotExist();
    }

    private static void writeIdx(Path folder, int images, int labels) throws IOException {
        InMemoryExamples digits = new SyntheticDigits(3).examples(0, images);
        IdxFile.writeImages(
                folder.resolve("train-images-idx3-ubyte"),
                digits.examples(0, images).features());
        byte[] file = new byte[8 + labels];
        file[2] = 8;
        file[3] = 1;
        file[7] = (byte) labels;
        Files.write(folder.resolve("train-labels-idx1-ubyte"), file);
    }

    static Stream<Arguments> wrongUsage() {
        return Stream.of(
                Arguments.of(List.of("gan", "--arch", "resnet"), List.of("--arch", "resnet", "dense, dcgan")),
                Arguments.of(List.of("gan", "--data", "cats"), List.of("--data", "cats", "synthetic-digits, idx")),
                Arguments.of(List.of("gan", "--loss", "l2"), List.of("--loss", "l2", "non-saturating")),
                Arguments.of(List.of("gan", "--batch", "0"), List.of("--batch", "0", "from 1")),
                Arguments.of(List.of("gan", "--batch", "1"), List.of("batch size", "at least 2", "1")),
                Arguments.of(List.of("gan", "--batch", "many"), List.of("--batch", "many", "whole numbers")),
                Arguments.of(List.of("gan", "--g-rate", "fast"), List.of("--g-rate", "fast", "decimal")),
                Arguments.of(List.of("gan", "--d-rate", "0"), List.of("discriminator learning rate", "above 0")),
                Arguments.of(List.of("gan", "--dropout-d", "1.5"), List.of("dropout rate", "[0, 1)", "1.5")),
                Arguments.of(List.of("gan", "--preset", "best"), List.of("--preset", "best", "wgan-gp", "pacgan")),
                Arguments.of(List.of("gan", "--loss", "wasserstein"), List.of("WASSERSTEIN", "Lipschitz")),
                Arguments.of(
                        List.of("gan", "--preset", "wgan", "--spectral-norm", "--pack", "11"),
                        List.of("weight clip", "spectral", "packing", "11")),
                Arguments.of(List.of("gan", "--pack", "3"), List.of("packing 3", "64")),
                Arguments.of(List.of("gan", "--penalty-weight", "1"), List.of("--penalty-weight", "--penalty")),
                Arguments.of(List.of("gan", "--optimizer", "sgd", "--beta1", "0.5"), List.of("--beta1", "adam")),
                Arguments.of(List.of("gan", "--rate-schedule", "linear:9:3"), List.of("--rate-schedule", "9", "3")),
                Arguments.of(List.of("gan", "--instance-noise", "-1"), List.of("--instance-noise", "-1")),
                Arguments.of(List.of("gan", "--seed", "x"), List.of("--seed", "x", "whole numbers")),
                Arguments.of(List.of("gan", "--data", "idx"), List.of("--data idx", "--data-dir")),
                Arguments.of(List.of("gan", "--data-dir", "x"), List.of("--data-dir", "--data idx")),
                Arguments.of(List.of("gan", "--resume", "r", "--out", "o"), List.of("--resume", "--out")),
                Arguments.of(List.of("gan", "--checkpoint-every", "0"), List.of("--checkpoint-every", "0", "from 1")),
                Arguments.of(List.of("gan", "--iterations", "5", "--epochs", "1"), List.of("--iterations", "--epochs")),
                Arguments.of(List.of("sample", "--out", "x.npy"), List.of("--run")),
                Arguments.of(List.of("sample", "--run", "r", "--out", "x.jpg"), List.of("--out", ".npy", "x.jpg")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongUsage")
    void wrongUsageIsOneSentenceWithExitCode2(List<String> arguments, List<String> parts) {
        Outcome outcome = mirage(arguments.toArray());
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err().strip().lines()).hasSize(1);
        assertThat(outcome.err()).contains(parts);
    }

    @Test
    void foldersThatCannotServeAreNamed(@TempDir Path folder) throws IOException {
        Path occupied = Files.createDirectory(folder.resolve("occupied"));
        Files.writeString(occupied.resolve("thesis.txt"), "precious");
        Path damaged = folder.resolve("damaged");
        Files.createDirectories(damaged);
        Files.writeString(damaged.resolve("manifest.json"), "{");
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.add(mirage("gan", "--iterations", 1, "--out", occupied));
        outcomes.add(mirage("gan", "--iterations", 1, "--out", run()));
        outcomes.add(mirage("gan", "--data", "idx", "--data-dir", folder.resolve("gone")));
        outcomes.add(mirage("sample", "--run", folder.resolve("gone"), "--out", folder.resolve("x.npy")));
        outcomes.add(mirage("sample", "--run", occupied, "--out", folder.resolve("x.npy")));
        outcomes.add(mirage("sample", "--run", damaged, "--out", folder.resolve("x.npy")));
        for (Outcome outcome : outcomes) {
            assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(1);
            assertThat(outcome.err().lines().filter(line -> line.startsWith("mirage: ")))
                    .hasSize(1);
            assertThat(outcome.err()).doesNotContain("internal error", "\tat ");
        }
        assertThat(Files.readString(occupied.resolve("thesis.txt"))).isEqualTo("precious");
        try (Stream<Path> left = Files.list(occupied)) {
            assertThat(left).hasSize(1);
        }
        assertThat(folder.resolve("x.npy")).doesNotExist();
    }

    @Test
    void monitorsThatMayEndARunStayOnWhenItGoesOnUnlessSwitchedOff(@TempDir Path folder) {
        Path run = folder.resolve("run");
        succeeds("gan", "--arch", "dense", "--iterations", 1, "--batch", 8, "--stop-on-collapse", "--out", run);
        succeeds("gan", "--resume", run, "--iterations", 2);
        assertThat(GanRun.recipe(run).options().watch()).isEqualTo(new WatchOptions(false, true));
        succeeds("gan", "--resume", run, "--iterations", 3, "--stop-at-equilibrium");
        assertThat(GanRun.recipe(run).options().watch()).isEqualTo(new WatchOptions(true, true));
        Path like = folder.resolve("like");
        succeeds("gan", "--like", run, "--no-stop-at-equilibrium", "--iterations", 1, "--out", like);
        assertThat(GanRun.recipe(like).options().watch()).isEqualTo(new WatchOptions(false, true));
        succeeds("gan", "--resume", run, "--iterations", 4, "--no-stop-on-collapse");
        assertThat(GanRun.recipe(run).options().watch()).isEqualTo(new WatchOptions(true, false));
    }

    @Test
    void newRunLikeAnotherIsJudgedAsGivenAndForTheRestAsTheOther(@TempDir Path folder) {
        Path plain = folder.resolve("plain");
        succeeds("gan", "--arch", "dense", "--iterations", 1, "--batch", 8, "--out", plain);
        Path judged = folder.resolve("judged");
        succeeds(
                "gan",
                "--like",
                plain,
                "--iterations",
                2,
                "--evaluate-every",
                2,
                "--evaluate-samples",
                20,
                "--evaluate-metrics",
                "frechet,recall",
                "--best-by",
                "recall",
                "--extractor",
                "raw",
                "--out",
                judged);
        assertThat(GanRun.recipe(judged).origin())
                .containsEntry("evaluate-every", "2")
                .containsEntry("extractor", "raw");
        Path again = folder.resolve("again");
        succeeds("gan", "--like", judged, "--evaluate-every", 1, "--out", again);
        assertThat(GanRun.recipe(again).origin())
                .containsEntry("evaluate-every", "1")
                .containsEntry("evaluate-samples", "20")
                .containsEntry("evaluate-metrics", "frechet,recall")
                .containsEntry("best-by", "recall")
                .containsEntry("extractor", "raw");
        Path other = folder.resolve("other");
        succeeds("gan", "--like", judged, "--evaluate-metrics", "frechet", "--out", other);
        assertThat(GanRun.recipe(other).origin())
                .containsEntry("evaluate-every", "2")
                .containsEntry("best-by", "frechet");
        Outcome refused = mirage("gan", "--resume", judged, "--iterations", 4, "--evaluate-every", 1);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("a run that goes on is judged as before");
    }

    private static void succeeds(Object... arguments) {
        Outcome outcome = mirage(arguments);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    gan --latent 2147483647                    | in layer dense-1, are too many, allowed are 2147483639
                    gan --width 10000000                       | in layer convolution-2, are too many
                    gan --arch dense --width 10000000          | parameters of a network
                    classify --hidden 2147483647 --examples 60 | in layer hidden-1, are too many
                    classify --examples 2147483647             | 2147483647 synthetic digits need 1.5 TiB of Java heap
                    """)
    void sizesThatCannotBeAreRefusedBeforeMemoryIsAskedFor(String command, String sentence, @TempDir Path folder) {
        List<Object> arguments = new ArrayList<>(List.of((Object[]) command.split(" ")));
        arguments.addAll(List.of("--out", folder.resolve("run")));
        Outcome outcome = mirage(arguments.toArray());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err().lines().filter(line -> !line.startsWith("warning: ")))
                .singleElement()
                .asString()
                .contains(sentence);
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void moreImagesThanMemoryHoldsAreRefused(@TempDir Path folder) {
        Outcome outcome =
                mirage("sample", "--run", run(), "--count", Integer.MAX_VALUE, "--out", folder.resolve("x.npy"));
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("2147483647 images of 1 x 28 x 28 need 6.1 TiB of native memory");
        assertThat(folder.resolve("x.npy")).doesNotExist();
    }
}

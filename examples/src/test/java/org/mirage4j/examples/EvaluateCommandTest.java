package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mirage4j.examples.CommandLineTest.mirage;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.NpyFile;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.examples.CommandLineTest.Outcome;
import org.mirage4j.gan.evaluation.EvaluationResult;
import org.mirage4j.gan.metrics.Metric;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class EvaluateCommandTest {
    private static final int DIGITS = 60;

    @TempDir
    private static Path shared;

    private static Path file(String name) {
        return shared.resolve(name);
    }

    @BeforeAll
    static void writeSets() throws IOException {
        INDArray digits =
                new SyntheticDigits(3).examples(0, DIGITS).examples(0, DIGITS).features();
        NpyFile.write(file("digits.npy"), digits);
        IdxFile.writeImages(file("digits-images-idx3-ubyte"), digits);
        IdxFile.writeImages(
                file("others-images-idx3-ubyte"),
                new SyntheticDigits(4).examples(0, DIGITS).examples(0, DIGITS).features());
        Files.createDirectory(file("pngs"));
        for (int i = 0; i < DIGITS; i++) {
            BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            for (int pixel = 0; pixel < 28 * 28; pixel++) {
                int grey = Math.round(255 * digits.getFloat(i, 0, pixel / 28, pixel % 28));
                image.getRaster().setSample(pixel % 28, pixel / 28, 0, grey);
            }
            ImageIO.write(
                    image,
                    "png",
                    file(String.format(Locale.ROOT, "pngs/digit-%03d.png", i)).toFile());
        }
        RandomStreams streams = new RandomStreams(1);
        NpyFile.write(file("features.npy"), streams.gaussian("real", 0, DataType.FLOAT, 40, 6));
        NpyFile.write(
                file("shifted.npy"),
                streams.gaussian("fake", 0, DataType.FLOAT, 40, 6).add(3));
        NpyFile.write(file("wide.npy"), streams.gaussian("wide", 0, DataType.FLOAT, 40, 7));
        NpyFile.write(file("few.npy"), streams.gaussian("few", 0, DataType.FLOAT, 5, 6));
        INDArray holed = streams.gaussian("holed", 0, DataType.FLOAT, 40, 6);
        holed.putScalar(12, 3, Double.NaN);
        NpyFile.write(file("holed.npy"), holed);
        byte[] whole = Files.readAllBytes(file("digits-images-idx3-ubyte"));
        Files.write(file("cut-images-idx3-ubyte"), Arrays.copyOf(whole, whole.length - 100));
        Files.createDirectory(file("mixed"));
        ImageIO.write(
                new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                file("mixed/a.png").toFile());
        ImageIO.write(
                new BufferedImage(20, 28, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                file("mixed/b.png").toFile());
    }

    @Test
    void everyFormatOfTheSameImagesGivesTheSameResult(@TempDir Path folder) {
        List<Double> distances = Stream.of("digits.npy", "digits-images-idx3-ubyte", "pngs")
                .map(name -> {
                    Path out = folder.resolve("result.json");
                    Outcome outcome = mirage(
                            "evaluate",
                            "--real",
                            file("others-images-idx3-ubyte"),
                            "--fake",
                            file(name),
                            "--extractor",
                            "raw",
                            "--metrics",
                            "sliced-wasserstein",
                            "--out",
                            out);
                    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
                    assertThat(outcome.out()).contains("sliced Wasserstein distance (raw pixels)", "60 samples");
                    return EvaluationResult.read(out)
                            .find(Metric.SLICED_WASSERSTEIN)
                            .orElseThrow()
                            .value();
                })
                .toList();
        assertThat(distances.get(0)).isPositive();
        // the array holds floats, the others the nearest of 256 greys
        assertThat(distances)
                .allSatisfy(value -> assertThat(value).isBetween(distances.get(0) * 0.999, distances.get(0) * 1.001));
        assertThat(distances.get(2)).isEqualTo(distances.get(1));
    }

    @Test
    void runsAreSampledFrom(@TempDir Path folder) {
        Path run = folder.resolve("run");
        Path out = folder.resolve("result.json");
        assertThat(mirage("gan", "--iterations", 2, "--batch", 16, "--out", run).exitCode())
                .isZero();
        Outcome outcome = mirage(
                "evaluate",
                "--real",
                "synthetic-digits",
                "--fake",
                run,
                "--samples",
                80,
                "--metrics",
                "frechet,recall",
                "--out",
                out);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        EvaluationResult result = EvaluationResult.read(out);
        assertThat(result.fake().count()).isEqualTo(80);
        assertThat(result.find(Metric.FRECHET_DISTANCE).orElseThrow().value()).isPositive();
    }

    @Test
    void samplesAreJudgedDuringTrainingAndTheBestCheckpointIsKept(@TempDir Path folder) throws IOException {
        Path run = folder.resolve("run");
        Outcome outcome = mirage(
                "gan",
                "--iterations",
                6,
                "--batch",
                16,
                "--evaluate-every",
                2,
                "--evaluate-samples",
                40,
                "--evaluate-metrics",
                "frechet,coverage",
                "--best-by",
                "coverage",
                "--extractor",
                "raw",
                "--out",
                run);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        MetricsTable metrics = MetricsTable.read(run.resolve("metrics.csv"));
        double[] distances = metrics.column("frechet_distance");
        assertThat(Arrays.stream(distances).filter(Double::isFinite)).hasSize(3).allMatch(value -> value > 0);
        assertThat(metrics.column("coverage")).hasSameSizeAs(distances);
        assertThat(Files.readString(run.resolve("report.html"))).contains("Frechet distance (raw pixels)");

        assertThat(mirage("sample", "--run", run, "--best", "--out", folder.resolve("best.npy"))
                        .exitCode())
                .isZero();
        Outcome longer = mirage("gan", "--resume", run, "--iterations", 8);
        assertThat(longer.exitCode()).as(longer.err()).isZero();
        assertThat(Arrays.stream(MetricsTable.read(run.resolve("metrics.csv")).column("frechet_distance"))
                        .filter(Double::isFinite))
                .hasSize(4);
        assertThat(mirage("gan", "--resume", run, "--iterations", 9, "--evaluate-every", 3)
                        .err())
                .contains("judged as before");
    }

    @Test
    void aRunThatWasNotJudgedHasNoBest(@TempDir Path folder) {
        Path run = folder.resolve("run");
        assertThat(mirage("gan", "--iterations", 1, "--batch", 16, "--out", run).exitCode())
                .isZero();
        Outcome outcome = mirage("sample", "--run", run, "--best", "--out", folder.resolve("best.npy"));
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("holds no checkpoint that was judged");
    }

    @Test
    void sanityShowsATable() {
        Outcome outcome = mirage(
                "evaluate", "--sanity", "--real", file("digits.npy"), "--samples", 20, "--metrics", "recall,frechet");
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("recall", "Frechet distance", "one image", "mirrored");
    }

    @Test
    void withoutOnnxRuntimeTheSentenceSaysHowToGetIt(@TempDir Path folder) throws IOException {
        Path model = Files.writeString(folder.resolve("net.onnx"), "x");
        Outcome outcome = mirage(
                "evaluate",
                "--real",
                file("digits.npy"),
                "--fake",
                file("pngs"),
                "--extractor",
                model,
                "--feature-output",
                "pool");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).containsAnyOf("mvn -Ponnx", "cannot be opened as an ONNX file");
    }

    @Test
    void onlyDeclaredInceptionFeaturesAreCalledFid() {
        Outcome plain = mirage(
                "evaluate", "--real", file("features.npy"), "--fake", file("shifted.npy"), "--metrics", "frechet");
        Outcome declared = mirage(
                "evaluate",
                "--real",
                file("features.npy"),
                "--fake",
                file("shifted.npy"),
                "--metrics",
                "frechet",
                "--features-of",
                "inception-v3",
                "--inception");

        assertThat(plain.out())
                .contains("Frechet distance (features from files)")
                .doesNotContain("FID");
        assertThat(declared.out()).contains("FID");
    }

    @Test
    void resultsOfOneExtractorAreComparedAndOthersRefused(@TempDir Path folder) {
        for (String extractor : List.of("raw", "random")) {
            for (String fake : List.of("digits.npy", "others-images-idx3-ubyte")) {
                Outcome outcome = mirage(
                        "evaluate",
                        "--real",
                        file("others-images-idx3-ubyte"),
                        "--fake",
                        file(fake),
                        "--extractor",
                        extractor,
                        "--metrics",
                        "frechet,coverage",
                        "--out",
                        folder.resolve(extractor + "-" + fake.charAt(0) + ".json"));
                assertThat(outcome.exitCode()).as(outcome.err()).isZero();
            }
        }
        Outcome same = mirage("evaluate", "--compare", folder.resolve("raw-d.json"), folder.resolve("raw-o.json"));
        Outcome different =
                mirage("evaluate", "--compare", folder.resolve("raw-d.json"), folder.resolve("random-d.json"));

        assertThat(same.exitCode()).as(same.err()).isZero();
        assertThat(same.out()).contains("coverage (raw pixels)", "second");
        assertThat(different.exitCode()).isEqualTo(1);
        assertThat(different.err()).contains("one extractor", "raw pixels", "random convolutions");
    }

    static Stream<Arguments> badInput() {
        return Stream.of(
                Arguments.of("few.npy", List.of("at least 6 samples", "has 5")),
                Arguments.of("holed.npy", List.of("holed.npy", "row 12", "NaN", "column 3")),
                Arguments.of("wide.npy", List.of("columns", "6 and 7")),
                Arguments.of("digits.npy", List.of("features", "images")),
                Arguments.of("nothing.npy", List.of("nothing.npy", "does not exist")),
                Arguments.of("cut-images-idx3-ubyte", List.of("cut-images-idx3-ubyte")),
                Arguments.of("mixed", List.of("one size", "a.png has 28 x 28", "b.png has 20 x 28")));
    }

    @ParameterizedTest
    @MethodSource
    void badInput(String fake, List<String> said, @TempDir Path folder) {
        Path out = folder.resolve("result.json");
        Outcome outcome = mirage(
                "evaluate",
                "--real",
                file("features.npy"),
                "--fake",
                file(fake),
                "--metrics",
                "coverage",
                "--out",
                out);
        assertThat(outcome.exitCode()).isEqualTo(1);
        List<String> sentences = outcome.err()
                .lines()
                .filter(line -> !line.startsWith("warning: "))
                .toList();
        assertThat(sentences).hasSize(1);
        assertThat(sentences.get(0)).startsWith("mirage: ").contains(said).doesNotContain("internal error");
        assertThat(out).doesNotExist();
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void tooFewSamplesForTheKernelDistanceNameTheSubset(@TempDir Path folder) {
        Path out = folder.resolve("result.json");
        Outcome outcome =
                mirage("evaluate", "--real", file("features.npy"), "--fake", file("shifted.npy"), "--out", out);
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("kernel distance in subsets of 1000", "40");
        assertThat(out).doesNotExist();
    }

    static Stream<Arguments> wrongUsage() {
        return Stream.of(
                Arguments.of(List.of("--real", "x.npy"), List.of("--real and --fake")),
                Arguments.of(List.of("--real", "x", "--fake", "y", "--metrics", "fid"), List.of("fid", "frechet")),
                Arguments.of(List.of("--real", "x", "--fake", "y", "--resamples", "1"), List.of("resamples", "2")),
                Arguments.of(
                        List.of("--real", "x", "--fake", "y", "--extractor", "a.onnx"), List.of("--feature-output")),
                Arguments.of(List.of("--real", "x", "--fake", "y", "--input-size", "9x9"), List.of(".onnx")),
                Arguments.of(List.of("--sanity"), List.of("--sanity needs --real")),
                Arguments.of(List.of("--compare", "a", "b", "--out", "c"), List.of("--compare", "--out")));
    }

    @ParameterizedTest
    @MethodSource
    void wrongUsage(List<String> arguments, List<String> said) {
        Outcome outcome =
                mirage(Stream.concat(Stream.of("evaluate"), arguments.stream()).toArray());
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(said);
    }
}

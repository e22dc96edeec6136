package org.mirage4j.gan.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.metrics.FeatureMatrix;
import org.mirage4j.gan.metrics.MixtureModes;
import org.mirage4j.gan.metrics.ModeCoverage;
import org.nd4j.linalg.api.ndarray.INDArray;

class MixtureTest {
    private static final RandomStreams STREAMS = new RandomStreams(3);
    private static final int COUNT = 20_000;

    /** Five standard errors of a share near 0.99, or of a mean of variance 1, over so many points. */
    private static final double SAMPLING = 5 * Math.sqrt(1.0 / COUNT);

    /** What a round Gaussian has within three standard deviations. */
    private static final double WITHIN_THREE = 1 - Math.exp(-4.5);

    @TempDir
    private Path folder;

    private static Mixture named(String name) {
        return name.equals("ring") ? Mixture.ring() : Mixture.grid();
    }

    @ParameterizedTest
    @CsvSource({"ring, 8", "grid, 25"})
    void itsOwnPointsCoverAllModesEvenly(String name, int modes) {
        Mixture mixture = named(name);
        INDArray points = mixture.sample(STREAMS, "real", 0, COUNT);
        ModeCoverage coverage = ModeCoverage.ofMixture(FeatureMatrix.of(points, ExtractorId.POINTS), mixture.modes());
        assertThat(coverage.modes().value()).isEqualTo(modes);
        assertThat(coverage.highQualityShare().orElseThrow().value())
                .isCloseTo(WITHIN_THREE, within(SAMPLING * Math.sqrt(0.01)));
        assertThat(coverage.reverseKl().value()).isLessThan(5.0 * modes / COUNT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring", "grid"})
    void networksSeeTheSamePointsWithMeanZeroAndUnitDeviation(String name) {
        Mixture mixture = named(name);
        INDArray standard = mixture.standardSample(STREAMS, "real", 4, COUNT);
        assertThat(standard.meanNumber().doubleValue()).isCloseTo(0, within(SAMPLING));
        assertThat(standard.stdNumber().doubleValue()).isCloseTo(1, within(SAMPLING));
        INDArray back = mixture.fromStandard(standard);
        assertThat(back.equalsWithEps(mixture.sample(STREAMS, "real", 4, COUNT), 1e-5))
                .isTrue();
    }

    @Test
    void pointsAreAFunctionOfStreamAndIndex() {
        Mixture ring = Mixture.ring();
        INDArray once = ring.sample(STREAMS, "real", 1, 10);
        assertThat(ring.sample(STREAMS, "real", 1, 10)).isEqualTo(once);
        assertThat(ring.sample(STREAMS, "real", 2, 10)).isNotEqualTo(once);
        assertThat(ring.sample(STREAMS, "other", 1, 10)).isNotEqualTo(once);
    }

    @Test
    void densityIsThatOfTheWeightedGaussians() {
        Mixture mixture = Mixture.of(
                "two", new MixtureModes(new double[][] {{0, 0}, {10, 0}}, new double[] {1, 2}, new double[] {3, 1}));
        assertThat(mixture.density(0, 0)).isCloseTo(0.75 / (2 * Math.PI), within(1e-6));
        assertThat(mixture.density(10, 2)).isCloseTo(0.25 * Math.exp(-0.5) / (8 * Math.PI), within(1e-9));
        assertThat(mixture.density(-100, 0)).isZero();
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("modes.csv"), content);
    }

    @Test
    void fileGivesModesOfAnyWidthAndWeight() throws IOException {
        Mixture mixture = Mixture.read(file("# three to one\n\nx,y,sd,weight\n-1,0,0.1,3\n 1 , 0 , 0.2 , 1 \n"));
        assertThat(mixture.name()).isEqualTo("modes.csv");
        assertThat(mixture.modes().count()).isEqualTo(2);
        assertThat(mixture.modes().deviation(1)).isEqualTo(0.2);
        INDArray points = mixture.sample(STREAMS, "real", 0, COUNT);
        ModeCoverage coverage = ModeCoverage.ofMixture(FeatureMatrix.of(points, ExtractorId.POINTS), mixture.modes());
        assertThat(coverage.counts()[0] / (double) COUNT).isCloseTo(0.75, within(SAMPLING));
        assertThat(coverage.reverseKl().value()).isLessThan(0.001);
        assertThat(mixture.fingerprint()).isNotEqualTo(Mixture.ring().fingerprint());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,2,0.1,1 | must begin with the line x,y,sd,weight, but line 1 is \"1,2,0.1,1\"",
                "x,y,sd,weight | from 1 to 10000 modes, but holds 0 modes",
                "x,y,sd,weight;1,2,0.1 | line 2, must have 4 fields (x,y,sd,weight), but has 3",
                "x,y,sd,weight;1,2,0.1,1;1,b,0.1,1 | line 3: y must be a finite number, but is \"b\"",
                "x,y,sd,weight;1,NaN,0.1,1 | line 2: y must be a finite number, but is \"NaN\"",
                "x,y,sd,weight;1,2,0,1 | line 2: sd must be a positive number, but is \"0\"",
                "x,y,sd,weight;1,2,1,-1 | line 2: weight must be a positive number, but is \"-1\"",
            })
    void brokenFileIsToldFromItsFirstBadLine(String content, String message) throws IOException {
        Path file = file(content.replace(';', '\n'));
        assertThatThrownBy(() -> Mixture.read(file))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void whatIsNoTextFileIsRefused() throws IOException {
        assertThatThrownBy(() -> Mixture.read(folder.resolve("rign")))
                .hasMessageContaining("rign is no file; a mixture is ring, grid or a file of modes");
        Path binary = Files.write(folder.resolve("image.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', (byte) 0xFF});
        assertThatThrownBy(() -> Mixture.read(binary)).hasMessageContaining("is not a text file in UTF-8");
        Path large = Files.write(
                folder.resolve("large.csv"), "x,y,sd,weight\n".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Mixture.read(large)).hasMessageContaining("too large for a mixture");
    }

    @Test
    void modesOutsideThePlaneAreRefused() {
        assertThatThrownBy(() -> Mixture.of("line", new MixtureModes(new double[][] {{1}}, 1)))
                .hasMessageContaining("mixture line must lie in the plane, but its modes have 1 coordinate(s)");
    }
}

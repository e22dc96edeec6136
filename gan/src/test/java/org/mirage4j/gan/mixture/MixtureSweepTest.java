package org.mirage4j.gan.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.train.Updater;

class MixtureSweepTest {
    private static final int ITERATIONS = 5;

    @TempDir
    private Path folder;

    private static final class Recorder implements MixtureSweep.Observer {
        private final List<MixtureResult> results = new ArrayList<>();
        private final long last;
        private long done;

        Recorder(long last) {
            this.last = last;
        }

        @Override
        public boolean iterationDone(long newDone) {
            done = newDone;
            return newDone < last;
        }

        @Override
        public void seedDone(Mixture mixture, MixturePreset preset, MixtureResult result) {
            results.add(result);
        }
    }

    private MixtureSweep sweep(String name, int seeds, int iterations) {
        return new MixtureSweep(
                folder.resolve(name),
                List.of(Mixture.ring()),
                List.of(MixturePreset.NON_SATURATING, MixturePreset.RECOMMENDED),
                1,
                seeds,
                iterations);
    }

    private Path seed(String name, MixturePreset preset, long seed) {
        return MixtureSweep.seedFolder(folder.resolve(name), Mixture.ring(), preset, seed);
    }

    @Test
    void everySeedLeavesTheEvidenceOfARun() throws IOException {
        sweep("sweep", 1, 30).run(new Recorder(Long.MAX_VALUE));
        RunDirectory run = RunDirectory.open(seed("sweep", MixturePreset.NON_SATURATING, 1));
        assertThat(run.manifest().status()).isEqualTo(Manifest.Status.FINISHED);
        assertThat(run.manifest().dataName()).isEqualTo("ring");
        assertThat(run.config()).containsEntry("preset", "NON_SATURATING").containsEntry("iterations", 30);
        MetricsTable metrics = MetricsTable.read(run.metrics());
        assertThat(metrics.column("iteration")).hasSizeGreaterThan(20).endsWith(30);
        MixtureResult result = MixtureResult.read(run.folder().resolve("result.json"));
        double[] modes = metrics.column("modes");
        assertThat(modes[modes.length - 1]).isEqualTo(result.modes());
        double[] quality = metrics.column("high_quality_share");
        assertThat(quality[quality.length - 1]).isEqualTo(result.highQualityShare());
        assertThat(run.sample("iteration-0000030")).exists();
        assertThat(run.animation()).exists();
        assertThat(Files.readString(run.report()))
                .contains("of 8", "reverse KL", "data:image/gif;base64,")
                .doesNotContain("<script");
    }

    @Test
    void comparisonStandsBesideThePublishedFigures() throws IOException {
        MixtureSweep.Result result = sweep("sweep", 2, ITERATIONS).run(new Recorder(Long.MAX_VALUE));
        assertThat(result.finished()).isTrue();
        assertThat(result.summaries()).hasSize(2);
        assertThat(result.summaries().get(0).results())
                .extracting(MixtureResult::seed)
                .containsExactly(1L, 2L);
        Path home = folder.resolve("sweep");
        assertThat(Files.readString(home.resolve("results.md")))
                .contains(
                        "### ring, 8 modes",
                        "| non-saturating |",
                        "| recommended |",
                        "| GAN, as published | 6.3 | 98.2 | 0.45 |");
        assertThat(Files.readString(home.resolve("results.json")))
                .contains("\"preset\" : \"recommended\"", "\"standardError\"");
        assertThat(ImageIO.read(home.resolve("results-ring.png").toFile())).isNotNull();
        assertThat(Files.readString(home.resolve("report.html"))).contains("data:image/png;base64,", "recommended");
        String shortened = "iterations, not 2,400";
        for (String page : List.of("results.md", "report.html")) {
            assertThat(Files.readString(home.resolve(page)))
                    .contains(ITERATIONS + " " + shortened, "cannot be held against the published ones");
        }
        new MixtureComparison(home, List.of(Mixture.ring()), result.summaries(), MixturePreset.ITERATIONS).write();
        for (String page : List.of("results.md", "report.html")) {
            assertThat(Files.readString(home.resolve(page)))
                    .contains("as published")
                    .doesNotContain(shortened, "cannot be held against");
        }
    }

    @Test
    void stoppedSweepGoesOnToTheResultsOfOneThatWasNot() {
        Recorder whole = new Recorder(Long.MAX_VALUE);
        sweep("whole", 2, ITERATIONS).run(whole);

        Recorder stopped = new Recorder(ITERATIONS + 2);
        MixtureSweep.Result first = sweep("stopped", 2, ITERATIONS).run(stopped);
        assertThat(first.finished()).isFalse();
        assertThat(stopped.results).hasSize(1);
        Path kept = seed("stopped", MixturePreset.NON_SATURATING, 1);
        Manifest before = RunDirectory.open(kept).manifest();
        assertThat(RunDirectory.open(seed("stopped", MixturePreset.RECOMMENDED, 1))
                        .manifest()
                        .status())
                .isEqualTo(Manifest.Status.STOPPED);

        Recorder rest = new Recorder(Long.MAX_VALUE);
        MixtureSweep second = sweep("stopped", 2, ITERATIONS);
        assertThat(second.run(rest).finished()).isTrue();
        assertThat(rest.done).isEqualTo(second.total());
        assertThat(RunDirectory.open(kept).manifest()).isEqualTo(before);
        assertThat(rest.results)
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds")
                .isEqualTo(whole.results);
    }

    @Test
    void seedsOfOtherOptionsAreNotMixedIn() {
        sweep("sweep", 1, ITERATIONS).run(new Recorder(Long.MAX_VALUE));
        MixtureSweep longer = sweep("sweep", 1, ITERATIONS + 1);
        assertThatThrownBy(() -> longer.run(new Recorder(Long.MAX_VALUE)))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("holds a run with another mixture or other options");
    }

    @Test
    void folderOfSomethingElseIsRefused() throws IOException {
        Files.createDirectories(folder.resolve("thesis/chapters"));
        assertThatThrownBy(() -> sweep("thesis", 1, ITERATIONS))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("holds chapters, which no sweep has left there");
    }

    @ParameterizedTest
    @EnumSource(MixturePreset.class)
    void everyMethodTrains(MixturePreset preset) {
        Path home = folder.resolve("run");
        try (MixtureRun run = MixtureRun.create(home, Mixture.grid(), preset.name(), preset.options(2), 7)) {
            MixtureResult result = run.train(done -> true);
            assertThat(result.diverged()).isFalse();
            assertThat(result.iterations()).isEqualTo(2);
        }
    }

    @Test
    void breakdownIsAResultWithItsRowAndReason() throws IOException {
        MixtureOptions usual = MixturePreset.NON_SATURATING.options(9);
        MixtureOptions unstable = new MixtureOptions(
                usual.width(),
                usual.layers(),
                usual.latent(),
                usual.batch(),
                usual.iterations(),
                usual.generatorDropout(),
                usual.discriminatorDropout(),
                usual.game().toBuilder().generatorUpdater(new Updater.Sgd(1e30)).build());
        try (MixtureRun run = MixtureRun.create(folder.resolve("run"), Mixture.ring(), "unstable", unstable, 7)) {
            MixtureResult result = run.train(done -> true);
            assertThat(result.diverged()).isTrue();
        }
        RunDirectory run = RunDirectory.open(folder.resolve("run"));
        MetricsTable metrics = MetricsTable.read(run.metrics());
        int last = metrics.rows() - 1;
        assertThat(last).isPositive();
        assertThat(metrics.column("modes")[last - 1]).isFinite();
        assertThat(metrics.column("modes")[last]).isNaN();
        assertThat(Files.readString(run.report()))
                .contains("Breakdown", "in iteration " + (int) metrics.column("iteration")[last], "it began with");
    }

    @Test
    void recommendedMethodFindsTheRingSoon() {
        Path home = folder.resolve("run");
        MixtureOptions options = MixturePreset.RECOMMENDED.options(500);
        try (MixtureRun run = MixtureRun.create(home, Mixture.ring(), "recommended", options, 7)) {
            MixtureResult result = run.train(done -> true);
            assertThat(result.modes()).isEqualTo(8);
            // seeds 101 to 105 come to 0.14 to 0.27 by then
            assertThat(result.highQualityShare()).isGreaterThan(0.1);
        }
        // what it started from: a blob in which hardly a point falls on a mode
        assertThat(MetricsTable.read(RunDirectory.open(home).metrics()).column("high_quality_share")[0])
                .isLessThan(0.03);
    }
}

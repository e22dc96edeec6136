package org.mirage4j.gan.mixture;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.report.DotPlot;
import org.mirage4j.core.report.HtmlReport;

/** What a sweep of so many iterations found, as a table for people and one for programs, pictures and a page. */
record MixtureComparison(Path folder, List<Mixture> mixtures, List<MixtureSummary> summaries, long iterations) {
    private static final String TABLE = "results.md";
    private static final String JSON = "results.json";
    private static final String PAGE = "report.html";
    private static final String PICTURE = "results-";

    private static final List<String> HEADER =
            List.of("method", "modes", "high quality, %", "reverse KL", "seconds", "seeds", "remarks");

    /** Lin et al. 2018, table 1: means over ten runs with networks and budgets of their own. */
    private static final Map<String, List<List<String>>> LITERATURE = Map.of(
            "ring",
            List.of(
                    List.of("GAN, as published", "6.3", "98.2", "0.45", "", "10", "PacGAN, table 1"),
                    List.of("packing 2, as published", "7.9", "95.6", "0.07", "", "10", "PacGAN, table 1")),
            "grid",
            List.of(
                    List.of("GAN, as published", "17.3", "94.8", "0.70", "", "10", "PacGAN, table 1"),
                    List.of("packing 4, as published", "24.8", "93.6", "0.04", "", "10", "PacGAN, table 1")));

    static boolean isOwn(String name) {
        return List.of(TABLE, JSON, PAGE).contains(name) || name.startsWith(PICTURE);
    }

    Path write() {
        StringBuilder markdown = new StringBuilder();
        HtmlReport report = new HtmlReport(
                "GANs on mixtures",
                "mean and standard error over seeds, measured on " + MixtureRun.SAMPLES + " points");
        for (Mixture mixture : mixtures) {
            List<MixtureSummary> here = summaries.stream()
                    .filter(summary -> summary.mixture().equals(mixture.name()))
                    .toList();
            if (!here.isEmpty()) {
                show(mixture, here, markdown, report);
            }
        }
        AtomicFile.write(
                folder.resolve(TABLE), out -> out.write(markdown.toString().getBytes(UTF_8)));
        AtomicFile.write(folder.resolve(JSON), out -> new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(
                        out,
                        Map.of("results", summaries.stream().map(this::json).toList())));
        report.write(folder.resolve(PAGE));
        return folder.resolve(PAGE);
    }

    private void show(Mixture mixture, List<MixtureSummary> here, StringBuilder markdown, HtmlReport report) {
        String heading = mixture.name() + ", " + mixture.modes().count() + " modes";
        List<List<String>> rows = new ArrayList<>(here.stream().map(this::row).toList());
        rows.addAll(LITERATURE.getOrDefault(mixture.name(), List.of()));
        markdown.append("### ").append(heading).append("\n\n");
        if (isOfOtherLength()) {
            markdown.append(lengthRemark()).append("\n\n");
        }
        markdown.append(line(HEADER))
                .append(line(HEADER.stream().map(cell -> "---").toList()));
        rows.forEach(row -> markdown.append(line(row)));
        markdown.append('\n');
        Path picture = folder.resolve(PICTURE + mixture.name() + ".png");
        new DotPlot(
                        heading,
                        here.stream().map(summary -> summary.preset().title()).toList())
                .panel("modes", values(here, MixtureResult::modes))
                .panel("high quality, %", values(here, result -> 100 * result.highQualityShare()))
                .panel("reverse KL", values(here, MixtureResult::reverseKl))
                .write(picture);
        report.section(heading);
        if (isOfOtherLength()) {
            report.text(lengthRemark());
        }
        report.table(HEADER, rows).chart(picture, "results of every seed", "A dot for each seed, a line at the mean");
        report.section(heading + ": first seed of each method");
        for (MixtureSummary summary : here) {
            Path run = MixtureSweep.seedFolder(
                    folder, mixture, summary.preset(), summary.results().get(0).seed());
            report.pixels(
                    lastFrame(run),
                    "points of " + summary.preset().title(),
                    summary.preset().title());
        }
    }

    private static Path lastFrame(Path run) {
        try (Stream<Path> frames = Files.list(run.resolve("samples"))) {
            return frames.max(Path::compareTo)
                    .orElseThrow(() -> new MirageException("run " + run + " holds no picture of its points"));
        } catch (IOException e) {
            throw new MirageException("cannot read the pictures of run " + run + ": " + e.getMessage(), e);
        }
    }

    private static List<double[]> values(List<MixtureSummary> here, ToDoubleFunction<MixtureResult> value) {
        return here.stream()
                .map(summary -> summary.results().stream().mapToDouble(value).toArray())
                .toList();
    }

    private boolean isOfOtherLength() {
        return iterations != MixturePreset.ITERATIONS;
    }

    private String lengthRemark() {
        return String.format(
                Locale.ROOT,
                "Trained for %,d iterations, where the protocol has %,d: these rows cannot be held against the published"
                        + " ones.",
                iterations,
                MixturePreset.ITERATIONS);
    }

    private List<String> row(MixtureSummary summary) {
        long diverged =
                summary.results().stream().filter(MixtureResult::diverged).count();
        List<String> remarks = new ArrayList<>();
        if (!summary.preset().note().isEmpty()) {
            remarks.add(summary.preset().note());
        }
        if (isOfOtherLength()) {
            remarks.add(String.format(Locale.ROOT, "%,d iterations, not %,d", iterations, MixturePreset.ITERATIONS));
        }
        if (diverged > 0) {
            remarks.add(diverged + " diverged");
        }
        return List.of(
                summary.preset().title(),
                summary.modes().text(1, 1),
                summary.highQualityShare().text(100, 1),
                summary.reverseKl().text(1, 3),
                String.format(Locale.ROOT, "%.0f", summary.seconds().mean()),
                String.valueOf(summary.results().size()),
                String.join("; ", remarks));
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private Map<String, Object> json(MixtureSummary summary) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mixture", summary.mixture());
        json.put("modeCount", summary.modeCount());
        json.put("preset", summary.preset().id());
        json.put("remarks", summary.preset().note());
        json.put("iterations", iterations);
        json.put("modes", summary.modes());
        json.put("highQualityShare", summary.highQualityShare());
        json.put("reverseKl", summary.reverseKl());
        json.put("seeds", summary.results());
        return json;
    }
}

package org.mirage4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * All that was measured, as a table, charts and JSON.
 *
 * @param date when
 * @param machine on what
 * @param blasKernels the BLAS kernel of Deeplearning4j, per settings
 * @param measurements the rates
 * @param overheads percent over raw Deeplearning4j, per workload and thread count
 */
record Report(
        String date,
        MachineFacts machine,
        Map<String, String> blasKernels,
        List<Measurement> measurements,
        Map<String, Overhead.Result> overheads) {
    private static final Pattern POINT = Pattern.compile("(mlp|dcgan)-(\\d+)x(\\d+)");
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 600;

    Report {
        blasKernels = Map.copyOf(blasKernels);
        measurements = List.copyOf(measurements);
        overheads = Map.copyOf(overheads);
    }

    /** Markdown: one line per workload, thread count and contestant, with ratios to two references. */
    String table() {
        StringBuilder table = new StringBuilder(512);
        table.append("Machine: ")
                .append(machine.processor())
                .append(", ")
                .append(machine.processors())
                .append(" processors, ")
                .append(machine.system())
                .append(", JDK ")
                .append(machine.java())
                .append("\nBLAS kernels: ")
                .append(blasKernels)
                .append("\nLibraries: ")
                .append(machine.libraries())
                .append("\nDate: ")
                .append(date)
                .append("\n");
        if (!measurements.isEmpty()) {
            table.append("\n| workload | threads | contestant | per second | spread | x DL4J as installed"
                            + " | x best peer |\n")
                    .append("| --- | --- | --- | --- | --- | --- | --- |\n");
        }
        for (Measurement one : measurements) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %s | %s | %.1f %% | %s | %s |%n",
                    one.workload(),
                    one.threads(),
                    one.contestant().label(),
                    rate(one.median()),
                    100 * one.spread(),
                    ratio(one, other -> other == Contestant.DL4J_INSTALLED),
                    ratio(one, Contestant::isPeer)));
        }
        overheads.forEach((workload, result) -> table.append(String.format(
                Locale.ROOT,
                "%nOverhead over raw Deeplearning4j, %s, %d pairs of blocks: elapsed %s, processor time %s%n",
                workload,
                result.pairs(),
                result.wall(),
                result.processor())));
        return table.toString();
    }

    private static String rate(double rate) {
        return String.format(Locale.ROOT, rate < 10 ? "%.2f" : rate < 100 ? "%.1f" : "%.0f", rate);
    }

    private String ratio(Measurement one, Predicate<Contestant> reference) {
        OptionalDouble best = best(one, reference);
        return best.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", one.median() / best.getAsDouble());
    }

    /** The fastest of some contestants on the same workload with the same threads. */
    private OptionalDouble best(Measurement like, Predicate<Contestant> who) {
        return measurements.stream()
                .filter(other -> other.workload().equals(like.workload()) && other.threads() == like.threads())
                .filter(other -> who.test(other.contestant()))
                .mapToDouble(Measurement::median)
                .max();
    }

    void write(Path folder) throws IOException {
        java.nio.file.Files.writeString(folder.resolve("results.md"), table());
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("results.json").toFile(), this);
        for (int threads :
                measurements.stream().map(Measurement::threads).distinct().toList()) {
            writeBars(folder.resolve("speed-" + threads + (threads == 1 ? "-thread.png" : "-threads.png")), threads);
        }
        writeCurves(folder, "mlp", "batch", 1, 2);
        writeCurves(folder, "mlp", "units", 2, 1);
        writeCurves(folder, "dcgan", "image side", 2, 1);
    }

    /**
     * Speed relative to the slowest contestant of each workload, on a logarithmic axis that begins at a half, so
     * that the slowest has a bar too.
     */
    private void writeBars(Path file, int threads) throws IOException {
        List<Measurement> shown = measurements.stream()
                .filter(one -> one.threads() == threads)
                .filter(one -> Workload.STANDARD.contains(one.workload()))
                .toList();
        if (shown.isEmpty()) {
            return;
        }
        List<String> workloads =
                shown.stream().map(Measurement::workload).distinct().toList();
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Speed, times the slowest; threads: " + threads)
                .build();
        style(chart.getStyler());
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setYAxisMin(0.5);
        for (Contestant contestant :
                shown.stream().map(Measurement::contestant).distinct().sorted().toList()) {
            List<@Nullable Double> bars = new ArrayList<>();
            for (String workload : workloads) {
                double slowest = shown.stream()
                        .filter(one -> one.workload().equals(workload))
                        .mapToDouble(Measurement::median)
                        .min()
                        .orElse(1);
                OptionalDouble own = shown.stream()
                        .filter(one -> one.workload().equals(workload) && one.contestant() == contestant)
                        .mapToDouble(Measurement::median)
                        .findFirst();
                bars.add(own.isPresent() ? own.getAsDouble() / slowest : null);
            }
            chart.addSeries(contestant.label(), workloads, bars).setFillColor(colour(contestant));
        }
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    /** Milliseconds per step against one size, for each value of the other. */
    private void writeCurves(Path folder, String kind, String axis, int varied, int fixed) throws IOException {
        Map<String, Map<Integer, Double>> curves = new LinkedHashMap<>();
        for (Measurement one : measurements) {
            Matcher point = POINT.matcher(one.workload());
            if (point.matches() && point.group(1).equals(kind)) {
                String label = one.contestant().label() + ", " + point.group(fixed + 1) + ", threads: " + one.threads();
                curves.computeIfAbsent(label, unused -> new java.util.TreeMap<>())
                        .put(Integer.parseInt(point.group(varied + 1)), 1000 / one.median());
            }
        }
        curves.values().removeIf(curve -> curve.size() < 2);
        if (curves.isEmpty()) {
            return;
        }
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(kind + ": milliseconds per step")
                .xAxisTitle(axis)
                .yAxisTitle("ms")
                .build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        curves.forEach((label, curve) ->
                chart.addSeries(label, new ArrayList<>(curve.keySet()), new ArrayList<>(curve.values())));
        Path file = folder.resolve("curve-" + kind + "-" + axis.replace(' ', '-') + ".png");
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    /** Okabe and Ito's, which colour-blind readers can tell apart, and paler ones for the stacked peers. */
    private static Color colour(Contestant contestant) {
        return new Color(
                switch (contestant) {
                    case MIRAGE_PLAN -> 0x0072B2;
                    case MIRAGE_STOCK -> 0x56B4E9;
                    case DL4J_TUNED -> 0xD55E00;
                    case DL4J_STACKED_TUNED -> 0xE69F00;
                    case DL4J_INSTALLED -> 0x882255;
                    case DL4J_STACKED_INSTALLED -> 0xCC79A7;
                    case TENSORFLOW -> 0x009E73;
                    case TENSORFLOW_STACKED -> 0x88CCAA;
                    case DJL -> 0x52525B;
                    case DJL_STACKED -> 0xA1A1AA;
                });
    }

    private static void style(AxesChartStyler style) {
        style.setChartBackgroundColor(Color.WHITE);
        style.setPlotBackgroundColor(Color.WHITE);
        style.setPlotBorderVisible(false);
        style.setLegendBorderColor(Color.WHITE);
        style.setLegendPosition(LegendPosition.OutsideE);
    }
}

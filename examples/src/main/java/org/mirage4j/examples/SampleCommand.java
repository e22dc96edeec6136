package org.mirage4j.examples;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.NpyFile;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.report.ImageGrid;
import org.mirage4j.gan.GanSampler;
import org.mirage4j.gan.train.Realness;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "sample", description = "Generates images from a run.")
final class SampleCommand implements Callable<Integer> {
    private static final int GRID_PADDING = 2;
    private static final int GRID_SCALE = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final RuntimeOptions runtime = new RuntimeOptions();

    @Option(names = "--run", paramLabel = "DIR", required = true, description = "The run to sample from.")
    @SuppressWarnings("NullAway.Init")
    private Path run;

    @Option(
            names = "--best",
            negatable = true,
            description = "Sample from the checkpoint that was judged best while the run trained, not the newest.")
    private boolean best;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "100",
            converter = PositiveInteger.class,
            description = "How many images. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = "--label",
            converter = WholeNumber.class,
            paramLabel = "K",
            description = "The class to draw, for a run with --conditional. Default: all in turn, in a grid one a row.")
    private @Nullable Long label;

    @Mixin
    private final SeedOption seed = new SeedOption();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "Where to write; the ending decides the format: .npy (float32 [N,C,H,W] in [0,1]),"
                    + " -images-idx3-ubyte or -images-idx3-ubyte.gz, or .png (a grid).")
    @SuppressWarnings("NullAway.Init")
    private Path out;

    @Option(
            names = "--dropout",
            negatable = true,
            description = "Leave the generator's dropout on, or turn it off. Default: as the run's options say.")
    private @Nullable Boolean dropout;

    @Option(
            names = "--realness",
            paramLabel = "FILE",
            description = "Also write what the run's discriminator says of each image, with its dropout on, as CSV.")
    private @Nullable Path realness;

    @Option(
            names = "--passes",
            paramLabel = "N",
            defaultValue = "50",
            converter = PositiveInteger.class,
            description = "Dropout masks for --realness. Default: ${DEFAULT-VALUE}.")
    private int passes;

    /** The formats by ending. */
    private enum Format {
        NPY(".npy"),
        IDX("-images-idx3-ubyte"),
        IDX_GZ("-images-idx3-ubyte.gz"),
        PNG(".png");

        private final String ending;

        Format(String ending) {
            this.ending = ending;
        }
    }

    @Override
    public Integer call() {
        Format format = format();
        RuntimeOptions.check(Path.of(""), spec.commandLine().getErr());
        INDArray images;
        int classes;
        try (GanSampler sampler = best ? GanSampler.openBest(run) : GanSampler.open(run)) {
            classes = sampler.classes();
            if (dropout != null) {
                sampler.dropout(dropout);
            }
            images = label == null
                    ? sampler.sample(count, seed.value())
                    : sampler.sample(count, seed.value(), Math.toIntExact(label));
            if (realness != null) {
                writeRealness(realness, sampler.realness(images, labels(classes), passes, seed.value()));
            }
        }
        switch (format) {
            case NPY -> NpyFile.write(out, images);
            case IDX, IDX_GZ -> IdxFile.writeImages(out, images);
            case PNG -> {
                boolean inTurn = label == null && classes > 0 && count % classes == 0;
                int columns = inTurn ? count / classes : (int) Math.ceil(Math.sqrt(count));
                int rows = (count + columns - 1) / columns;
                new ImageGrid(rows, columns, GRID_PADDING, GRID_SCALE)
                        .write(inTurn ? byClass(images, classes) : images, out);
            }
        }
        spec.commandLine().getOut().println(out);
        return ExitCode.OK;
    }

    /** What the images were asked to be; nothing where there are no classes. */
    private int[] labels(int classes) {
        return classes == 0
                ? new int[0]
                : IntStream.range(0, count)
                        .map(i -> label == null ? i % classes : Math.toIntExact(label))
                        .toArray();
    }

    private static void writeRealness(Path file, List<Realness> realness) {
        StringBuilder table = new StringBuilder("index,logit,deviation,probability\n");
        for (int i = 0; i < realness.size(); i++) {
            Realness one = realness.get(i);
            String deviation = Double.isNaN(one.deviation()) ? "" : String.format(Locale.ROOT, "%.6g", one.deviation());
            table.append(String.format(Locale.ROOT, "%d,%.6g,%s,%.6g\n", i, one.logit(), deviation, one.probability()));
        }
        AtomicFile.write(file, out -> out.write(table.toString().getBytes(StandardCharsets.US_ASCII)));
    }

    /** Images of all classes in turn, sorted by class. */
    private static INDArray byClass(INDArray images, int classes) {
        int count = (int) images.size(0);
        int[] order = IntStream.range(0, count)
                .map(i -> i % (count / classes) * classes + i / (count / classes))
                .toArray();
        INDArray sorted = Nd4j.createUninitialized(images.dataType(), images.shape());
        for (int i = 0; i < count; i++) {
            sorted.slice(i).assign(images.slice(order[i]));
        }
        return sorted;
    }

    private Format format() {
        String name = String.valueOf(out.getFileName());
        for (Format format : Format.values()) {
            if (name.endsWith(format.ending)) {
                return format;
            }
        }
        throw new ParameterException(
                spec.commandLine(),
                "--out must end in .npy, -images-idx3-ubyte, -images-idx3-ubyte.gz or .png, but is " + out);
    }
}

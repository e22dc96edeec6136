package org.mirage4j.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.run.RunPredictor;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.FeatureExtractor;
import org.mirage4j.core.features.ImageShape;
import org.mirage4j.core.features.ModelZipFeatures;
import org.mirage4j.core.features.OnnxModel;
import org.mirage4j.core.features.RandomConvolutions;
import org.mirage4j.core.features.RawPixels;
import org.mirage4j.core.features.StackedFeatures;
import org.mirage4j.core.random.RandomStreams;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.TypeConversionException;

/** What makes features of images: shared by the commands that judge samples. */
final class ExtractorOptions {
    private static final String RAW = "raw";
    private static final String RANDOM = "random";

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Option(
            names = "--extractor",
            paramLabel = "NAME",
            description =
                    "What makes features of images: raw (the pixels), random (a random convolutional network), a"
                            + " classifier's run folder, a network's .onnx file, or a Deeplearning4j graph's .zip. Default: random.")
    private @Nullable String extractor;

    @Option(
            names = "--feature-output",
            paramLabel = "OUTPUT",
            description = "The file's output with the features; of a .zip the layer, by default the last but one.")
    private @Nullable String features;

    @Option(names = "--logit-output", paramLabel = "OUTPUT", description = "Its output with the logits, if it has one.")
    private @Nullable String logits;

    @Option(
            names = "--input-size",
            converter = Size.Converter.class,
            paramLabel = "HxW",
            description = "Size of its input, to which images are resized. Default: that of the images.")
    private @Nullable Size size;

    @Option(
            names = "--input-layout",
            converter = Layouts.class,
            completionCandidates = Layouts.class,
            defaultValue = "nchw",
            description = "Order of its input: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private OnnxModel.Layout layout;

    @Option(
            names = "--input-range",
            converter = Decimal.class,
            split = ",",
            paramLabel = "LOW,HIGH",
            defaultValue = "0,1",
            description = "What pixels from 0 to 1 become before they go in. Default: ${DEFAULT-VALUE}.")
    private List<Double> range = List.of();

    @Option(
            names = "--inception",
            negatable = true,
            description = "The .onnx file, or what feature arrays are from, is the Inception network of the literature"
                    + " with its preprocessing: results may be called FID and KID.")
    private boolean inception;

    /** Two sizes in pixels. */
    record Size(int height, int width) {
        /** Reads what the command line says. */
        static final class Converter implements ITypeConverter<Size> {
            @Override
            public Size convert(String value) {
                if (!value.matches("[1-9][0-9]{0,4}x[1-9][0-9]{0,4}")) {
                    throw new TypeConversionException(
                            "found '" + value + "', allowed are height and width such as 299x299");
                }
                String[] parts = value.split("x");
                return new Size(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
            }
        }
    }

    static final class Layouts extends KebabEnum<OnnxModel.Layout> {
        Layouts() {
            super(OnnxModel.Layout.class);
        }
    }

    boolean isGiven() {
        return extractor != null;
    }

    boolean inception() {
        return inception;
    }

    /** Before any data are read. */
    void checkCombinations() {
        boolean onnx = extractor != null && extractor.endsWith(".onnx");
        if (onnx && features == null) {
            throw usage("an .onnx file needs --feature-output with the name of the output to use");
        }
        boolean zip = extractor != null && extractor.endsWith(".zip");
        if (!onnx && (logits != null || size != null)) {
            throw usage("--logit-output and --input-size go with an .onnx file as --extractor only");
        }
        if (!onnx && !zip && features != null) {
            throw usage("--feature-output goes with an .onnx or .zip file as --extractor only");
        }
        if (range.size() != 2) {
            throw usage("--input-range must be two numbers, LOW,HIGH, but has " + range.size());
        }
    }

    /**
     * A classifier of grey images looks at images of several channels by channel.
     *
     * @param images the shape of the images to look at, [channels, height, width]
     */
    FeatureExtractor open(long[] images) {
        ImageShape shape = new ImageShape((int) images[0], (int) images[1], (int) images[2]);
        FeatureExtractor opened = open(shape);
        return opened.input().channels() == 1 && shape.channels() > 1
                ? new StackedFeatures(opened, shape.channels())
                : opened;
    }

    private FeatureExtractor open(ImageShape shape) {
        String given = Objects.requireNonNullElse(extractor, RANDOM);
        if (given.equals(RAW)) {
            return new RawPixels(shape);
        }
        if (given.equals(RANDOM)) {
            return new RandomConvolutions(shape, new RandomStreams(0)); // one for all, whatever an evaluation's seed
        }
        Path path = Path.of(given);
        if (given.endsWith(".onnx")) {
            return onnx(path, shape);
        }
        if (given.endsWith(".zip")) {
            return ModelZipFeatures.open(path, shape, range.get(0), range.get(1), Optional.ofNullable(features));
        }
        if (Files.exists(path.resolve("manifest.json"))) {
            try (RunPredictor predictor = RunPredictor.open(path)) {
                return predictor.featureExtractor();
            }
        }
        throw new MirageException(
                "the extractor must be raw, random, a classifier's run folder, an .onnx or a .zip file, but is "
                        + given);
    }

    private FeatureExtractor onnx(Path file, ImageShape images) {
        return new OnnxModel(
                        file,
                        images,
                        size == null ? images.height() : size.height(),
                        size == null ? images.width() : size.width(),
                        layout,
                        range.get(0),
                        range.get(1),
                        Objects.requireNonNull(features),
                        Optional.ofNullable(logits),
                        inception)
                .open();
    }

    /** For a run that is to be judged the same way when it goes on. */
    Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        String given = Objects.requireNonNullElse(extractor, RANDOM);
        boolean word = given.equals(RAW) || given.equals(RANDOM);
        map.put(
                "extractor",
                word ? given : Path.of(given).toAbsolutePath().normalize().toString());
        if (features != null) {
            map.put("feature-output", features);
        }
        if (!word) {
            map.put("input-layout", KebabEnum.spell(layout));
            map.put("input-range", range.get(0) + "," + range.get(1));
            map.put("inception", Boolean.toString(inception));
        }
        if (logits != null) {
            map.put("logit-output", logits);
        }
        if (size != null) {
            map.put("input-size", size.height() + "x" + size.width());
        }
        return map;
    }

    /** Takes what {@link #toMap} has written. */
    void restore(Map<String, String> map) {
        extractor = map.get("extractor");
        features = map.get("feature-output");
        logits = map.get("logit-output");
        if (map.containsKey("input-size")) {
            size = new Size.Converter().convert(map.get("input-size"));
        }
        if (map.containsKey("input-layout")) {
            layout = new Layouts().convert(map.getOrDefault("input-layout", ""));
            range = Stream.of(map.getOrDefault("input-range", "").split(","))
                    .map(new Decimal()::convert)
                    .toList();
            inception = Boolean.parseBoolean(map.get("inception"));
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}

package org.mirage4j.classifier.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.DropoutRate;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/** A classifier's options as they stand in {@code config.json}: readable, and read back where a run goes on. */
final class OptionsMap {
    private static final String EPOCHS = "epochs";
    private static final String NUMBER = "([-+.0-9E]+)";
    private static final Pattern ADAM = Pattern.compile("adam " + NUMBER + "( falling over ([0-9]+) epochs)?");
    private static final Pattern CONCRETE = Pattern.compile("concrete from " + NUMBER + ", length scale " + NUMBER);
    private static final Pattern NOISE = Pattern.compile("([a-z-]+) " + NUMBER);

    private OptionsMap() {}

    static Map<String, Object> of(ClassifierOptions options) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("channels", options.channels());
        map.put("hidden", options.hidden());
        map.put("activation", String.valueOf(options.activation()));
        map.put("batchNormalization", options.batchNormalization());
        map.put("inputDropout", text(options.inputDropout()));
        map.put("channelDropout", text(options.channelDropout()));
        map.put(
                "hiddenDropout",
                options.hiddenDropout().stream().map(OptionsMap::text).toList());
        map.put("maxNorm", options.maxNorm());
        map.put("l1", options.l1());
        map.put("l2", options.l2());
        map.put("updater", text(options.updater()));
        map.put("averageDecay", options.averageDecay());
        map.put(EPOCHS, options.epochs());
        map.put("batchSize", options.batchSize());
        map.put("seed", options.seed());
        map.put("patience", options.patience());
        map.put("heldOutShare", options.heldOutShare());
        return map;
    }

    /** Where a run's data come from, as it stands beside the options. */
    static Map<String, String> origin(Map<?, ?> stored) {
        Map<String, String> origin = new LinkedHashMap<>();
        stored.forEach((name, value) -> origin.put(String.valueOf(name), String.valueOf(value)));
        return origin;
    }

    /**
     * The options of a map that {@link #of} has written.
     *
     * @throws MirageException if a value is missing, of another kind or cannot be read back; it names the option
     */
    static ClassifierOptions read(Map<String, Object> map) {
        return new ClassifierOptions(
                wholes(map, "channels"),
                wholes(map, "hidden"),
                activation(map),
                value(map, "batchNormalization", Boolean.class),
                noise("inputDropout", value(map, "inputDropout", String.class)),
                noise("channelDropout", value(map, "channelDropout", String.class)),
                list(map, "hiddenDropout", String.class).stream()
                        .map(text -> noise("hiddenDropout", text))
                        .toList(),
                number(map, "maxNorm"),
                number(map, "l1"),
                number(map, "l2"),
                updater(value(map, "updater", String.class)),
                number(map, "averageDecay"),
                value(map, EPOCHS, Integer.class),
                value(map, "batchSize", Integer.class),
                value(map, "seed", Number.class).longValue(),
                value(map, "patience", Integer.class),
                number(map, "heldOutShare"));
    }

    private static String text(DropoutKind kind) {
        if (kind instanceof DropoutKind.Bernoulli noise) {
            return noise.rate().isActive() ? "bernoulli " + noise.rate().rate() : "none";
        }
        if (kind instanceof DropoutKind.Gaussian noise) {
            return "gaussian " + noise.rate().rate();
        }
        if (kind instanceof DropoutKind.Additive noise) {
            return "additive " + noise.deviation();
        }
        if (kind instanceof DropoutKind.Alpha noise) {
            return "alpha " + noise.rate().rate();
        }
        if (kind instanceof DropoutKind.Spatial noise) {
            return "spatial " + noise.rate().rate();
        }
        if (kind instanceof DropoutKind.DropConnect noise) {
            return "drop-connect " + noise.rate().rate();
        }
        if (kind instanceof DropoutKind.Concrete noise) {
            return "concrete from " + noise.initial().rate() + ", length scale " + noise.lengthScale();
        }
        return String.valueOf(kind);
    }

    private static DropoutKind noise(String name, String text) {
        if (text.equals("none")) {
            return DropoutKind.none();
        }
        Matcher concrete = CONCRETE.matcher(text);
        if (concrete.matches()) {
            return new DropoutKind.Concrete(
                    DropoutRate.of(Double.parseDouble(concrete.group(1))), Double.parseDouble(concrete.group(2)));
        }
        Matcher other = NOISE.matcher(text);
        if (other.matches()) {
            double strength = Double.parseDouble(other.group(2));
            if (other.group(1).equals("additive")) {
                return new DropoutKind.Additive(strength);
            }
            DropoutRate rate = DropoutRate.of(strength);
            return switch (other.group(1)) {
                case "bernoulli" -> new DropoutKind.Bernoulli(rate);
                case "gaussian" -> new DropoutKind.Gaussian(rate);
                case "alpha" -> new DropoutKind.Alpha(rate);
                case "spatial" -> new DropoutKind.Spatial(rate);
                case "drop-connect" -> new DropoutKind.DropConnect(rate);
                default -> throw unreadable(name, text);
            };
        }
        throw unreadable(name, text);
    }

    private static String text(IUpdater updater) {
        OptionalInt falling = ClassifierOptions.epochsOfDecay(updater);
        if (falling.isPresent()) {
            return "adam " + updater.getLearningRate(0, 0) + " falling over " + falling.getAsInt() + " epochs";
        }
        if (updater instanceof Adam adam && adam.equals(new Adam(adam.getLearningRate()))) {
            return "adam " + adam.getLearningRate();
        }
        return String.valueOf(updater);
    }

    private static IUpdater updater(String text) {
        Matcher adam = ADAM.matcher(text);
        if (!adam.matches()) {
            throw unreadable("updater", text);
        }
        double rate = Double.parseDouble(adam.group(1));
        return adam.group(3) == null
                ? new Adam(rate)
                : ClassifierOptions.decayingAdam(rate, Integer.parseInt(adam.group(3)));
    }

    private static Activation activation(Map<String, Object> map) {
        String name = value(map, "activation", String.class);
        for (Activation activation : Activation.values()) {
            if (activation.name().equals(name)) {
                return activation;
            }
        }
        throw unreadable("activation", name);
    }

    private static List<Integer> wholes(Map<String, Object> map, String name) {
        return list(map, name, Integer.class);
    }

    private static <T> List<T> list(Map<String, Object> map, String name, Class<T> kind) {
        List<?> values = value(map, name, List.class);
        List<T> list = new ArrayList<>();
        for (Object value : values) {
            if (!kind.isInstance(value)) {
                throw unreadable(name, value);
            }
            list.add(kind.cast(value));
        }
        return list;
    }

    private static double number(Map<String, Object> map, String name) {
        return value(map, name, Number.class).doubleValue();
    }

    private static <T> T value(Map<String, Object> map, String name, Class<T> kind) {
        Object value = map.get(name);
        if (!kind.isInstance(value)) {
            throw unreadable(name, value);
        }
        return kind.cast(value);
    }

    private static MirageException unreadable(String name, @Nullable Object value) {
        return new MirageException("the configuration's \"" + name + "\" cannot be read back: it is " + value);
    }
}

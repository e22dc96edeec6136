package org.mirage4j.gan;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.ExampleSource;
import org.mirage4j.core.io.Printable;
import org.mirage4j.core.run.RunException;
import org.mirage4j.gan.train.Conditioning;

/**
 * Options and data as they stand in a run's config.json: all that is needed to build its networks again, and
 * where whoever started it finds the data again.
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier to and from JSON, never compared
record GanConfig(GanOptions options, long[] exampleShape, int classes, long[] classCounts, Map<String, String> origin) {
    private static final String CLASS_COUNTS = "classCounts";

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

    GanConfig {
        origin = Collections.unmodifiableMap(new LinkedHashMap<>(origin)); // in an order that is always the same
    }

    static GanConfig of(GanOptions options, ExampleSource data, Map<String, String> origin) {
        if (options.conditioning() != Conditioning.Kind.NONE && data.classes() < 2) {
            throw new MirageException("conditioning " + options.conditioning()
                    + " needs examples of at least 2 classes," + " but " + data.name() + " has " + data.classes());
        }
        return new GanConfig(options, data.exampleShape(), data.classes(), data.classCounts(), origin);
    }

    Conditioning conditioning() {
        Conditioning.Kind kind = options.conditioning();
        return kind == Conditioning.Kind.NONE ? Conditioning.NONE : new Conditioning(kind, classes);
    }

    /** Whether it is known how the data are spread over the classes that the networks know. */
    boolean knowsShares() {
        return conditioning().classes() > 0 && classCounts.length == classes;
    }

    /** Classes of a sample in the shares of the data, or of all classes in turn where those are not known. */
    int[] classesAsInData(int length) {
        return knowsShares() ? ClassSequence.of(classCounts, length) : ClassSequence.inTurn(classes, length);
    }

    Map<String, Object> toMap() {
        return new LinkedHashMap<>(MAPPER.convertValue(this, new TypeReference<Map<String, Object>>() {}));
    }

    /** The options as text, for a person. */
    Map<String, Object> describe() {
        Map<String, Object> text = new LinkedHashMap<>(optionsByName(options));
        text.put("exampleShape", Arrays.stream(exampleShape).boxed().toList());
        text.put("classes", classes);
        if (knowsShares()) {
            text.put(CLASS_COUNTS, Arrays.stream(classCounts).boxed().toList());
        }
        return text;
    }

    /** Every single option; those of a group have its name and a dot before their own. */
    static Map<String, Object> optionsByName(GanOptions options) {
        Map<String, Object> byName = new LinkedHashMap<>();
        flatten("", MAPPER.convertValue(options, new TypeReference<Map<String, Object>>() {}), byName);
        return byName;
    }

    private static void flatten(String prefix, Map<?, ?> group, Map<String, Object> byName) {
        group.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) {
                flatten(prefix + name + ".", inner, byName);
            } else {
                byName.put(prefix + name, value);
            }
        });
    }

    static GanConfig fromMap(Path folder, Map<String, Object> map) {
        try {
            Map<String, Object> whole = new LinkedHashMap<>(map);
            whole.putIfAbsent(CLASS_COUNTS, new long[0]); // which runs have not always kept
            return Objects.requireNonNull(MAPPER.convertValue(whole, GanConfig.class));
        } catch (IllegalArgumentException e) {
            throw new RunException(
                    "config.json of run " + folder + " does not describe a GAN: " + Printable.of(root(e)), e);
        }
    }

    private static Throwable root(IllegalArgumentException e) {
        Throwable root = e;
        while (root.getCause() != null && !(root instanceof MirageException)) {
            root = root.getCause();
        }
        return root;
    }
}

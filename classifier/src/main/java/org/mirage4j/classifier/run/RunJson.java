package org.mirage4j.classifier.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.core.io.AtomicFile;

/** What runs write as JSON, for people and scripts; nothing reads it back. */
final class RunJson {
    private RunJson() {}

    static void write(Path file, Map<String, ?> content) {
        AtomicFile.write(
                file, out -> new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out, content));
    }

    static Map<String, Object> options(ClassifierOptions options) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("hidden", options.hidden());
        map.put("activation", String.valueOf(options.activation()));
        map.put("inputDropout", describe(options.inputDropout()));
        map.put(
                "hiddenDropout",
                options.hiddenDropout().stream().map(RunJson::describe).toList());
        map.put("maxNorm", options.maxNorm());
        map.put("l1", options.l1());
        map.put("l2", options.l2());
        map.put("updater", String.valueOf(options.updater()));
        map.put("epochs", options.epochs());
        map.put("batchSize", options.batchSize());
        map.put("seed", options.seed());
        map.put("patience", options.patience());
        map.put("heldOutShare", options.heldOutShare());
        return map;
    }

    private static String describe(DropoutKind kind) {
        if (kind instanceof DropoutKind.Bernoulli noise) {
            return noise.rate().isActive() ? "bernoulli " + noise.rate().rate() : "none";
        }
        if (kind instanceof DropoutKind.Gaussian noise) {
            return "gaussian " + noise.rate().rate();
        }
        if (kind instanceof DropoutKind.Alpha noise) {
            return "alpha " + noise.rate().rate();
        }
        if (kind instanceof DropoutKind.DropConnect noise) {
            return "drop-connect " + noise.rate().rate();
        }
        if (kind instanceof DropoutKind.Concrete noise) {
            return "concrete, from " + noise.initial().rate() + ", length scale " + noise.lengthScale();
        }
        return String.valueOf(kind);
    }

    static Map<String, String> text(Map<String, Object> map) {
        return map.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> String.valueOf(entry.getValue()), (a, b) -> a, LinkedHashMap::new));
    }
}

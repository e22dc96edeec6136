package org.mirage4j.gan.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.features.ExtractorId;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.gan.metrics.Metric;
import org.mirage4j.gan.metrics.MetricResult;
import org.mirage4j.gan.metrics.Spread;

/**
 * What an evaluation came to, with all that decides what it may be compared with. Kept as JSON.
 *
 * @param real the real set
 * @param fake the set that was judged
 * @param extractor where features came from
 * @param seed the seed of all draws
 * @param results one or more per measure
 */
public record EvaluationResult(
        SetFacts real, SetFacts fake, ExtractorId extractor, long seed, List<MetricResult> results) {
    private static final String MARKER = "mirage4jEvaluation";
    private static final int FORMAT = 1;
    private static final int MAX_BYTES = 1 << 20;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /**
     * What is known of a set.
     *
     * @param name what it is called
     * @param count number of samples
     * @param fingerprint identifies the content
     */
    public record SetFacts(String name, long count, String fingerprint) {
        static SetFacts of(Samples samples) {
            return new SetFacts(samples.name(), samples.size(), samples.fingerprint());
        }
    }

    /**
     * One metric of two results.
     *
     * @param first the first result's
     * @param second the second result's
     */
    public record Pair(MetricResult first, MetricResult second) {
        /**
         * How far the second is above the first.
         *
         * @return second minus first
         */
        public double difference() {
            return second.minus(first);
        }
    }

    /**
     * Copies the list.
     *
     * @param real the real set
     * @param fake the set that was judged
     * @param extractor where features came from
     * @param seed the seed of all draws
     * @param results the results
     */
    public EvaluationResult {
        results = List.copyOf(results);
    }

    /**
     * The first result of a metric.
     *
     * @param metric which one
     * @return the result, empty if that was not measured
     */
    public Optional<MetricResult> find(Metric metric) {
        return results.stream().filter(result -> result.metric() == metric).findFirst();
    }

    /**
     * Puts this result beside another of the same extractor and real set.
     *
     * @param other the other result
     * @return the metrics that both have, in the order of this one
     * @throws MirageException if extractors, real sets or a metric's settings differ
     */
    public List<Pair> compareWith(EvaluationResult other) {
        if (!extractor.fingerprint().equals(other.extractor.fingerprint())) {
            throw new MirageException("only results of one extractor can be compared, but these are of "
                    + extractor.name() + " [" + extractor.fingerprint() + "] and " + other.extractor.name() + " ["
                    + other.extractor.fingerprint() + "]");
        }
        if (!real.fingerprint.equals(other.real.fingerprint)) {
            throw new MirageException("only results against one real set can be compared, but these are against "
                    + real.name + " (" + real.count + " samples) and " + other.real.name + " (" + other.real.count
                    + " samples), whose content differs");
        }
        List<Pair> pairs = new ArrayList<>();
        for (MetricResult result : results) {
            other.find(result.metric()).ifPresent(found -> {
                Pair pair = new Pair(result, found);
                pair.difference(); // refuses what cannot be compared
                pairs.add(pair);
            });
        }
        return pairs;
    }

    /**
     * Writes the result, whole or not at all.
     *
     * @param file the file, replaced if it exists
     * @throws MirageException if it cannot be written
     */
    public void write(Path file) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put(MARKER, FORMAT);
        json.set("real", MAPPER.valueToTree(real));
        json.set("fake", MAPPER.valueToTree(fake));
        json.set("extractor", MAPPER.valueToTree(extractor));
        json.put("seed", seed);
        ArrayNode array = json.putArray("results");
        for (MetricResult result : results) {
            ObjectNode node = array.addObject();
            node.put("metric", result.metric().name());
            node.put("name", result.name());
            node.put("setting", result.setting());
            node.put("value", result.value());
            node.putObject("spread")
                    .put("kind", result.spread().kind().name())
                    .put("value", result.spread().value());
            node.put("realCount", result.realCount());
            node.put("generatedCount", result.generatedCount());
            node.set("extractor", MAPPER.valueToTree(result.extractor()));
            node.put("seed", result.seed());
        }
        AtomicFile.write(file, out -> out.write(MAPPER.writeValueAsBytes(json)));
    }

    /**
     * Reads a result.
     *
     * @param file a file that {@link #write} has written
     * @return the result
     * @throws MirageException if the file is missing or holds something else
     */
    public static EvaluationResult read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new MirageException("it is larger than 1 MiB");
            }
            return of(MAPPER.readTree(bytes));
        } catch (NoSuchFileException e) {
            throw new MirageException(file + " does not exist", e);
        } catch (JsonProcessingException | MirageException e) {
            throw new MirageException(file + " is no evaluation result: " + firstLine(e), e);
        } catch (IOException e) {
            throw new MirageException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static EvaluationResult of(JsonNode json) throws JsonProcessingException {
        if (json.path(MARKER).asInt() != FORMAT) {
            throw new MirageException("its " + MARKER + " must be " + FORMAT + ", but is " + json.path(MARKER));
        }
        List<MetricResult> results = new ArrayList<>();
        for (JsonNode node : json.path("results")) {
            JsonNode spread = node.path("spread");
            results.add(new MetricResult(
                    required(node, "metric", Metric.class),
                    required(node, "setting", String.class),
                    node.path("value").asDouble(Double.NaN),
                    new Spread(
                            required(spread, "kind", Spread.Kind.class),
                            spread.path("value").asDouble(Double.NaN)),
                    node.path("realCount").asLong(),
                    node.path("generatedCount").asLong(),
                    required(node, "extractor", ExtractorId.class),
                    node.path("seed").asLong()));
        }
        return new EvaluationResult(
                required(json, "real", SetFacts.class),
                required(json, "fake", SetFacts.class),
                required(json, "extractor", ExtractorId.class),
                json.path("seed").asLong(),
                results);
    }

    private static <T> T required(JsonNode parent, String name, Class<T> type) throws JsonProcessingException {
        if (!parent.hasNonNull(name)) {
            throw new MirageException("it lacks \"" + name + "\"");
        }
        return MAPPER.treeToValue(parent.get(name), type);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}

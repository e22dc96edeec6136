package org.mirage4j.core.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Plain JSON objects: no types are named in the files, so reading one can instantiate nothing but data. */
final class Json {
    private static final int MAX_BYTES = 4 << 20;
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(Object value) throws IOException {
        return MAPPER.writeValueAsBytes(value);
    }

    static ObjectNode parse(byte[] json) throws IOException {
        JsonNode node;
        try {
            node = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new IOException(
                    "not valid JSON"
                            + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()),
                    e);
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new IOException("one JSON object was expected, found "
                + (node == null || node.isMissingNode()
                        ? "nothing"
                        : "a JSON " + node.getNodeType().name().toLowerCase(Locale.ROOT)));
    }

    static ObjectNode read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("larger than the " + (MAX_BYTES >> 20) + " MB allowed");
            }
            return parse(bytes);
        }
    }

    /**
     * What a JSON object says, in 64 hexadecimal digits: the same however it is indented and in whatever order its
     * names stand.
     *
     * @param without names that do not count
     */
    static String checksum(ObjectNode object, Set<String> without) {
        ObjectNode counted = object.deepCopy().without(without);
        try {
            byte[] text = MAPPER.writer()
                    .without(SerializationFeature.INDENT_OUTPUT)
                    .with(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
                    .writeValueAsBytes(counted);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (JsonProcessingException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256, and what was read can be written", e);
        }
    }

    static Map<String, Object> map(ObjectNode object) {
        Map<String, Object> map = new LinkedHashMap<>();
        object.properties()
                .forEach(field -> map.put(field.getKey(), MAPPER.convertValue(field.getValue(), Object.class)));
        return Collections.unmodifiableMap(map);
    }
}

package org.mirage4j.core.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.Printable;

/**
 * Where a run comes from and how it stands: what somebody else needs to repeat it and to judge whether
 * equal bits are to be expected. Immutable; times are kept to the millisecond.
 *
 * @param kind which job the run does, as on the command line ("gan")
 * @param seed the run's seed, from which every random draw derives
 * @param dataName the data set ("synthetic-digits")
 * @param dataFingerprint what tells one data set's content from another's
 * @param codeVersion version of this library
 * @param environment backend, BLAS vendor, engine, threads, native classifier, JDK, OS, CPU and
 *     whatever else can change the bits, in the order in which they are to be shown
 * @param created when the run began
 * @param status how the run stands
 * @param updated when the status was set
 * @param failure the sentence that a run ended with that {@linkplain Status#FAILED failed}; empty for others
 */
public record Manifest(
        String kind,
        long seed,
        String dataName,
        String dataFingerprint,
        String codeVersion,
        Map<String, String> environment,
        Instant created,
        Status status,
        Instant updated,
        String failure) {

    /** The key that makes a folder with this file a run; its value is the version of the format. */
    static final String MARKER = "mirage4jRun";

    static final int FORMAT = 1;

    /** Of all that stays as it is while the run goes on. */
    private static final String CHECKSUM = "checksum";

    private static final String FAILURE = "failure";
    private static final Set<String> CHANGING = Set.of("status", "updated", FAILURE, CHECKSUM);

    /** How a run stands. */
    public enum Status {
        /** Training, or killed while it did. */
        RUNNING,
        /** Did all it was asked to do. */
        FINISHED,
        /** Stopped by request; a checkpoint was written. */
        STOPPED,
        /** Ended by an error. */
        FAILED
    }

    /**
     * Copies the environment.
     *
     * @param kind any text
     * @param seed any number
     * @param dataName any text
     * @param dataFingerprint any text
     * @param codeVersion any text
     * @param environment any texts, kept in order
     * @param created cut to the millisecond
     * @param status any
     * @param updated cut to the millisecond
     * @param failure any text
     */
    public Manifest {
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        created = created.truncatedTo(ChronoUnit.MILLIS);
        updated = updated.truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * The manifest of a run that begins now, by this version of the library.
     *
     * @param kind which job the run does
     * @param seed the run's seed
     * @param dataName the data set
     * @param dataFingerprint what tells one data set's content from another's
     * @param environment what the run stands on, see {@link #environment()}
     * @return a manifest with status {@link Status#RUNNING}
     */
    public static Manifest start(
            String kind, long seed, String dataName, String dataFingerprint, Map<String, String> environment) {
        String version = Manifest.class.getPackage().getImplementationVersion();
        Instant now = Instant.now();
        return new Manifest(
                kind,
                seed,
                dataName,
                dataFingerprint,
                version == null ? "development" : version,
                environment,
                now,
                Status.RUNNING,
                now,
                "");
    }

    /**
     * The same run in another state.
     *
     * @param newStatus how the run stands now
     * @return a copy with that status, updated now
     */
    public Manifest withStatus(Status newStatus) {
        return ended(newStatus, "");
    }

    /**
     * The same run, ended by an error.
     *
     * @param error what ended it
     * @return a copy with the status {@link Status#FAILED}, updated now
     */
    public Manifest failed(Throwable error) {
        String sentence = Printable.of(error);
        boolean told = error instanceof MirageException || error.getMessage() == null;
        return ended(Status.FAILED, told ? sentence : error.getClass().getSimpleName() + ": " + sentence);
    }

    private Manifest ended(Status newStatus, String newFailure) {
        return new Manifest(
                kind,
                seed,
                dataName,
                dataFingerprint,
                codeVersion,
                environment,
                created,
                newStatus,
                Instant.now(),
                newFailure);
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put(MARKER, FORMAT);
        json.put("kind", kind);
        json.put("seed", seed);
        ObjectNode data = json.putObject("data");
        data.put("name", dataName);
        data.put("fingerprint", dataFingerprint);
        json.put("codeVersion", codeVersion);
        ObjectNode surroundings = json.putObject("environment");
        environment.forEach(surroundings::put);
        json.put("created", created.toString());
        json.put("status", status.name().toLowerCase(Locale.ROOT));
        json.put("updated", updated.toString());
        if (!failure.isEmpty()) {
            json.put(FAILURE, failure);
        }
        json.put(CHECKSUM, Json.checksum(json, CHANGING));
        return json;
    }

    /** Throws an IOException whose message ends a sentence that has named the file. */
    static Manifest fromJson(ObjectNode json) throws IOException {
        long format = integer(json, MARKER);
        if (format != FORMAT) {
            throw new IOException("format version " + format + ", but this version of mirage4j reads " + FORMAT);
        }
        ObjectNode data = object(json, "data");
        Map<String, String> environment = new LinkedHashMap<>();
        ObjectNode surroundings = object(json, "environment");
        for (var names = surroundings.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            environment.put(name, text(surroundings, name));
        }
        Manifest manifest = new Manifest(
                text(json, "kind"),
                integer(json, "seed"),
                text(data, "name"),
                text(data, "fingerprint"),
                text(json, "codeVersion"),
                environment,
                time(json, "created"),
                status(text(json, "status")),
                time(json, "updated"),
                json.has(FAILURE) ? text(json, FAILURE) : "");
        // older manifests have none
        if (json.has(CHECKSUM) && !text(json, CHECKSUM).equals(Json.checksum(json, CHANGING))) {
            throw new IOException("it was changed since the run wrote it; put back what it said");
        }
        return manifest;
    }

    private static Status status(String text) throws IOException {
        return Arrays.stream(Status.values())
                .filter(s -> s.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "\"status\" is " + quoted(text) + ", allowed are running, finished, stopped and failed"));
    }

    /** As in the file, escaped, so that a message stays one line whatever the file holds. */
    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }

    private static String text(ObjectNode json, String name) throws IOException {
        JsonNode value = value(json, name);
        if (!value.isTextual()) {
            throw new IOException(quoted(name) + " must be text, but is " + value);
        }
        return value.textValue();
    }

    private static long integer(ObjectNode json, String name) throws IOException {
        JsonNode value = value(json, name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IOException("\"" + name + "\" must be a 64-bit integer, but is " + value);
        }
        return value.longValue();
    }

    private static Instant time(ObjectNode json, String name) throws IOException {
        String text = text(json, name);
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IOException(
                    "\"" + name + "\" must be a time like 2026-01-31T12:00:00Z, but is " + quoted(text), e);
        }
    }

    private static ObjectNode object(ObjectNode json, String name) throws IOException {
        if (value(json, name) instanceof ObjectNode object) {
            return object;
        }
        throw new IOException("\"" + name + "\" must be a JSON object, but is " + json.get(name));
    }

    private static JsonNode value(ObjectNode json, String name) throws IOException {
        JsonNode value = json.get(name);
        if (value == null) {
            throw new IOException("\"" + name + "\" is missing");
        }
        return value;
    }
}

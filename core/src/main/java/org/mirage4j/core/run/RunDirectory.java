package org.mirage4j.core.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.memory.Openness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that holds everything a run leaves behind:
 *
 * <pre>
 * config.json      options as read, defaults resolved
 * manifest.json    where the run comes from and how it stands
 * metrics.csv      one row per logging step
 * checkpoints/     what the run needs to go on
 * samples/*.png    sample grids
 * plots/*.png      curves
 * training.gif     the samples in motion
 * report.html      all of it on one page
 * .lock            held by whoever trains
 * </pre>
 *
 * <p>A folder is a run when it holds a valid manifest. Any number of processes may read it, and one may write: the
 * one that has {@linkplain #create created} or {@linkplain #resume resumed} it, until it closes it. Within a process,
 * one thread at a time.
 */
public final class RunDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);

    private static final String MANIFEST = "manifest.json";
    private static final String CONFIG = "config.json";
    private static final String CHECKSUM = "checksum";
    private static final List<String> FOLDERS = List.of("checkpoints", "samples", "plots");

    private final Path folder;
    private final @Nullable RunLock lock;
    private final Openness openness;
    private Manifest manifest;
    private Map<String, Object> config;

    private RunDirectory(Path folder, @Nullable RunLock lock, Manifest manifest, Map<String, Object> config) {
        this.folder = folder;
        this.lock = lock;
        this.openness = new Openness("run " + folder);
        this.manifest = manifest;
        this.config = config;
    }

    /**
     * Creates a run in a folder that does not exist yet or is empty. An existing run is never
     * overwritten: {@link #resume} it to go on with it.
     *
     * @param folder the run's folder; missing parents are created
     * @param manifest where the run comes from
     * @param config all options by name, defaults resolved; values are what JSON can hold
     * @return the new run, which nobody else may write until it is closed
     * @throws RunException if the folder holds a run or anything else, or cannot be written
     */
    public static RunDirectory create(Path folder, Manifest manifest, Map<String, ?> config) {
        boolean existed = Files.exists(folder);
        if (existed) {
            refuseUnlessEmpty(folder);
        }
        RunLock lock = RunLock.acquire(folder);
        if (Files.exists(folder.resolve(MANIFEST))) {
            lock.close();
            throw holdsRun(folder); // another process was quicker
        }
        RunDirectory run = new RunDirectory(folder, lock, manifest, Map.of());
        try {
            Leftovers.remove(folder, MANIFEST);
            for (String name : FOLDERS) {
                Files.createDirectories(folder.resolve(name));
            }
            run.configure(config);
            // Last, because it is what makes the folder a run.
            run.update(manifest);
        } catch (IOException e) {
            run.removeTraces(!existed);
            throw new RunException("cannot create the run folder " + folder + ": " + Reason.of(e), e);
        } catch (RuntimeException | Error e) {
            run.removeTraces(!existed);
            throw e;
        }
        return run;
    }

    /**
     * Takes back what {@link #create} did, for a run that could not begin, and closes it; so the same command can be
     * tried again. What the run has written since stays.
     */
    public void discard() {
        removeTraces(false);
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // It holds something else; the failure that led here is the one to report.
        }
    }

    /**
     * Opens an existing run to read it, wherever it was moved to.
     *
     * @param folder the run's folder
     * @return the run
     * @throws RunException if the folder is not a run, or something the run cannot do without is
     *     missing or damaged
     */
    public static RunDirectory open(Path folder) {
        return open(folder, null);
    }

    /**
     * Opens an existing run to go on with it.
     *
     * @param folder the run's folder
     * @return the run, which nobody else may write until it is closed
     * @throws RunException if {@link #open} would throw it, or another process writes the run
     */
    public static RunDirectory resume(Path folder) {
        open(folder); // a folder that is no run gets no lock file
        RunLock lock = RunLock.acquire(folder);
        try {
            RunDirectory run = open(folder, lock);
            Leftovers.remove(folder, MANIFEST);
            return run;
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static RunDirectory open(Path folder, @Nullable RunLock lock) {
        if (!Files.exists(folder)) {
            throw new RunException("run folder " + folder + " does not exist");
        }
        if (!Files.isDirectory(folder)) {
            throw new RunException("run folder " + folder + " is a file, but must be a folder");
        }
        if (!Files.exists(folder.resolve(MANIFEST))) {
            throw new RunException("folder " + folder + " is not a run: it holds no " + MANIFEST);
        }
        Manifest manifest;
        try {
            manifest = Manifest.fromJson(Json.read(folder.resolve(MANIFEST)));
        } catch (IOException e) {
            throw damaged(folder, MANIFEST, e);
        }
        if (!Files.exists(folder.resolve(CONFIG))) {
            throw new RunException("run folder " + folder + " is damaged: " + CONFIG + " is missing");
        }
        for (String name : FOLDERS) {
            if (!Files.isDirectory(folder.resolve(name))) {
                throw new RunException("run folder " + folder + " is damaged: the folder " + name + " is missing");
            }
        }
        try {
            return new RunDirectory(folder, lock, manifest, readConfig(folder));
        } catch (IOException e) {
            throw damaged(folder, CONFIG, e);
        }
    }

    private static Map<String, Object> readConfig(Path folder) throws IOException {
        ObjectNode json = Json.read(folder.resolve(CONFIG));
        JsonNode checksum = json.remove(CHECKSUM);
        // older ones have none
        if (checksum != null && !checksum.asText().equals(Json.checksum(json, Set.of()))) {
            throw new IOException("it was changed since the run wrote it; put back what it said, or begin a new run"
                    + " with other options");
        }
        return Json.map(json);
    }

    /**
     * Replaces the manifest, on disk first.
     *
     * @param newManifest what holds from now on
     */
    public void update(Manifest newManifest) {
        requireOpen();
        write(MANIFEST, newManifest.toJson());
        manifest = newManifest;
    }

    /**
     * Records that a run has ended with an error: its status, and what the error says. If that cannot be written, what
     * stands in the way is added to the error, which stays the one to report.
     *
     * @param error what ended the run
     */
    public void recordFailure(Throwable error) {
        try {
            update(manifest.failed(error));
        } catch (RuntimeException | Error unwritable) {
            if (unwritable != error) {
                error.addSuppressed(unwritable);
            }
        }
    }

    /**
     * Replaces the configuration, on disk first; for options that may change when a run goes on.
     *
     * @param newConfig all options by name; values are what JSON can hold
     */
    public void configure(Map<String, ?> newConfig) {
        requireOpen();
        try {
            ObjectNode json = Json.parse(Json.bytes(newConfig));
            json.put(CHECKSUM, Json.checksum(json, Set.of(CHECKSUM)));
            write(CONFIG, json);
            // Read back, so that a run holds the same values whether it was created or opened.
            config = readConfig(folder);
        } catch (IOException e) {
            throw damaged(folder, CONFIG, e);
        }
    }

    /**
     * Says that a run would go on under other options than it began with.
     *
     * @param before the options it began with, by name
     * @param now the options it is to go on under, by name
     * @param changeable names of options that may differ
     * @return "NAME was A and is now B" for each other option that differs
     */
    public static List<String> differences(Map<String, ?> before, Map<String, ?> now, Set<String> changeable) {
        List<String> differences = new ArrayList<>();
        now.forEach((name, value) -> {
            Object old = before.get(name);
            // as text, because JSON does not tell an int from a long
            if (!changeable.contains(name) && !Objects.toString(value).equals(Objects.toString(old))) {
                differences.add(name + " was " + old + " and is now " + value);
            }
        });
        return differences;
    }

    /**
     * Refuses to go on under other options than the run began with.
     *
     * @param differences what {@link #differences} says
     * @throws MirageException if there are any
     */
    public void refuseOtherOptions(List<String> differences) {
        if (!differences.isEmpty()) {
            throw new MirageException("run " + folder + " cannot go on under other options: "
                    + String.join(", ", differences) + "; leave them out, or begin a new run");
        }
    }

    /**
     * Refuses to go on with other data than the run began with.
     *
     * @param name what the data are called
     * @param fingerprint their fingerprint
     * @throws MirageException if the manifest has another fingerprint
     */
    public void refuseOtherData(String name, String fingerprint) {
        String expected = manifest.dataFingerprint();
        if (!fingerprint.equals(expected)) {
            throw new MirageException("run " + folder + " was trained on the data " + manifest.dataName()
                    + " with the fingerprint " + expected + ", but " + name + " has " + fingerprint);
        }
    }

    /**
     * Warns of what would make the last bits of a run that goes on differ from those of an unbroken one.
     *
     * @param now the environment as it is now, in the manifest's terms
     */
    public void warnOfOtherEnvironment(Map<String, String> now) {
        Map<String, String> before = manifest.environment();
        now.forEach((name, value) -> {
            if (!value.equals(before.get(name))) {
                LOG.warn(
                        "The last bits may differ from those of an unbroken run: {} was {} and is now {}",
                        name,
                        before.get(name),
                        value);
            }
        });
    }

    /**
     * The run's folder.
     *
     * @return the path given to {@link #create} or {@link #open}
     */
    public Path folder() {
        return folder;
    }

    /**
     * Where the run comes from and how it stands.
     *
     * @return the manifest as last read or written
     */
    public Manifest manifest() {
        return manifest;
    }

    /**
     * The options. Values are text, booleans, numbers (Integer, Long or Double, by size and form), lists
     * and maps, as JSON gives them back; a number that is not finite is text.
     *
     * @return an unmodifiable map in the order of the file
     */
    public Map<String, Object> config() {
        return config;
    }

    /**
     * The metrics log, for {@link MetricsLog} and {@link MetricsTable}.
     *
     * @return {@code metrics.csv}
     */
    public Path metrics() {
        return folder.resolve("metrics.csv");
    }

    /**
     * The folder of the checkpoints, for {@link CheckpointStore}.
     *
     * @return {@code checkpoints}
     */
    public Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    /**
     * The folder of the sample grids.
     *
     * @return {@code samples}
     */
    public Path samples() {
        return folder.resolve("samples");
    }

    /**
     * A sample grid.
     *
     * @param name file name without ending: letters, digits, dots, dashes and underscores
     * @return {@code samples/NAME.png}
     */
    public Path sample(String name) {
        return picture(samples(), name);
    }

    /**
     * A chart.
     *
     * @param name file name without ending: letters, digits, dots, dashes and underscores
     * @return {@code plots/NAME.png}
     */
    public Path plot(String name) {
        return picture(folder.resolve("plots"), name);
    }

    /**
     * The animation of the samples.
     *
     * @return {@code training.gif}
     */
    public Path animation() {
        return folder.resolve("training.gif");
    }

    /**
     * The page that shows the run.
     *
     * @return {@code report.html}
     */
    public Path report() {
        return folder.resolve("report.html");
    }

    private static Path picture(Path folder, String name) {
        if (!FlatName.isValid(name)) {
            throw new RunException("picture name \"" + name + "\" cannot be a file name: " + FlatName.ALLOWED);
        }
        return folder.resolve(name + ".png");
    }

    private static void refuseUnlessEmpty(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new RunException("output folder " + folder + " is a file, but must be a new or empty folder");
        }
        if (Files.exists(folder.resolve(MANIFEST))) {
            throw holdsRun(folder);
        }
        try (Stream<Path> content = Files.list(folder)) {
            boolean begun = Files.exists(folder.resolve(RunLock.FILE));
            content.filter(path -> !AtomicFile.isTemporary(path) && !(begun && isOfCreation(path)))
                    .findFirst()
                    .ifPresent(found -> {
                        throw new RunException("output folder " + folder + " exists, is not a run and holds "
                                + found.getFileName() + ": choose a new or empty folder");
                    });
        } catch (IOException e) {
            throw new RunException("cannot read the output folder " + folder + ": " + Reason.of(e), e);
        }
    }

    /** What a process that was killed while it created a run here may have left. */
    private static boolean isOfCreation(Path path) {
        String name = path.getFileName().toString();
        String[] content = path.toFile().list();
        boolean emptyFolder = content != null && content.length == 0;
        return name.equals(RunLock.FILE) || name.equals(CONFIG) || (FOLDERS.contains(name) && emptyFolder);
    }

    private static RunException holdsRun(Path folder) {
        return new RunException(
                "output folder " + folder + " already holds a run: resume it, or choose a new or empty folder");
    }

    private static RunException damaged(Path folder, String file, IOException e) {
        return new RunException("run folder " + folder + " is damaged: " + file + ": " + Reason.of(e), e);
    }

    private void write(String name, Object json) {
        AtomicFile.write(folder.resolve(name), out -> out.write(Json.bytes(json)));
    }

    /** A run that could not be created leaves no half of one, so the same command can be tried again. */
    private void removeTraces(boolean withFolder) {
        close();
        List<Path> traces = new ArrayList<>(
                List.of(folder.resolve(MANIFEST), folder.resolve(CONFIG), folder.resolve(RunLock.FILE)));
        FOLDERS.forEach(name -> traces.add(folder.resolve(name)));
        if (withFolder) {
            traces.add(folder);
        }
        for (Path trace : traces) {
            try {
                Files.deleteIfExists(trace);
            } catch (IOException e) {
                // The failure that led here is the one to report.
            }
        }
    }

    /**
     * Lets only those pass who have not closed the run: others may write it from then on.
     *
     * @throws IllegalStateException if the run is closed
     */
    public void requireOpen() {
        openness.require();
    }

    /** Lets others write the run; it can still be read. */
    @Override
    public void close() {
        openness.end();
        if (lock != null) {
            lock.close();
        }
    }
}

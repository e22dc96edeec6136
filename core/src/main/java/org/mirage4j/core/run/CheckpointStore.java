package org.mirage4j.core.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.IoConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run: the last few and the best. A checkpoint takes its name only once it is
 * whole and on the disk, so a kill or a full disk leaves the ones before it as they were.
 *
 * <p>Not safe for concurrent use.
 */
public final class CheckpointStore {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
    private static final Pattern NAME = Pattern.compile("iteration-[0-9]{10,18}\\.ckpt");

    /** What a writer that was killed leaves behind. */
    private static final Pattern LEFTOVER = Pattern.compile("\\.iteration-.*\\.tmp");

    private final Path folder;
    private final int keep;

    /**
     * Creates a store.
     *
     * @param folder an existing folder, see {@link RunDirectory#checkpoints()}
     * @param keep how many of the newest checkpoints to keep, at least 1; with 2 or more a damaged one
     *     does not end the run
     * @throws CheckpointException if {@code keep} is less than 1
     */
    public CheckpointStore(Path folder, int keep) {
        if (keep < 1) {
            throw new CheckpointException("number of checkpoints to keep must be at least 1, but is " + keep);
        }
        this.folder = folder;
        this.keep = keep;
    }

    /**
     * Writes a checkpoint and deletes those no longer wanted: all but the newest, the best by score,
     * and any left behind by a future that was not to be, later than this one.
     *
     * @param iteration number of iterations done, not negative
     * @param score how good the run is now, less is better; NaN if that is not known
     * @param content writes the entries
     * @return the file
     * @throws CheckpointException if an entry is not allowed
     * @throws MirageException if the file cannot be written
     */
    public Path save(long iteration, double score, IoConsumer<CheckpointWriter> content) {
        if (iteration < 0) {
            throw new CheckpointException("a checkpoint's iteration must not be negative, but is " + iteration);
        }
        Path file = folder.resolve(String.format(Locale.ROOT, "iteration-%010d.ckpt", iteration));
        Checkpoint.write(file, new Checkpoint.Header(iteration, score), content);
        prune(iteration);
        return file;
    }

    /**
     * The newest checkpoint that is whole; damaged ones are skipped with a warning.
     *
     * @return the checkpoint, empty if there is none
     * @throws CheckpointException if the folder cannot be read, or all that it holds are damaged: to begin
     *     again from nothing is for the caller to decide
     */
    public Optional<Checkpoint> latest() {
        List<Path> files = files();
        Optional<Checkpoint> latest = firstWhole(files);
        if (latest.isEmpty() && !files.isEmpty()) {
            throw new CheckpointException("every checkpoint in " + folder + " is damaged (" + files.size()
                    + " of them); delete them to begin again from nothing");
        }
        return latest;
    }

    /**
     * The checkpoint with the least score that is whole; damaged ones are skipped with a warning.
     *
     * @return the checkpoint, empty if none has a score
     * @throws CheckpointException if the folder cannot be read
     */
    public Optional<Checkpoint> best() {
        return firstWhole(byScore(files()));
    }

    private static Optional<Checkpoint> firstWhole(List<Path> files) {
        for (Path file : files) {
            try {
                return Optional.of(Checkpoint.read(file));
            } catch (CheckpointException e) {
                LOG.warn("Skipped: {}", e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** Newest first. */
    private List<Path> files() {
        return list(NAME).stream()
                .sorted(Comparator.comparingLong(CheckpointStore::iteration).reversed())
                .toList();
    }

    private List<Path> list(Pattern name) {
        try (Stream<Path> content = Files.list(folder)) {
            return content.filter(
                            file -> name.matcher(file.getFileName().toString()).matches())
                    .toList();
        } catch (IOException e) {
            throw new CheckpointException("cannot read the checkpoint folder " + folder + ": " + Reason.of(e), e);
        }
    }

    private static long iteration(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(name.indexOf('-') + 1, name.indexOf('.')));
    }

    /** Best first, without those that have no score; of equals the newest. */
    private static List<Path> byScore(List<Path> newestFirst) {
        record Scored(Path file, double score) {}
        List<Scored> scored = new ArrayList<>();
        for (Path file : newestFirst) {
            try {
                double score = Checkpoint.header(file).score();
                if (!Double.isNaN(score)) {
                    scored.add(new Scored(file, score));
                }
            } catch (IOException e) {
                LOG.warn("Skipped: checkpoint {} is damaged: {}", file, Reason.of(e));
            }
        }
        return scored.stream()
                .sorted(Comparator.comparingDouble(Scored::score))
                .map(Scored::file)
                .toList();
    }

    private void prune(long current) {
        List<Path> past =
                files().stream().filter(file -> iteration(file) <= current).toList();
        List<Path> wanted = new ArrayList<>(past.subList(0, Math.min(keep, past.size())));
        byScore(past).stream().findFirst().ifPresent(wanted::add);
        List<Path> unwanted = new ArrayList<>(files());
        unwanted.removeAll(wanted);
        unwanted.addAll(list(LEFTOVER));
        for (Path file : unwanted) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("Cannot delete the old checkpoint {}: {}", file, Reason.of(e));
            }
        }
    }
}

package org.mirage4j.gan.mixture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.Problems;
import org.mirage4j.core.run.RunDirectory;

/**
 * Methods on mixtures, each with several seeds: {@code FOLDER/MIXTURE/METHOD/seed-N} holds one run. Seeds that came to
 * their end are kept and skipped when the same sweep is run again, seeds that did not are trained anew. Leaves the
 * comparison as {@code results.md}, {@code results.json}, pictures and a page. One process at a time for each method.
 *
 * <p>Not safe for concurrent use.
 */
public final class MixtureSweep {
    private final Path folder;
    private final List<Mixture> mixtures;
    private final List<MixturePreset> presets;
    private final long firstSeed;
    private final int seeds;
    private final long iterations;

    /**
     * Plans a sweep.
     *
     * @param folder where to put the runs: absent, empty, or that of a sweep
     * @param mixtures what to learn, with different names
     * @param presets how
     * @param firstSeed the first seed; the others follow one by one
     * @param seeds how many seeds, at least 1
     * @param iterations how long to train each, at least 1
     * @throws MirageException if there is nothing to do or the folder holds something else
     */
    public MixtureSweep(
            Path folder,
            List<Mixture> mixtures,
            List<MixturePreset> presets,
            long firstSeed,
            int seeds,
            long iterations) {
        Set<String> names = new HashSet<>();
        mixtures.forEach(mixture -> names.add(mixture.name()));
        new Problems()
                .atLeast("number of mixtures", mixtures.size(), 1)
                .require(names.size() == mixtures.size(), "mixtures must have different names, but two are the same")
                .atLeast("number of presets", presets.size(), 1)
                .atLeast("number of seeds", seeds, 1)
                .atLeast("number of iterations", iterations, 1)
                .refuse();
        this.folder = folder;
        this.mixtures = List.copyOf(mixtures);
        this.presets = presets.stream().distinct().toList();
        this.firstSeed = firstSeed;
        this.seeds = seeds;
        this.iterations = iterations;
        refuseForeign(folder, names);
    }

    /** Watches a sweep and may end it. */
    public interface Observer {
        /**
         * Called after each iteration, and after each seed that was skipped.
         *
         * @param done iterations done over all runs, skipped ones included
         * @return false to end the sweep here
         */
        boolean iterationDone(long done);

        /**
         * Called after each seed.
         *
         * @param mixture the mixture
         * @param preset the method
         * @param result what it came to
         */
        void seedDone(Mixture mixture, MixturePreset preset, MixtureResult result);
    }

    /**
     * How a sweep ended.
     *
     * @param summaries by mixture and method, over the seeds that came to their end
     * @param finished whether all did
     * @param report the page; null if not a single seed came to its end
     */
    public record Result(List<MixtureSummary> summaries, boolean finished, @Nullable Path report) {
        /**
         * Copies the list.
         *
         * @param summaries by mixture and method
         * @param finished whether all seeds came to their end
         * @param report the page
         */
        public Result {
            summaries = List.copyOf(summaries);
        }
    }

    /**
     * Iterations of all runs together.
     *
     * @return the number at which {@link Observer#iterationDone} arrives
     */
    public long total() {
        return iterations * seeds * presets.size() * mixtures.size();
    }

    /**
     * Trains what is missing and writes the comparison.
     *
     * @param observer told of every iteration and seed
     * @return how it ended
     * @throws MirageException if a folder holds something else or cannot be written, or another process trains the
     *     same seed
     */
    public Result run(Observer observer) {
        Map<Trial, List<MixtureResult>> results = new LinkedHashMap<>();
        mixtures.forEach(
                mixture -> presets.forEach(preset -> results.put(new Trial(mixture, preset), new ArrayList<>())));
        long done = 0;
        boolean goOn = true;
        // all methods get their first seed before any gets its second: an unfinished sweep compares them all the same
        for (int i = 0; i < seeds && goOn; i++) {
            for (Map.Entry<Trial, List<MixtureResult>> entry : results.entrySet()) {
                long before = done;
                MixtureResult result = seed(entry.getKey(), firstSeed + i, now -> observer.iterationDone(before + now));
                boolean whole = result.diverged() || result.iterations() == iterations;
                if (whole) {
                    entry.getValue().add(result);
                    observer.seedDone(entry.getKey().mixture(), entry.getKey().preset(), result);
                }
                done += iterations;
                goOn = whole && observer.iterationDone(done);
                if (!goOn) {
                    break;
                }
            }
        }
        List<MixtureSummary> summaries = new ArrayList<>();
        results.forEach((trial, ofSeeds) -> {
            if (!ofSeeds.isEmpty()) {
                summaries.add(trial.summary(ofSeeds));
            }
        });
        boolean finished = results.values().stream().allMatch(ofSeeds -> ofSeeds.size() == seeds);
        Path report =
                summaries.isEmpty() ? null : new MixtureComparison(folder, mixtures, summaries, iterations).write();
        return new Result(summaries, finished, report);
    }

    private record Trial(Mixture mixture, MixturePreset preset) {
        MixtureSummary summary(List<MixtureResult> results) {
            return new MixtureSummary(mixture.name(), mixture.modes().count(), preset, results);
        }
    }

    private MixtureResult seed(Trial trial, long seed, MixtureRun.Observer observer) {
        Mixture mixture = trial.mixture();
        MixturePreset preset = trial.preset();
        Path home = seedFolder(folder, mixture, preset, seed);
        MixtureOptions options = preset.options(iterations);
        MixtureResult known = MixtureRun.finished(home, mixture, preset.name(), options);
        if (known != null) {
            return known;
        }
        remove(home);
        try (MixtureRun run = MixtureRun.create(home, mixture, preset.name(), options, seed)) {
            return run.train(observer);
        }
    }

    static Path seedFolder(Path folder, Mixture mixture, MixturePreset preset, long seed) {
        return folder.resolve(mixture.name()).resolve(preset.id()).resolve("seed-" + seed);
    }

    /** What is left of a run that was stopped; {@link MixtureRun#finished} has made sure that it is one. */
    private static void remove(Path home) {
        if (!Files.exists(home)) {
            return;
        }
        RunDirectory.resume(home).close(); // refused while another process trains it
        try (Stream<Path> content = Files.walk(home)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new MirageException("cannot remove the unfinished run " + home + ": " + e.getMessage(), e);
        }
    }

    private static void refuseForeign(Path folder, Set<String> mixtures) {
        if (!Files.exists(folder)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new MirageException("output folder " + folder + " is a file, but must be a folder");
        }
        try (Stream<Path> content = Files.list(folder)) {
            for (Path path : content.toList()) {
                String name = String.valueOf(path.getFileName());
                if (!mixtures.contains(name)
                        && !MixtureComparison.isOwn(name)
                        && !Set.of("ring", "grid").contains(name)) {
                    throw new MirageException("output folder " + folder + " holds " + name
                            + ", which no sweep has left there: choose a new or empty folder");
                }
            }
        } catch (IOException e) {
            throw new MirageException("cannot read the output folder " + folder + ": " + e.getMessage(), e);
        }
    }
}

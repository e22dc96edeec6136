package org.mirage4j.classifier.tuning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.mirage4j.classifier.EpochTraining;
import org.mirage4j.core.MirageException;

/**
 * Stratified k-fold cross-validation. All candidates see the same folds, and the result does not depend on
 * the number of threads. The first failure ends the trainings of all folds. Safe for concurrent use.
 */
public final class CrossValidation {
    private final FoldSource source;
    private final List<int[]> heldOut;
    private final int examples;
    private final int threads;

    /**
     * Parts the examples.
     *
     * @param source the examples
     * @param folds number of folds, at least 2
     * @param seed decides who is in which fold
     * @param threads how many folds to train at the same time, at least 1; more than one compute on a thread each
     */
    public CrossValidation(FoldSource source, int folds, long seed, int threads) {
        if (threads < 1) {
            throw new MirageException("cross-validation needs at least 1 thread, but was given " + threads);
        }
        int[] labels = source.labels();
        this.source = source;
        this.examples = labels.length;
        StratifiedFolds.requireMembers(labels, 2, source::className, "folds, so that no fold trains without the class");
        this.heldOut = StratifiedFolds.of(labels, folds, seed);
        this.threads = Math.min(threads, folds);
    }

    /**
     * Trains every candidate on every fold for as long as its options say.
     *
     * @param candidates the candidates, names unique
     * @param listener told of every training that ends, from one thread at a time
     * @return one score per candidate, in their order
     * @throws CancellationException if the calling thread is interrupted: the trainings under way end with their epoch
     */
    public List<CandidateScore> compare(List<Candidate> candidates, Consumer<FoldResult> listener) {
        requireUnique(candidates);
        Workers workers = new Workers(threads);
        List<List<FoldResult>> results = workers.run(heldOut.size(), fold -> {
            FoldSource.Fold parts = parts(fold);
            List<FoldResult> scores = new ArrayList<>();
            for (Candidate candidate : candidates) {
                FoldSource.Trial trial = source.start(candidate.options(), parts);
                try (EpochTraining training = trial.training()) {
                    while (training.goesOn()) {
                        workers.check();
                        training.epoch();
                    }
                    scores.add(score(candidate, fold, trial, workers, listener));
                }
            }
            return scores;
        });
        return collect(candidates, results);
    }

    /**
     * Successive halving (Jamieson and Talwalkar 2016): all candidates are trained for a few epochs, the
     * better half of them for twice as many, and so on; the last ones for as long as their options say.
     * Trainings go on where they stood, so those that last end with the scores of {@link #compare}.
     *
     * @param candidates the candidates, names unique, all with the same number of epochs
     * @param listener told of every candidate and fold in every rung, from one thread at a time
     * @return the rungs
     * @throws CancellationException if the calling thread is interrupted, as above
     */
    public Halving halve(List<Candidate> candidates, Consumer<FoldResult> listener) {
        requireUnique(candidates);
        int epochs = candidates.get(0).options().epochs();
        if (candidates.stream().anyMatch(candidate -> candidate.options().epochs() != epochs)) {
            throw new MirageException("successive halving needs candidates with the same number of epochs, but"
                    + " they have "
                    + candidates.stream()
                            .map(candidate -> candidate.options().epochs())
                            .toList());
        }
        int rungs = 1 + (int) Math.ceil(Math.log(candidates.size()) / Math.log(2));
        Workers workers = new Workers(threads);
        List<Race> races = workers.run(heldOut.size(), fold -> new Race(fold, parts(fold)));
        try {
            List<Halving.Rung> done = new ArrayList<>();
            List<Candidate> racing = candidates;
            for (int rung = 0; rung < rungs; rung++) {
                int until = Math.max(1, epochs >> (rungs - 1 - rung));
                List<Candidate> runners = racing;
                List<CandidateScore> scores = collect(runners, workers.run(heldOut.size(), fold -> races.get(fold)
                        .run(runners, until, workers, listener)));
                done.add(new Halving.Rung(until, scores));
                racing = betterHalf(scores);
            }
            return new Halving(
                    done, races.stream().mapToLong(race -> race.epochs).sum());
        } finally {
            races.forEach(Race::close);
        }
    }

    /** The trainings of one fold; used by one thread at a time. */
    private final class Race implements AutoCloseable {
        private final int fold;
        private final FoldSource.Fold parts;
        private final List<Candidate> candidates = new ArrayList<>();
        private final List<FoldSource.Trial> trials = new ArrayList<>();
        private long epochs;

        Race(int fold, FoldSource.Fold parts) {
            this.fold = fold;
            this.parts = parts;
        }

        List<FoldResult> run(List<Candidate> runners, int until, Workers workers, Consumer<FoldResult> listener) {
            List<FoldResult> results = new ArrayList<>();
            for (Candidate candidate : runners) {
                FoldSource.Trial trial = trial(candidate);
                EpochTraining training = trial.training();
                while (training.goesOn() && training.history().size() < until) {
                    workers.check();
                    training.epoch();
                    epochs++;
                }
                results.add(score(candidate, fold, trial, workers, listener));
            }
            return results;
        }

        private FoldSource.Trial trial(Candidate candidate) {
            int known = candidates.indexOf(candidate);
            if (known >= 0) {
                return trials.get(known);
            }
            FoldSource.Trial started = source.start(candidate.options(), parts);
            candidates.add(candidate);
            trials.add(started);
            return started;
        }

        @Override
        public void close() {
            trials.forEach(trial -> trial.training().close());
        }
    }

    private FoldSource.Fold parts(int fold) {
        int[] out = heldOut.get(fold);
        return source.fold(StratifiedFolds.rest(out, examples), out);
    }

    private FoldResult score(
            Candidate candidate, int fold, FoldSource.Trial trial, Workers workers, Consumer<FoldResult> listener) {
        FoldSource.Score score = trial.score().get();
        FoldResult result =
                new FoldResult(candidate, fold, trial.training().history().size(), score.loss(), score.error());
        workers.inTurn(() -> listener.accept(result));
        return result;
    }

    private static List<Candidate> betterHalf(List<CandidateScore> scores) {
        List<CandidateScore> sorted = new ArrayList<>(scores);
        sorted.sort(Comparator.comparingDouble(CandidateScore::meanLoss));
        List<CandidateScore> kept = sorted.subList(0, (sorted.size() + 1) / 2);
        return scores.stream()
                .filter(kept::contains)
                .map(CandidateScore::candidate)
                .toList();
    }

    private static List<CandidateScore> collect(List<Candidate> candidates, List<List<FoldResult>> folds) {
        return IntStream.range(0, candidates.size())
                .mapToObj(i -> new CandidateScore(
                        candidates.get(i),
                        folds.stream().map(fold -> fold.get(i).loss()).toList(),
                        folds.stream().map(fold -> fold.get(i).error()).toList()))
                .toList();
    }

    private static void requireUnique(List<Candidate> candidates) {
        Set<String> names = new HashSet<>();
        candidates.forEach(candidate -> names.add(candidate.name()));
        if (candidates.isEmpty() || names.size() < candidates.size()) {
            throw new MirageException("candidates must be at least one, with different names, but are "
                    + candidates.stream().map(Candidate::name).toList());
        }
    }
}

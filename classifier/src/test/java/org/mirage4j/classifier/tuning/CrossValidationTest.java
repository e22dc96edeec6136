package org.mirage4j.classifier.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.Clouds;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.InMemoryExamples;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

class CrossValidationTest {
    private static final ClassifierOptions OPTIONS =
            Clouds.options().hidden(8).epochs(4).updater(new Adam(0.01)).build();
    private static final FoldSource CLOUDS = FoldSource.of(Clouds.examples(90, 1));

    @Test
    void foldsPartTheExamplesInProportion() {
        int[] labels = new int[103];
        Arrays.fill(labels, 0, 20, 1);
        Arrays.fill(labels, 20, 27, 2);
        List<int[]> folds = StratifiedFolds.of(labels, 5, 3);

        assertThat(folds.stream().flatMapToInt(Arrays::stream).sorted())
                .containsExactlyElementsOf(IntStream.range(0, 103).boxed().toList());
        for (int[] fold : folds) {
            assertThat(fold.length).isBetween(20, 21);
            assertThat(Arrays.stream(fold).filter(i -> labels[i] == 1)).hasSize(4);
            assertThat(Arrays.stream(fold).filter(i -> labels[i] == 2).count()).isBetween(1L, 2L);
        }
        assertThat(StratifiedFolds.of(labels, 5, 3).get(2)).isEqualTo(folds.get(2));
        assertThat(StratifiedFolds.of(labels, 5, 4).get(2)).isNotEqualTo(folds.get(2));
    }

    @Test
    void trainingAndHeldOutShareNoExample() {
        INDArray features = Nd4j.arange(30).castTo(DataType.FLOAT).reshape(30, 1);
        INDArray labels = Nd4j.zeros(30, 2);
        for (int i = 0; i < 30; i++) {
            labels.putScalar(i, i % 2, 1);
        }
        FoldSource source = FoldSource.of(InMemoryExamples.of("numbers", features, labels));
        for (int[] out : StratifiedFolds.of(source.labels(), 3, 1)) {
            FoldSource.Fold fold = source.fold(StratifiedFolds.rest(out, 30), out);
            double[] training =
                    fold.training().examples(0, 20).features().reshape(-1).toDoubleVector();
            double[] heldOut =
                    fold.heldOut().examples(0, 10).features().reshape(-1).toDoubleVector();
            assertThat(heldOut)
                    .containsExactly(Arrays.stream(out).asDoubleStream().toArray());
            assertThat(training).hasSize(20).doesNotContain(heldOut);
        }
    }

    @Test
    void threadsDoNotChangeTheScores() {
        List<Candidate> candidates = Candidate.rates(OPTIONS, List.of(0.5, 0.1));
        List<FoldResult> told = new ArrayList<>();
        List<CandidateScore> one = new CrossValidation(CLOUDS, 3, 1, 1).compare(candidates, told::add);
        List<CandidateScore> two = new CrossValidation(CLOUDS, 3, 1, 2).compare(candidates, result -> {});

        assertThat(two).isEqualTo(one);
        assertThat(told).hasSize(6);
        assertThat(one).extracting(score -> score.candidate().name()).containsExactly("dropout 0.1", "dropout 0.5");
        assertThat(one.get(0).losses()).hasSize(3).allMatch(loss -> loss < 1.05);
        assertThat(one.get(1).losses()).isNotEqualTo(one.get(0).losses());
    }

    @Test
    void regularizersAreComparedOnTheSameFolds() {
        List<Candidate> candidates = Candidate.regularizers(OPTIONS, 0.3, 0.3, 0.05);
        List<CandidateScore> scores = new CrossValidation(CLOUDS, 3, 1, 2).compare(candidates, result -> {});

        assertThat(scores)
                .extracting(score -> score.candidate().name())
                .containsExactly("none", "dropout", "L1 0.3", "L2 0.3", "max-norm 0.05");
        // penalties this strong leave next to nothing to classify with
        assertThat(scores.get(0).meanLoss()).isLessThan(scores.get(2).meanLoss());
        assertThat(scores.get(0).meanLoss()).isLessThan(scores.get(3).meanLoss());
        assertThat(scores.get(0).meanLoss()).isLessThan(scores.get(4).meanLoss());
    }

    @Test
    void halvingEndsWithTheScoresOfFullTrainingForFewerEpochs() {
        List<Candidate> candidates = Candidate.rates(OPTIONS, List.of(0.1, 0.5, 0.8, 0.95));
        CrossValidation validation = new CrossValidation(CLOUDS, 3, 1, 2);
        Halving halving = validation.halve(candidates, result -> {});
        List<CandidateScore> full = validation.compare(candidates, result -> {});

        assertThat(halving.rungs()).extracting(Halving.Rung::epochs).containsExactly(1, 2, 4);
        assertThat(halving.rungs()).extracting(rung -> rung.scores().size()).containsExactly(4, 2, 1);
        assertThat(full).contains(halving.winner());
        assertThat(halving.epochsTrained()).isEqualTo(3 * (4 + 2 + 2)).isLessThan(3 * 4 * 4);
    }

    @Test
    void oneStandardErrorPrefersMoreRegularisation() {
        CandidateScore weak = score("weak", 0.50, 0.60);
        CandidateScore best = score("best", 0.30, 0.50);
        CandidateScore within = score("within", 0.45, 0.49);
        CandidateScore beyond = score("beyond", 0.60, 0.61);
        Choice choice = Choice.of(List.of(weak, best, within, beyond));

        assertThat(best.standardErrorOfLoss()).isCloseTo(0.1, within(1e-12));
        assertThat(choice.best()).isEqualTo(best);
        assertThat(choice.oneStandardError()).isEqualTo(within);
    }

    private static CandidateScore score(String name, double... losses) {
        List<Double> values = Arrays.stream(losses).boxed().toList();
        return new CandidateScore(new Candidate(name, OPTIONS), values, values);
    }

    @Test
    void differencesArePairedByFold() {
        Candidate candidate = new Candidate("a", Clouds.options().build());
        CandidateScore one = new CandidateScore(candidate, List.of(1.0, 2.0, 3.0), List.of(0.1, 0.2, 0.3));
        CandidateScore other = new CandidateScore(candidate, List.of(0.5, 1.5, 2.5), List.of(0.1, 0.1, 0.1));
        // the folds differ, but the difference is the same on all of them
        assertThat(one.against(other).meanLoss()).isEqualTo(0.5);
        assertThat(one.against(other).standardErrorOfLoss()).isZero();
        assertThat(one.against(other).meanError()).isCloseTo(0.1, within(1e-12));
        CandidateScore shorter = new CandidateScore(candidate, List.of(1.0), List.of(0.1));
        assertThatThrownBy(() -> one.against(shorter))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("a has 3 and a has 1");
    }

    @Test
    void impossibleSearchesAreRefused() {
        assertThatThrownBy(() -> new CrossValidation(CLOUDS, 1, 1, 1))
                .isInstanceOf(MirageException.class)
                .hasMessage("the number of folds must be in [2, 90] (the number of examples), but is 1");
        CrossValidation validation = new CrossValidation(CLOUDS, 2, 1, 1);
        Candidate candidate = new Candidate("same", OPTIONS);
        assertThatThrownBy(() -> validation.compare(List.of(candidate, candidate), result -> {}))
                .isInstanceOf(MirageException.class)
                .hasMessage("candidates must be at least one, with different names, but are [same, same]");
    }
}

package org.mirage4j.classifier.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.Clouds;
import org.mirage4j.classifier.dropout.DropoutKind;
import org.mirage4j.classifier.tuning.Candidate;
import org.mirage4j.classifier.tuning.CandidateScore;
import org.mirage4j.classifier.tuning.CrossValidation;
import org.mirage4j.classifier.tuning.FoldSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;

class TuningRunTest {
    private static final ClassifierOptions OPTIONS = Clouds.options().build();
    private static final List<Candidate> RATES = Candidate.rates(OPTIONS, List.of(0.1, 0.5));
    private static final List<Candidate> RIVALS =
            Candidate.regularizers(OPTIONS, 1e-5, 1e-4, 3).subList(2, 4);

    @TempDir
    private Path folder;

    private Path out() {
        return folder.resolve("run");
    }

    private TuningRun.Result run(TuningPlan plan, TuningRun.Observer observer) {
        FoldSource source = FoldSource.of(Clouds.examples(150, 1));
        try (TuningRun run = TuningRun.create(out(), OPTIONS, plan, source, "clouds", "f")) {
            return run.run(observer);
        }
    }

    @Test
    void scoresAreThoseOfCrossValidationAndStandInEveryFile() throws IOException {
        TuningPlan plan = new TuningPlan(RATES, RIVALS, 3, false, 1);
        TuningRun.Result result = run(plan, (done, last) -> true);
        CrossValidation alone = new CrossValidation(FoldSource.of(Clouds.examples(150, 1)), 3, OPTIONS.seed(), 1);
        assertThat(result.all().stream().map(CandidateScore::losses))
                .isEqualTo(
                        alone
                                .compare(List.of(RATES.get(0), RATES.get(1), RIVALS.get(0), RIVALS.get(1)), fold -> {})
                                .stream()
                                .map(CandidateScore::losses)
                                .toList());
        assertThat(MetricsTable.read(RunDirectory.open(out()).metrics()).rows()).isEqualTo(plan.results());
        JsonNode json = new ObjectMapper().readTree(out().resolve("tuning.json").toFile());
        assertThat(json.at("/candidates/1/meanLoss").asDouble())
                .isEqualTo(result.rates().get(1).meanLoss());
        assertThat(json.at("/oneStandardError").asText()).startsWith("dropout 0.");
        double against =
                result.rivals().get(1).meanLoss() - result.rivals().get(0).meanLoss();
        assertThat(json.at("/againstFirstRival/L2 0.0001/meanLoss").asDouble()).isCloseTo(against, within(1e-12));
        assertThat(RunDirectory.open(out()).plot("comparison")).isNotEmptyFile();
        assertThat(Files.readString(result.report())).contains("dropout 0.5", "L1 0.00001", "one standard error");
        assertThat(RunDirectory.open(out()).manifest().status()).isEqualTo(Manifest.Status.FINISHED);
    }

    @Test
    void observerEndsTheSearchAndLeavesWhatWasFinished() throws IOException {
        TuningRun.Result result = run(new TuningPlan(RATES, RIVALS, 3, false, 1), (done, last) -> done < 3);
        assertThat(result.finished()).isFalse();
        assertThat(result.choice()).isEmpty();
        assertThat(result.all()).hasSize(3);
        assertThat(MetricsTable.read(RunDirectory.open(out()).metrics()).rows()).isEqualTo(3);
        assertThat(RunDirectory.open(out()).manifest().status()).isEqualTo(Manifest.Status.STOPPED);
        JsonNode json = new ObjectMapper().readTree(out().resolve("tuning.json").toFile());
        assertThat(json.at("/finished").asBoolean()).isFalse();
        assertThat(json.at("/candidates")).hasSize(3);
        assertThat(Files.readString(result.report())).contains("ended early");
    }

    @Test
    void endingAfterTheLastResultIsFinishing() {
        TuningPlan plan = new TuningPlan(RATES, List.of(), 2, false, 1);
        assertThat(run(plan, (done, last) -> done < plan.results()).finished()).isTrue();
    }

    @Test
    void halvingChoosesAmongThoseTrainedLongest() {
        TuningPlan plan = new TuningPlan(Candidate.rates(OPTIONS), List.of(), 2, true, 2);
        int[] results = {0};
        TuningRun.Result result = run(plan, (done, last) -> {
            results[0] = done;
            return true;
        });
        assertThat(results[0]).isEqualTo(plan.results());
        assertThat(result.epochs()).contains(1, 8);
        int chosen = result.rates().indexOf(result.choice().orElseThrow().oneStandardError());
        assertThat(result.epochs().get(chosen)).isEqualTo(8);
    }

    @Test
    void plansThatCannotBeCarriedOutAreRefused() {
        assertThatThrownBy(() -> new TuningPlan(List.of(), List.of(), 3, false, 1))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("at least one dropout rate");
        assertThatThrownBy(() -> new TuningPlan(RATES, List.of(), 1, false, 1)).hasMessageContaining("folds");
        assertThatThrownBy(() -> new TuningPlan(RATES, RIVALS, 3, true, 1)).hasMessageContaining("halving");
        Candidate other = new Candidate(
                "drop-connect",
                OPTIONS.toBuilder()
                        .hiddenDropout(new DropoutKind.DropConnect(DropoutRate.of(0.5)))
                        .build());
        assertThatThrownBy(() -> new TuningPlan(List.of(other), List.of(), 3, false, 1))
                .hasMessageContaining("Bernoulli");
    }
}

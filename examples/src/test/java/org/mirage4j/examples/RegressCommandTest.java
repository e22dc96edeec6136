package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mirage4j.examples.CommandLineTest.mirage;
import static org.mirage4j.examples.CommandLineTest.mirageSucceeds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.examples.CommandLineTest.Outcome;

class RegressCommandTest {
    @TempDir
    private static Path shared;

    private static void refused(int exitCode, String message, Object... arguments) {
        Outcome outcome = mirage(arguments);
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(exitCode);
        assertThat(outcome.err()).contains(message).doesNotContain("\tat ");
    }

    private static Path csv() {
        return shared.resolve("houses.csv");
    }

    private static Path run() {
        return shared.resolve("run");
    }

    @BeforeAll
    static void trainsOne() throws IOException {
        Random random = new Random(2);
        StringBuilder text = new StringBuilder("rooms;kind;price\n");
        for (int i = 0; i < 120; i++) {
            boolean flat = i % 3 == 0;
            int rooms = 1 + random.nextInt(6);
            text.append(rooms).append(flat ? ";flat;" : ";house;");
            text.append(50 * rooms - (flat ? 30 : 0) + 10 * random.nextGaussian())
                    .append('\n');
        }
        Files.writeString(csv(), text);
        Outcome outcome = mirageSucceeds(
                "regress",
                "--csv",
                csv(),
                "--target",
                "price",
                "--epochs",
                30,
                "--rate",
                0.02,
                "--coverage",
                0.8,
                "--max-width",
                500,
                "--column",
                "rooms=number",
                "--out",
                run());
        assertThat(outcome.err())
                .contains("houses.csv: 120 rows, fields parted by", "rooms  number", "30/30 epochs", "held-out loss");
        assertThat(outcome.out())
                .contains("training mean:  RMSE", "intervals:      80.0 % promised", "of 24 test rows inside")
                .contains("a person is asked about 0 of 24 test rows", "report.html");
    }

    @Test
    void rowsGetAMeanWithAnInterval(@TempDir Path folder) throws IOException {
        Path rows = folder.resolve("new.csv");
        Files.writeString(rows, "kind,rooms\nhouse,5\nflat,1\nhouse,40\n");
        Path out = folder.resolve("estimates.csv");
        Outcome outcome = mirageSucceeds("predict", "--run", run(), "--csv", rows, "--out", out);
        assertThat(outcome.err())
                .contains("3 predictions, 1 of them for a person", "with a probability of at least 80 %");
        List<String> lines = Files.readAllLines(out);
        assertThat(lines.get(0)).isEqualTo("mean,lower,upper,sd,sd_model,sd_noise,ask_a_person,because,outside");
        double[] house = numbers(lines.get(1));
        assertThat(house[0]).isBetween(210.0, 290.0);
        assertThat(house[1]).isLessThan(house[0]);
        assertThat(house[2] - house[0]).isBetween(0.999 * (house[0] - house[1]), 1.001 * (house[0] - house[1]));
        assertThat(numbers(lines.get(2))[0]).isBetween(-20.0, 70.0);
        assertThat(lines.get(3)).endsWith(",true,range,rooms");
        mirageSucceeds("predict", "--run", run(), "--csv", rows, "--max-width", 1e-3, "--out", out);
        assertThat(Files.readAllLines(out).get(1)).endsWith(",true,width,");
    }

    private static double[] numbers(String line) {
        return Stream.of(line.split(","))
                .limit(6)
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    @Test
    void runIsReproducedAndBegunAnewLikeIt(@TempDir Path folder) {
        Outcome reproduced = mirage("runs", "reproduce", run(), "--out", folder.resolve("again"));
        assertThat(reproduced.exitCode())
                .as(reproduced.out() + reproduced.err())
                .isZero();
        assertThat(reproduced.out()).contains("all bits are equal");
        Outcome like = mirageSucceeds("regress", "--like", run(), "--epochs", 2, "--out", folder.resolve("like"));
        assertThat(like.err()).contains("2/2 epochs");
        assertThat(like.out()).contains("80.0 % promised");
        refused(1, "has done 30 epochs", "regress", "--resume", run());
        refused(1, "coverage was 0.8", "regress", "--resume", run(), "--coverage", 0.7);
        assertThat(mirageSucceeds("regress", "--resume", folder.resolve("like"), "--epochs", 3)
                        .err())
                .contains("3/3 epochs");
    }

    @Test
    void reproductionFromOtherDataSaysSo(@TempDir Path folder) throws IOException {
        Path rows = Files.copy(csv(), folder.resolve("houses.csv"));
        Path original = folder.resolve("original");
        mirageSucceeds("regress", "--csv", rows, "--target", "price", "--epochs", 2, "--out", original);
        Files.writeString(rows, Files.readString(rows).replace("flat", "maisonette"));
        Files.writeString(rows, Files.readString(rows).replaceFirst(";house;", ";maisonette;"));
        Outcome reproduced = mirage("runs", "reproduce", original, "--out", folder.resolve("again"));
        assertThat(reproduced.exitCode()).isEqualTo(1);
        assertThat(reproduced.out()).contains("not all bits are equal", "data fingerprint was ");
    }

    @Test
    void classifiersRunIsReproducedToo(@TempDir Path folder) {
        Path original = folder.resolve("original");
        mirageSucceeds("classify", "--examples", 200, "--epochs", 2, "--hidden", 8, "--passes", 2, "--out", original);
        Outcome reproduced = mirage("runs", "reproduce", original, "--out", folder.resolve("again"));
        assertThat(reproduced.exitCode())
                .as(reproduced.out() + reproduced.err())
                .isZero();
    }

    @Test
    void rateOfDropoutIsTuned(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("tune");
        Outcome outcome = mirageSucceeds(
                "tune",
                "--csv",
                csv(),
                "--target",
                "price",
                "--rates",
                "0.01,0.6",
                "--epochs",
                20,
                "--folds",
                3,
                "--compare",
                "--out",
                out);
        assertThat(outcome.out()).contains("dropout 0.01", "dropout 0.6", "lowest loss: dropout 0.01", "none");
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("mean squared error of the standardised target", "root mean squared error")
                .doesNotContain("misclassified");
        refused(
                2,
                "--target needs --csv with a table, and neither --label nor images",
                "tune",
                "--csv",
                csv(),
                "--label",
                "kind",
                "--target",
                "price");
        refused(2, "--target-noise goes with --target only", "tune", "--target-noise", "learned");
    }

    @Test
    void whatCannotBeIsRefused(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("run");
        refused(2, "regress needs --csv with a table and --target", "regress", "--csv", csv());
        refused(1, "no column \"prize\"", "regress", "--csv", csv(), "--target", "prize", "--out", out);
        refused(
                1,
                "column \"kind\", must hold numbers to be predicted, but holds none; it begins with line 2",
                "regress",
                "--csv",
                csv(),
                "--target",
                "kind",
                "--out",
                out);
        refused(2, "must be above 0 and below 1", "regress", "--csv", csv(), "--target", "price", "--coverage", 1);
        refused(2, "must be above 0, but is -1", "regress", "--csv", csv(), "--target", "price", "--max-width", -1);
        refused(
                1,
                "need at least 39 examples to calibrate on, but there are 24",
                "regress",
                "--csv",
                csv(),
                "--target",
                "price",
                "--coverage",
                0.975,
                "--out",
                out);
        assertThat(out).doesNotExist();
        refused(2, "so it predicts --csv only", "predict", "--run", run(), "--npy", "x.npy", "--out", out);
        refused(
                2,
                "the learning rate falls to 0 over 2 epochs",
                "regress",
                "--like",
                falling(folder),
                "--epochs",
                9,
                "--out",
                out);
        refused(1, "must be a classifier's, but is of kind regressor", "classify", "--like", run());
        refused(
                1,
                "must be a GAN's, but is of kind regressor",
                "sample",
                "--run",
                run(),
                "--out",
                folder.resolve("x.png"));
    }

    private static Path falling(Path folder) {
        Path out = folder.resolve("falling");
        mirageSucceeds("regress", "--csv", csv(), "--target", "price", "--epochs", 2, "--out", out);
        return out;
    }
}

package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mirage4j.examples.CommandLineTest.mirage;
import static org.mirage4j.examples.CommandLineTest.mirageSucceeds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.classifier.run.ClassifierRun;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.NpyFile;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.examples.CommandLineTest.Outcome;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ClassifyCommandTest {
    @TempDir
    private static Path shared;

    private static Path images() {
        return shared.resolve("images");
    }

    private static Path table() {
        return shared.resolve("table");
    }

    private static Path csv() {
        return shared.resolve("fruit.csv");
    }

    @BeforeAll
    static void trainsAtAll() throws IOException {
        Outcome outcome = mirageSucceeds(
                "classify", "--examples", 300, "--epochs", 2, "--hidden", "16,16", "--passes", 3, "--out", images());
        assertThat(outcome.out())
                .contains("weight scaling: error", "Monte Carlo:", "report.html")
                .contains("A person is always asked: from 30 calibration examples nothing can be promised");
        assertThat(outcome.err()).contains("2/2 epochs", "held-out loss").doesNotContain("\r");
        Files.writeString(csv(), fruit(200));
        outcome = mirageSucceeds(
                "classify",
                "--csv",
                csv(),
                "--label",
                "fruit",
                "--epochs",
                60,
                "--accuracy",
                0.9,
                "--confidence",
                0.9,
                "--out",
                table());
        assertThat(outcome.err())
                .contains(
                        "fruit.csv: 200 rows",
                        "weight  number    numbers; 20 missing",
                        "colour  category  2 categories: blue, green",
                        "fruit   label     2 categories: pear, plum");
    }

    private static String fruit(int rows) {
        Random random = new Random(2);
        StringBuilder csv = new StringBuilder("weight,colour,fruit\n");
        for (int i = 0; i < rows; i++) {
            boolean plum = i % 2 == 0;
            String weight = i % 10 == 3 ? "" : Double.toString((plum ? 60 : 160) + 10 * random.nextGaussian());
            csv.append(weight).append(plum ? ",blue,plum\n" : ",green,pear\n");
        }
        return csv.toString();
    }

    @Test
    void rowsArePredictedWithColumnsInAnyOrder(@TempDir Path folder) throws IOException {
        Path rows = folder.resolve("new.csv");
        Files.writeString(rows, "colour,shop,weight\nblue,x,61\ngreen,y,158\n");
        Path out = folder.resolve("predictions.csv");
        Outcome outcome = mirageSucceeds("predict", "--run", table(), "--csv", rows, "--out", out);
        assertThat(outcome.err()).contains("2 predictions");
        List<String> lines = Files.readAllLines(out);
        assertThat(lines.get(0)).isEqualTo("class,probability,entropy,mutual_information,ask_a_person,because,outside");
        assertThat(lines.get(1)).startsWith("plum,");
        assertThat(lines.get(2)).startsWith("pear,").matches(".*,(true|false),[^,]*,");
    }

    @Test
    void rowsOutsideWhatTrainingHasSeenAreForAPersonAndSayWhy(@TempDir Path folder) throws IOException {
        Path rows = folder.resolve("new.csv");
        Files.writeString(rows, "colour,weight\nblue,61\nviolet,61\nblue,-500\n");
        Path out = folder.resolve("predictions.csv");
        Outcome outcome = mirageSucceeds("predict", "--run", table(), "--csv", rows, "--out", out);
        List<String> lines = Files.readAllLines(out);
        assertThat(lines.get(1)).doesNotContain("range").endsWith(",");
        assertThat(outcome.err())
                .contains("What the model answers by itself is at least 90 % right at 90 % confidence");
        assertThat(ClassifierRun.recipe(table()).confidence()).isEqualTo(0.9);
        assertThat(lines.get(2)).matches(".*,true,(.*; )?range,colour");
        assertThat(lines.get(3)).matches(".*,true,(.*; )?range,weight");
    }

    @Test
    void imagesAreReadInBothFormatsWithTheSameAnswers(@TempDir Path folder) throws IOException {
        INDArray digits = new SyntheticDigits(5).examples(0, 4).examples(0, 4).features();
        Path idx = folder.resolve("d-images-idx3-ubyte");
        Path npy = folder.resolve("d.npy");
        IdxFile.writeImages(idx, digits);
        NpyFile.write(npy, digits);
        mirageSucceeds("predict", "--run", images(), "--idx", idx, "--out", folder.resolve("a.csv"));
        mirageSucceeds("predict", "--run", images(), "--npy", npy, "--out", folder.resolve("b.csv"));
        assertThat(Files.readAllLines(folder.resolve("a.csv")))
                .hasSize(5)
                .isEqualTo(Files.readAllLines(folder.resolve("b.csv")));
    }

    @Test
    void searchPrintsATableAndTheChoice(@TempDir Path folder) {
        Path out = folder.resolve("tune");
        Outcome outcome = mirageSucceeds(
                "tune",
                "--csv",
                csv(),
                "--label",
                "fruit",
                "--rates",
                "0.2,0.4",
                "--folds",
                2,
                "--epochs",
                2,
                "--hidden",
                8,
                "--compare",
                "--out",
                out);
        assertThat(outcome.out())
                .contains("candidate", "dropout 0.2 ", "none", "L1 0.00001", "L2 0.0001", "max-norm 3")
                .contains("lowest loss: dropout 0.", "within one standard error: dropout 0.", "report.html");
        assertThat(outcome.out().lines()).hasSize(1 + 2 + 4 + 3);
        assertThat(outcome.err()).contains("12/12 fits");
        assertThat(out.resolve("tuning.json")).isNotEmptyFile();
        assertThat(out.resolve("plots/rates.png")).isNotEmptyFile();
    }

    @Test
    void searchHalvesOnImages(@TempDir Path folder) {
        Outcome outcome = mirageSucceeds(
                "tune",
                "--examples",
                100,
                "--folds",
                2,
                "--epochs",
                4,
                "--hidden",
                8,
                "--halving",
                "--out",
                folder.resolve("tune"));
        assertThat(outcome.err()).contains("22/22 fits");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    classify --csv x.csv                 | --csv needs --label
                    classify --label x                   | --label needs --csv
                    classify --csv x --label y --data idx | --csv and --data exclude each other
                    classify --column a=number           | go with --csv only
                    classify --csv x --label y --column a=text | found 'text', allowed are number, category, ignore
                    classify --csv x --label y --column a | found 'a', allowed is NAME=TYPE
                    classify --csv x --label y --bad-cells keep | found 'keep', allowed are refuse, missing
                    classify --csv x --label y --charset latin-one | found 'latin-one', allowed are names such as
                    classify --csv x --label y --delimiter ;; | found ';;', allowed are comma, semicolon, tab
                    predict --run r --idx a --charset UTF-8 --out p | go with --csv only
                    classify --csv x --label y --examples 3 | --examples goes with images only
                    classify --data idx                  | --data idx needs --data-dir
                    classify --data-dir x                | --data-dir goes with --data idx only
                    classify --data cats                 | found 'cats', allowed are synthetic-digits, idx
                    classify --dropout 1                 | dropout rate must be in [0, 1)
                    classify --dropout-input -0.1        | dropout rate must be in [0, 1)
                    classify --noise salt                | found 'salt', allowed are bernoulli, gaussian
                    classify --noise concrete --dropout 0 | concrete dropout must start at a rate above 0
                    classify --hidden 10,0               | found '0', allowed are whole numbers from 1
                    classify --activation step           | found 'step', allowed are
                    classify --preset book               | found 'book', allowed are article, cnn
                    classify --l1 -1                     | l1 must be at least 0
                    classify --rate 0                    | learning rate must be finite and above 0
                    classify --patience 3 --held-out 1   | held-out share must be in (0, 1)
                    classify --held-out 0.2              | --held-out goes with --patience only
                    classify --accuracy 1.5              | accuracy wanted must be in (0, 1]
                    classify --average 1                 | moving average must be in [0, 1)
                    classify --resume a --out b          | --out cannot be given
                    study --csv x --label y              | study takes images
                    study --only none,all                | --only names 'all', allowed are none, article
                    uci --passes 10                      | --data-dir
                    classify --passes 0                  | found '0', allowed are whole numbers from 1
                    predict --run r --out p.csv          | --csv
                    predict --run r --csv a --npy b --out p.csv | mutually exclusive
                    predict --csv a --out p.csv          | --run
                    predict --run r --csv a              | --out
                    tune --rates 0.1,2                   | dropout rate must be in [0, 1)
                    tune --rates x                       | found 'x', allowed are decimal numbers
                    tune --dropout 0.3                   | the rates to try are --rates
                    tune --folds 1                       | folds must be at least 2
                    tune --halving --compare             | halving
                    """)
    void wrongUsageIsOneSentenceWithExitCode2(String arguments, String sentence) {
        Outcome outcome = mirage((Object[]) arguments.split(" "));
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().strip().lines()).hasSize(1);
        assertThat(outcome.err()).contains(sentence);
    }

    @Test
    void dataAndRunsThatCannotServeAreNamed(@TempDir Path folder) throws IOException {
        Path narrow = folder.resolve("narrow.csv");
        Files.writeString(narrow, "weight\n60\n");
        Path ragged = folder.resolve("ragged.csv");
        Files.writeString(ragged, "a,b\n1,2\n1\n");
        Path small = folder.resolve("small.npy");
        NpyFile.write(
                small,
                new SyntheticDigits(5).examples(0, 1).examples(0, 1).features().reshape(1, 1, 14, 56));
        Path huge = folder.resolve("huge.csv");
        Files.writeString(huge, "weight,colour\n60,blue\n1e39,blue\n");
        Path flat = folder.resolve("flat.npy");
        NpyFile.write(flat, Nd4j.zeros(1, 784));
        Path loud = folder.resolve("loud.npy");
        NpyFile.write(loud, Nd4j.zeros(1, 1, 28, 28).addi(255));
        Path out = folder.resolve("out");
        refused("lacks the columns [colour]", "predict", "--run", table(), "--csv", narrow, "--out", out);
        refused("line 3, column \"weight\"", "predict", "--run", table(), "--csv", huge, "--out", out);
        refused("must hold images", "predict", "--run", images(), "--npy", flat, "--out", out);
        refused("lie in [255.0, 255.0]", "predict", "--run", images(), "--npy", loud, "--out", out);
        refused("trained on images", "predict", "--run", images(), "--csv", csv(), "--out", out);
        refused("trained on a table", "predict", "--run", table(), "--npy", small, "--out", out);
        refused("[1, 28, 28]", "predict", "--run", images(), "--npy", small, "--out", out);
        refused("does not exist", "predict", "--run", folder.resolve("gone"), "--csv", csv(), "--out", out);
        refused("line 3", "classify", "--csv", ragged, "--label", "b", "--out", out);
        refused("no column \"price\"", "classify", "--csv", csv(), "--label", "price", "--out", out);
        refused("is no file", "tune", "--csv", folder.resolve("gone.csv"), "--label", "b", "--out", out);
        refused("batch size", "classify", "--examples", 20, "--batch", 100, "--out", out);
        refused("number of folds", "tune", "--examples", 60, "--folds", 99, "--out", out);
        refused("is not a run", "classify", "--resume", folder);
        refused("data.txt cannot be read", "uci", "--data-dir", folder, "--out", out);
        refused("already holds a run", "classify", "--examples", 100, "--out", images());
        assertThat(out).doesNotExist();
    }

    private static void refused(String part, Object... arguments) {
        Outcome outcome = mirage(arguments);
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(1);
        assertThat(outcome.err().lines().filter(line -> line.startsWith("mirage: ")))
                .hasSize(1);
        assertThat(outcome.err()).contains(part).doesNotContain("internal error", "\tat ");
    }
}

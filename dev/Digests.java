import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * Tells whether a change of the code changed what it computes. Short recipes over all commands run on one thread;
 * what they leave (weights, metrics without times, samples, predictions) is reduced to SHA-256 digests. Digests
 * depend on the processor, so that two commits are best compared on one machine:
 *
 * <pre>
 * dev/digests compare COMMIT [RECIPE...]   builds COMMIT in a temporary folder and compares it with the working tree
 * dev/digests print [RECIPE...]            prints the working tree's digests
 * dev/digests record | check               writes or checks those in dev/digests-of, by processor and threads
 * </pre>
 */
public final class Digests {

    private static final String CLASSIFIER =
            "--epochs 3 --hidden 16 --batch 10 --passes 10 --rate 0.01 --seed 3";
    private static final String GAME = "--iterations 12 --batch 16 --width 16 --seed 5 --checkpoint-every 6";

    /** Name and command lines; the first folder of each is its own, {@code data} holds what the recipes read. */
    private static final Map<String, List<String>> RECIPES = recipes();

    private final Path root;
    private final Path work;

    private Digests(Path root, Path work) {
        this.root = root;
        this.work = work;
    }

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]).toRealPath();
        String what = arguments.length > 1 ? arguments[1] : "";
        switch (what) {
            case "print" -> of(root, rest(arguments, 2)).forEach((name, sum) -> System.out.println(sum + "  " + name));
            case "compare" -> System.exit(compare(root, arguments[2], rest(arguments, 3)));
            case "record", "check" -> System.exit(recorded(root, what.equals("record")));
            default -> {
                System.err.println("usage: dev/digests compare COMMIT [RECIPE...] | print [RECIPE...] | record | check");
                System.exit(2);
            }
        }
    }

    private static Map<String, List<String>> recipes() {
        Map<String, List<String>> recipes = new LinkedHashMap<>();
        game(recipes, "dense", "--arch dense");
        game(recipes, "dcgan", "--arch dcgan");
        game(recipes, "residual", "--arch residual");
        game(recipes, "wgan-gp", "--arch dense --loss wasserstein --penalty wgan-gp --d-steps 2");
        game(recipes, "dragan", "--arch dense --loss least-squares --penalty dragan --pack 2");
        game(recipes, "relativistic", "--arch dcgan --loss relativistic --penalty r1-r2");
        game(recipes, "hinge-spectral", "--arch dcgan --loss hinge --spectral-norm");
        game(recipes, "projection", "--arch dense --conditional projection");
        game(recipes, "auxiliary", "--arch dense --conditional auxiliary");
        game(recipes, "dropout-gan", "--arch dense --discriminators 3 --omit 0.3");
        game(recipes, "unrolled", "--arch dense --unroll 2 --ema 0");
        game(recipes, "dropout", "--arch dense --dropout-d 0.3 --dropout-g 0.2 --keep-mask --optimizer rmsprop");
        game(recipes, "weight-clip", "--arch dense --loss wasserstein --weight-clip 0.01 --optimizer sgd");
        recipes.put(
                "resumed",
                List.of(
                        "killed gan --arch dense --iterations 60 --batch 16 --width 16 --seed 5 --checkpoint-every 6"
                                + " --out run",
                        "gan --resume run --iterations 60",
                        "sample --run run --count 16 --out samples.npy"));
        classifier(recipes, "classifier-dense", "--examples 600 --hidden 32 --epochs 2 --batch 32 --passes 10", false);
        classifier(
                recipes,
                "classifier-cnn",
                "--preset cnn --examples 300 --channels 4 --hidden 16 --epochs 1 --batch 32 --passes 5",
                false);
        classifier(recipes, "classifier-table", "--csv ../data/table.csv --label kind " + CLASSIFIER, true);
        classifier(
                recipes,
                "classifier-decayed",
                "--csv ../data/table.csv --label kind --held-out 0.2 --patience 2 --average 0.9 --decaying-rate "
                        + "--max-norm 2 --noise gaussian " + CLASSIFIER,
                true);
        recipes.put(
                "tune",
                List.of("tune --csv ../data/table.csv --label kind --epochs 2 --hidden 8 --batch 10 --rates 0.1,0.5"
                        + " --folds 2 --seed 3 --out run"));
        recipes.put("mixture", List.of("mixture --seeds 1 --iterations 20 --preset recommended,packing-2 --out run"));
        recipes.put("regressor", List.of("uci --data-dir ../data/uci/data --epoch-multiplier 1 --passes 20 --out run"));
        recipes.put(
                "augment",
                List.of("augment --examples 600 --epochs 1 --iterations 5 --arch dense --seeds 2 --keep 20 --hidden 16"
                        + " --out run"));
        return recipes;
    }

    private static void game(Map<String, List<String>> recipes, String name, String options) {
        recipes.put(
                "gan-" + name,
                List.of(
                        "gan " + options + " " + GAME + " --out run",
                        "sample --run run --count 16 --out samples.npy"));
    }

    private static void classifier(Map<String, List<String>> recipes, String name, String options, boolean table) {
        List<String> commands = new ArrayList<>(List.of("classify " + options + " --out run"));
        if (table) {
            commands.add("predict --run run --csv ../data/table.csv --passes 10 --out predictions.csv");
        }
        recipes.put(name, commands);
    }

    private static List<String> rest(String[] arguments, int from) {
        return List.of(arguments).subList(Math.min(from, arguments.length), arguments.length);
    }

    private static int compare(Path root, String commit, List<String> only) throws Exception {
        Path other = Files.createTempDirectory("mirage-digests-source");
        try {
            shell(root, root.resolve("digests.log"), "git", "worktree", "add", "--detach", other + "/tree", commit);
            Map<String, String> before = of(other.resolve("tree"), only);
            Map<String, String> now = of(root, only);
            int differences = 0;
            var names = new java.util.TreeSet<>(before.keySet());
            names.addAll(now.keySet());
            for (String name : names) {
                String was = before.getOrDefault(name, "not there");
                String is = now.getOrDefault(name, "not there");
                if (!was.equals(is)) {
                    System.out.printf(Locale.ROOT, "%-50s %.12s -> %.12s%n", name, was, is);
                    differences++;
                }
            }
            System.out.printf(
                    Locale.ROOT, "%d digests of %d recipes, %d differ%n", names.size(), count(only), differences);
            return differences == 0 ? 0 : 1;
        } finally {
            shell(root, root.resolve("digests.log"), "git", "worktree", "remove", "--force", other + "/tree");
            delete(other);
            Files.deleteIfExists(root.resolve("digests.log"));
        }
    }

    private static int count(List<String> only) {
        return only.isEmpty() ? RECIPES.size() : only.size();
    }

    private static int recorded(Path root, boolean write) throws Exception {
        Path file = root.resolve("dev/digests-of").resolve(processor() + "-1-thread.txt");
        if (!write && !Files.exists(file)) {
            System.out.println("no digests are recorded for this processor (" + file.getFileName()
                    + "); nothing was checked. dev/digests compare COMMIT compares on any processor");
            return 3;
        }
        List<String> lines = new ArrayList<>();
        of(root, List.of()).forEach((name, sum) -> lines.add(sum + "  " + name));
        if (write) {
            Files.createDirectories(file.getParent());
            Files.write(file, lines);
            System.out.println(lines.size() + " digests in " + file);
            return 0;
        }
        List<String> expected = Files.readAllLines(file);
        List<String> changed = new ArrayList<>(lines);
        changed.removeAll(expected);
        List<String> gone = new ArrayList<>(expected);
        gone.removeAll(lines);
        changed.forEach(line -> System.out.println("now  " + line));
        gone.forEach(line -> System.out.println("then " + line));
        System.out.println(lines.size() + " digests, " + changed.size() + " differ");
        return changed.isEmpty() && gone.isEmpty() ? 0 : 1;
    }

    /** What the arithmetic depends on: the vector instructions, not the model. */
    private static String processor() throws IOException {
        String flags = Files.lines(Path.of("/proc/cpuinfo"))
                .filter(line -> line.startsWith("flags"))
                .findFirst()
                .orElse("");
        String vectors = flags.contains("avx512_vnni")
                ? "avx512-vnni"
                : flags.contains("avx512f") ? "avx512" : flags.contains("avx2") ? "avx2" : "plain";
        return System.getProperty("os.arch") + "-" + vectors;
    }

    private static Map<String, String> of(Path root, List<String> only) throws Exception {
        for (String name : only) {
            if (!RECIPES.containsKey(name)) {
                throw new IllegalArgumentException("no recipe " + name + "; there are " + RECIPES.keySet());
            }
        }
        Path work = Files.createTempDirectory("mirage-digests");
        try {
            Digests digests = new Digests(root, work);
            digests.writeData();
            Map<String, String> sums = new TreeMap<>();
            for (var recipe : RECIPES.entrySet()) {
                if (only.isEmpty() || only.contains(recipe.getKey())) {
                    digests.run(recipe.getKey(), recipe.getValue(), sums);
                }
            }
            return sums;
        } finally {
            delete(work);
        }
    }

    private void run(String name, List<String> commands, Map<String, String> sums) throws Exception {
        System.err.println(root + ": " + name);
        Path folder = Files.createDirectories(work.resolve(name));
        for (String command : commands) {
            boolean killed = command.startsWith("killed ");
            List<String> words = new ArrayList<>(List.of(root.resolve("mirage").toString()));
            words.addAll(List.of((killed ? command.substring(7) : command).split(" ")));
            words.addAll(List.of("--threads", "1"));
            if (killed) {
                kill(folder, words);
            } else {
                shell(folder, folder.resolve("log.txt"), words.toArray(String[]::new));
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                digest(name + "/" + folder.relativize(file), file, sums);
            }
        }
    }

    /** Kills a run without warning as soon as it has written a checkpoint that is not its first. */
    private void kill(Path folder, List<String> words) throws Exception {
        Process process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log.txt").toFile())
                .start();
        Path checkpoints = folder.resolve("run/checkpoints");
        while (process.isAlive()) {
            if (Files.isDirectory(checkpoints)) {
                try (Stream<Path> files = Files.list(checkpoints)) {
                    if (files.filter(file -> file.toString().endsWith(".ckpt")).count() > 1) {
                        process.destroyForcibly().waitFor();
                        return;
                    }
                }
            }
            Thread.sleep(20);
        }
        throw new IOException("the run ended before it could be killed: " + Files.readString(folder.resolve("log.txt")));
    }

    private static void digest(String name, Path file, Map<String, String> sums) throws Exception {
        String last = file.getFileName().toString();
        if (last.endsWith(".npy")) {
            sums.put(name, sum(Files.readAllBytes(file)));
        } else if (last.endsWith(".zip")) {
            try (ZipFile zip = new ZipFile(file.toFile());
                    InputStream weights = zip.getInputStream(zip.getEntry("coefficients.bin"))) {
                sums.put(name + ":weights", sum(weights.readAllBytes()));
            }
        } else if (last.endsWith(".csv")) {
            columns(name, Files.readAllLines(file), sums);
        }
    }

    /** One digest a column, so that a new column hides no other and an old one is named when it differs. */
    private static void columns(String name, List<String> lines, Map<String, String> sums) throws Exception {
        String[] header = lines.get(0).split(",");
        for (int column = 0; column < header.length; column++) {
            if (header[column].contains("seconds")) {
                continue;
            }
            StringBuilder cells = new StringBuilder();
            for (String line : lines.subList(1, lines.size())) {
                String[] fields = line.split(",", -1);
                cells.append(column < fields.length ? fields[column] : "").append('\n');
            }
            sums.put(name + ":" + header[column], sum(cells.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static String sum(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** A table of two classes and a small regression set in the layout of the UCI benchmark. */
    private void writeData() throws IOException {
        Random random = new Random(7);
        Path data = Files.createDirectories(work.resolve("data"));
        try (PrintStream table = new PrintStream(data.resolve("table.csv").toFile(), StandardCharsets.UTF_8)) {
            table.println("length,width,surface,kind");
            for (int row = 0; row < 240; row++) {
                double length = random.nextGaussian();
                double width = random.nextGaussian();
                String surface = random.nextBoolean() ? "sand" : "clay";
                boolean first = length + width * width + (surface.equals("sand") ? 0.5 : 0) > 1;
                table.printf(Locale.ROOT, "%.3f,%.3f,%s,%s%n", length, width, surface, first ? "alpha" : "beta");
            }
        }
        Path uci = Files.createDirectories(data.resolve("uci/data"));
        StringBuilder rows = new StringBuilder();
        for (int row = 0; row < 60; row++) {
            double x = random.nextGaussian();
            double y = random.nextGaussian();
            rows.append(String.format(Locale.ROOT, "%.4f %.4f %.4f%n", x, y, x * y + 0.1 * random.nextGaussian()));
        }
        Files.writeString(uci.resolve("data.txt"), rows);
        Files.writeString(uci.resolve("index_features.txt"), "0\n1\n");
        Files.writeString(uci.resolve("index_target.txt"), "2\n");
        Files.writeString(uci.resolve("n_splits.txt"), "1\n");
        Files.writeString(uci.resolve("n_epochs.txt"), "4\n");
        Files.writeString(uci.resolve("n_hidden.txt"), "8\n");
        Files.writeString(uci.resolve("dropout_rates.txt"), "0.05\n0.1\n");
        Files.writeString(uci.resolve("tau_values.txt"), "1.0\n10.0\n");
        StringBuilder train = new StringBuilder();
        StringBuilder test = new StringBuilder();
        for (int row = 0; row < 60; row++) {
            (row % 10 == 0 ? test : train).append(row).append('\n');
        }
        Files.writeString(uci.resolve("index_train_0.txt"), train);
        Files.writeString(uci.resolve("index_test_0.txt"), test);
    }

    private static void shell(Path folder, Path log, String... words) throws IOException, InterruptedException {
        int code = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", words) + " ended with " + code + ":\n" + Files.readString(log));
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

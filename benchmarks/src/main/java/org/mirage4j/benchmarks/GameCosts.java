package org.mirage4j.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.gan.loss.LossKind;
import org.mirage4j.gan.train.Architecture;
import org.mirage4j.gan.train.GameOptions;
import org.mirage4j.gan.train.GanTrainer;
import org.mirage4j.gan.train.Penalty;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What losses, penalties and strategies cost: iterations per second of each game on one pair of networks, all in one
 * process and in turns, beside the plain non-saturating game of the same round.
 */
@Command(
        name = "game-costs",
        mixinStandardHelpOptions = true,
        description = "Measures iterations per second of every loss, penalty and strategy.")
public final class GameCosts implements Callable<Integer> {
    private static final RandomStreams STREAMS = new RandomStreams(1);
    private static final String PLAIN = "non-saturating";
    private static final int BATCHES = 16;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--networks",
            paramLabel = "NAME",
            defaultValue = "IMAGES",
            description = "IMAGES: the dense pair of W3, batch 100; POINTS: 2-D points, two hidden layers of 128,"
                    + " batch 128. Default: ${DEFAULT-VALUE}.")
    private Networks networks = Networks.IMAGES;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "15",
            description = "Turns of each game. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--millis",
            paramLabel = "MS",
            defaultValue = "300",
            description = "Length of a turn. Default: ${DEFAULT-VALUE}.")
    private int millis;

    private GameCosts() {}

    /** Which pair plays. */
    enum Networks {
        IMAGES,
        POINTS
    }

    /**
     * Runs the measurement.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new GameCosts()).execute(arguments));
    }

    @Override
    public Integer call() {
        Map<String, Contest> contests = new LinkedHashMap<>();
        games().forEach((name, game) -> contests.put(name, new Contest(trainer(game), batches())));
        for (Contest contest : contests.values()) {
            contest.play(millis); // compiles
        }
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        List<String> names = new ArrayList<>(contests.keySet());
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < names.size(); i++) {
                String name = names.get((i + round) % names.size());
                double rate = Objects.requireNonNull(contests.get(name)).play(millis);
                rates.computeIfAbsent(name, key -> new ArrayList<>()).add(rate);
            }
        }
        say(String.format(Locale.ROOT, "%-28s %10s %22s", networks, "it/s", "time, times plain"));
        List<Double> plain = rates.getOrDefault(PLAIN, List.of());
        for (String name : names) {
            List<Double> own = rates.getOrDefault(name, List.of());
            double[] times = new double[own.size()];
            for (int i = 0; i < times.length; i++) {
                times[i] = plain.get(i) / own.get(i);
            }
            Arrays.sort(times);
            double[] sorted =
                    own.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            say(String.format(
                    Locale.ROOT,
                    "%-28s %10.0f %8.2f (%.2f to %.2f)",
                    name,
                    sorted[sorted.length / 2],
                    times[times.length / 2],
                    times[times.length / 4],
                    times[times.length * 3 / 4]));
        }
        contests.values().forEach(contest -> contest.trainer.close());
        return CommandLine.ExitCode.OK;
    }

    private static Map<String, GameOptions> games() {
        Map<String, GameOptions> games = new LinkedHashMap<>();
        games.put(PLAIN, GameOptions.builder().build());
        games.put(
                "least squares",
                GameOptions.builder().loss(LossKind.LEAST_SQUARES).build());
        games.put("hinge", GameOptions.builder().loss(LossKind.HINGE).build());
        games.put(
                "relativistic",
                GameOptions.builder().loss(LossKind.RELATIVISTIC).build());
        games.put(
                "relativistic average",
                GameOptions.builder().loss(LossKind.RELATIVISTIC_AVERAGE).build());
        games.put(
                "Wasserstein, clipping",
                GameOptions.builder()
                        .loss(LossKind.WASSERSTEIN)
                        .weightClip(0.01)
                        .build());
        games.put(
                "WGAN-GP",
                GameOptions.builder()
                        .loss(LossKind.WASSERSTEIN)
                        .penalty(new Penalty.WassersteinGp(10))
                        .build());
        games.put(
                "DRAGAN", GameOptions.builder().penalty(new Penalty.Dragan(10)).build());
        games.put("R1", GameOptions.builder().penalty(new Penalty.R1(10)).build());
        games.put("R2", GameOptions.builder().penalty(new Penalty.R2(10)).build());
        games.put(
                "hinge, spectral norm",
                GameOptions.builder()
                        .loss(LossKind.HINGE)
                        .spectralNormalization(true)
                        .build());
        games.put("packing 2", GameOptions.builder().packing(2).build());
        games.put("unrolled 5", GameOptions.builder().unrolledSteps(5).build());
        games.put(
                "five discriminators",
                GameOptions.builder().discriminators(5).omission(0.5).build());
        games.put(
                "minibatch deviation",
                GameOptions.builder().minibatchDeviation(true).build());
        games.put(
                "feature matching", GameOptions.builder().featureMatching(true).build());
        games.put(
                "historical averaging",
                GameOptions.builder().historicalAveraging(1e-4).build());
        games.put("moving average", GameOptions.builder().averageDecay(0.995).build());
        return games;
    }

    private boolean onImages() {
        return networks == Networks.IMAGES;
    }

    private GanTrainer trainer(GameOptions game) {
        long latent = onImages() ? Workload.LATENT : 2;
        long size = onImages() ? Workload.PIXELS : 2;
        NetworkBuilder generator = NetworkBuilder.vectors(latent).dense(Workload.GAN_UNITS);
        NetworkBuilder discriminator = NetworkBuilder.vectors(game.discriminatorShape(size)[0])
                .dense(Workload.GAN_UNITS)
                .leakyRelu(Workload.SLOPE);
        if (onImages()) {
            generator
                    .batchNormalization(Workload.MOMENTUM)
                    .leakyRelu(Workload.SLOPE)
                    .dense(size)
                    .activation(Activation.TANH);
        } else {
            generator
                    .leakyRelu(Workload.SLOPE)
                    .dense(Workload.GAN_UNITS)
                    .leakyRelu(Workload.SLOPE)
                    .dense(size);
            discriminator.dense(Workload.GAN_UNITS).leakyRelu(Workload.SLOPE);
        }
        if (game.minibatchDeviation()) {
            discriminator.minibatchDeviation();
        }
        NetworkBuilder judged =
                game.featureMatching() ? discriminator.output().dense(1).output() : discriminator.dense(1);
        return GanTrainer.create(new Architecture(generator, judged), latent, game, STREAMS);
    }

    private List<Batch> batches() {
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            INDArray batch = onImages()
                    ? STREAMS.gaussian("real", i, DataType.FLOAT, 100, Workload.PIXELS)
                    : STREAMS.gaussian("real", i, DataType.FLOAT, 128, 2);
            batches.add(Batch.of(batch));
        }
        return batches;
    }

    private void say(String line) {
        if (spec != null) {
            spec.commandLine().getOut().println(line);
            spec.commandLine().getOut().flush();
        }
    }

    /** A game in progress. */
    private static final class Contest {
        private final GanTrainer trainer;
        private final List<Batch> batches;
        private long iteration;

        Contest(GanTrainer trainer, List<Batch> batches) {
            this.trainer = trainer;
            this.batches = batches;
        }

        /** Plays for a time; gives iterations per second. */
        double play(long turn) {
            long started = System.nanoTime();
            long before = iteration;
            long elapsed = 0;
            while (elapsed < turn * 1_000_000) {
                trainer.iterate(iteration++, step -> batches.get((int) (step % batches.size())), false);
                elapsed = System.nanoTime() - started;
            }
            return (iteration - before) * 1e9 / elapsed;
        }
    }
}

package org.mirage4j.gan;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.Batch;
import org.mirage4j.core.data.Inputs;
import org.mirage4j.core.engine.Pass;
import org.mirage4j.core.memory.NativeMemory;
import org.mirage4j.core.memory.Openness;
import org.mirage4j.core.memory.Room;
import org.mirage4j.core.random.RandomStreams;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.gan.train.GanTrainer;
import org.mirage4j.gan.train.Realness;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Generates images from a run. Safe for concurrent use: calls wait for one another. */
public final class GanSampler implements AutoCloseable {
    private final Openness openness = new Openness("the sampler");
    private static final int BATCH = 256;

    private final GanTrainer trainer;
    private final GanConfig config;
    private final int classes;
    private final long[] shape;
    private boolean dropout;

    private GanSampler(GanTrainer trainer, GanConfig config) {
        this.trainer = trainer;
        this.config = config;
        this.classes = config.conditioning().classes();
        this.shape = config.exampleShape();
        this.dropout = config.options().game().samplingDropout();
    }

    /**
     * Opens the newest whole checkpoint of a run, with the average of its generator's weights.
     *
     * @param folder the run's folder
     * @return a sampler
     * @throws MirageException if the folder is not a GAN run or holds no checkpoint
     */
    public static GanSampler open(Path folder) {
        RunDirectory directory = RunDirectory.open(folder);
        return open(
                directory,
                new CheckpointStore(directory.checkpoints(), 1)
                        .latest()
                        .orElseThrow(
                                () -> new MirageException("run " + folder + " holds no checkpoint to sample from")));
    }

    /**
     * Opens the checkpoint of a run whose samples were judged best while it trained.
     *
     * @param folder the run's folder
     * @return a sampler
     * @throws MirageException if the folder is not a GAN run, or its samples were not judged
     */
    public static GanSampler openBest(Path folder) {
        RunDirectory directory = RunDirectory.open(folder);
        return open(
                directory,
                new CheckpointStore(directory.checkpoints(), 1)
                        .best()
                        .orElseThrow(() -> new MirageException("run " + folder
                                + " holds no checkpoint that was judged; its samples must be evaluated while it trains"
                                + " to know the best")));
    }

    private static GanSampler open(RunDirectory directory, Checkpoint checkpoint) {
        Path folder = directory.folder();
        GanConfig config = GanRun.config(directory);
        return new GanSampler(GanRun.restored(folder, config, checkpoint), config);
    }

    /**
     * Leaves the generator's dropout on, as a source of noise (Isola et al. 2017), or turns it off.
     *
     * @param live whether dropout is live in the samples to come; at first as the run's options say
     */
    public synchronized void dropout(boolean live) {
        dropout = live;
    }

    /**
     * The number of classes that one can ask for.
     *
     * @return 0 if the run's networks have not learned of labels
     */
    public int classes() {
        return classes;
    }

    /**
     * Generates images; with networks that know classes, of all classes in turn.
     *
     * @param count how many, at least 1
     * @param seed seed of the latent vectors; the same seed gives the same images, and the first images of a
     *     larger sample are those of a smaller one
     * @return images [count, channels, height, width] with values in [0, 1]
     * @throws MirageException if the count is less than 1
     */
    public INDArray sample(int count, long seed) {
        return generate(count, seed, i -> i % classes);
    }

    /**
     * Whether the run remembers how its data were spread over the classes that its networks know.
     *
     * @return false if they know none, or the data did not say
     */
    public boolean knowsShares() {
        return config.knowsShares();
    }

    /**
     * Generates images to be held against the run's data: with networks that know classes, of each class as large a
     * share as there was in the data, or of all classes in turn where that is not {@linkplain #knowsShares known}.
     *
     * @param count how many, at least 1
     * @param seed seed of the latent vectors, as above
     * @return images [count, channels, height, width] with values in [0, 1]
     * @throws MirageException if the count is less than 1
     */
    public INDArray sampleAsInData(int count, long seed) {
        if (classes == 0 || count < 1) {
            return sample(count, seed);
        }
        int[] labels = config.classesAsInData(
                Room.elements("labels", (long) count + BATCH)); // batches are whole under dropout
        return generate(count, seed, i -> labels[i]);
    }

    /**
     * Generates images of one class.
     *
     * @param count how many, at least 1
     * @param seed seed of the latent vectors, as above
     * @param label the class, from 0
     * @return images [count, channels, height, width] with values in [0, 1]
     * @throws MirageException if the count is less than 1, or the run's networks do not know the class
     */
    public INDArray sample(int count, long seed, int label) {
        requireClass(label);
        return generate(count, seed, i -> label);
    }

    private void requireClass(int label) {
        if (label < 0 || label >= classes) {
            throw new MirageException(
                    classes == 0
                            ? "the run's networks have not learned of labels, so none can be asked for"
                            : "label must be in 0 to " + (classes - 1) + ", but is " + label);
        }
    }

    private synchronized INDArray generate(int count, long seed, IntUnaryOperator label) {
        openness.require();
        if (count < 1) {
            throw new MirageException("number of samples must be at least 1, but is " + count);
        }
        Room.requireNative(
                String.format(Locale.ROOT, "%d images of %d x %d x %d", count, shape[0], shape[1], shape[2]),
                (double) Float.BYTES * count * shape[0] * shape[1] * shape[2]);
        RandomStreams streams = new RandomStreams(seed);
        INDArray images = Nd4j.create(DataType.FLOAT, count, shape[0], shape[1], shape[2]);
        for (int from = 0; from < count; from += BATCH) {
            int to = Math.min(count, from + BATCH);
            // a mask depends on the size of the batch, so under dropout all batches are whole
            int made = dropout ? BATCH : to - from;
            INDArray drawn = trainer.latents(streams, "sample", from, BATCH);
            INDArray latents = rows(drawn, made);
            IntStream labels = classes == 0
                    ? IntStream.empty()
                    : IntStream.range(from, from + made).map(label);
            Pass pass = dropout ? Pass.monteCarlo(streams.key("sample-mask", from)) : Pass.infer();
            INDArray batch = generate(latents, labels, pass);
            images.get(NDArrayIndex.interval(from, to), NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.all())
                    .assign(rows(batch.addi(1).divi(2), to - from));
            NativeMemory.release(drawn, latents, batch);
        }
        return images;
    }

    private static INDArray rows(INDArray array, int count) {
        if (array.size(0) == count) {
            return array;
        }
        INDArrayIndex[] indexes = new INDArrayIndex[array.rank()];
        Arrays.fill(indexes, NDArrayIndex.all());
        indexes[0] = NDArrayIndex.interval(0, count);
        return array.get(indexes).dup();
    }

    /**
     * What the run's discriminators say of images, with their dropout live.
     *
     * @param images images [N, channels, height, width] such as {@link Inputs#checked} takes; with packing N is a multiple of it
     * @param passes dropout masks to look through, at least 1
     * @param seed seed of the masks
     * @return one for each image, with packing for each pack
     * @throws MirageException if the number of passes or images cannot be, or the run's networks know classes
     */
    public List<Realness> realness(INDArray images, int passes, long seed) {
        return realness(images, new int[0], passes, seed);
    }

    /**
     * What the run's discriminators say of images as members of their classes, with their dropout live.
     *
     * @param images images, as above
     * @param labels the class of each image, from 0: that asked for, in turn where none was; empty if the run's networks
     *     do not know classes
     * @param passes dropout masks to look through, at least 1
     * @param seed seed of the masks
     * @return one for each image
     * @throws MirageException if the number of passes or images cannot be, or the labels do not fit images and networks
     */
    public synchronized List<Realness> realness(INDArray images, int[] labels, int passes, long seed) {
        openness.require();
        INDArray examples =
                Inputs.checked("images", images).castTo(DataType.FLOAT).mul(2).subi(1);
        return trainer.realness(
                labels.length == 0 ? Batch.of(examples) : Batch.of(examples, oneHot(labels, images.size(0))),
                passes,
                new RandomStreams(seed));
    }

    private INDArray oneHot(int[] labels, long images) {
        if (labels.length != images) {
            throw new MirageException("there must be one label for each image, but there are " + labels.length
                    + " labels for " + images + " images");
        }
        for (int label : labels) {
            requireClass(label);
        }
        return OneHot.of(labels, classes);
    }

    private INDArray generate(INDArray latents, IntStream labels, Pass pass) {
        return classes == 0
                ? trainer.generate(pass, latents)
                : trainer.generate(pass, latents, OneHot.of(labels.toArray(), classes));
    }

    /** Frees the networks. */
    @Override
    public synchronized void close() {
        openness.end();
        trainer.close();
    }
}

package org.mirage4j.examples.hostile;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.mirage4j.classifier.ClassifierOptions;
import org.mirage4j.classifier.DropoutClassifier;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.IdxFormatException;
import org.mirage4j.core.data.NpyFile;
import org.mirage4j.core.data.NpyFormatException;
import org.mirage4j.core.data.PngFolder;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.network.DropoutRate;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.network.ModelFormatException;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;
import org.mirage4j.core.report.ImageFormatException;
import org.mirage4j.core.run.Checkpoint;
import org.mirage4j.core.run.CheckpointException;
import org.mirage4j.core.run.CheckpointStore;
import org.mirage4j.core.run.Manifest;
import org.mirage4j.core.run.MetricsException;
import org.mirage4j.core.run.MetricsLog;
import org.mirage4j.core.run.MetricsTable;
import org.mirage4j.core.run.RunDirectory;
import org.mirage4j.core.run.RunException;
import org.mirage4j.core.table.CsvFormatException;
import org.mirage4j.core.table.CsvTable;
import org.mirage4j.gan.ArchitectureKind;
import org.mirage4j.gan.GanOptions;
import org.mirage4j.gan.GanRun;
import org.mirage4j.gan.GanSampler;
import org.nd4j.linalg.factory.Nd4j;

/** Every reader of files there is, each with good inputs to start from. */
final class Readers {
    /** Names for {@link #create}. */
    static final List<String> NAMES = List.of(
            "idx-images",
            "idx-images-gzip",
            "idx-labels",
            "gzip",
            "npy",
            "csv",
            "checkpoint",
            "checkpoint-signed",
            "manifest",
            "config",
            "metrics",
            "metrics-resumed",
            "model-zip",
            "model-configuration",
            "model-coefficients",
            "model-updater",
            "classifier-description",
            "png",
            "gan-config");

    private static final int DIGEST_BYTES = 32;

    private final Path folder;

    private Readers(Path folder) {
        this.folder = folder;
    }

    /** Prepares one of {@link #NAMES}, with its files in a folder of its own. */
    static Reader create(String name, Path folder) {
        try {
            return new Readers(Files.createDirectories(folder)).create(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Reader create(String name) throws IOException {
        return switch (name) {
            case "idx-images" -> images(name, UnaryOperator.identity(), idx(3, 2, 2), idx(1, 1, 1));
            case "idx-images-gzip" -> images(name, Readers::gzip, idx(3, 2, 2));
            case "gzip" -> images(name, UnaryOperator.identity(), gzip(idx(3, 2, 2)), gzip(idx(40, 28, 28)));
            case "idx-labels" -> labels();
            case "npy" -> npy();
            case "csv" -> csv();
            case "checkpoint" -> checkpoint(name, UnaryOperator.identity(), 0);
            case "checkpoint-signed" -> checkpoint(name, Readers::sign, DIGEST_BYTES);
            case "manifest" -> run("manifest.json");
            case "config" -> run("config.json");
            case "metrics", "metrics-resumed" -> metrics(name);
            case "model-zip" -> modelZip();
            case "model-configuration" -> modelEntry(name, "configuration.json");
            case "model-coefficients" -> modelEntry(name, "coefficients.bin");
            case "model-updater" -> modelEntry(name, "updaterState.bin");
            case "classifier-description" -> classifier();
            case "png" -> png();
            case "gan-config" -> gan();
            default -> throw new IllegalArgumentException(name + ", allowed are " + NAMES);
        };
    }

    private static byte[] idx(int... sizes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 0, 8, (byte) sizes.length});
        int count = 1;
        for (int size : sizes) {
            out.writeBytes(new byte[] {0, 0, 0, (byte) size});
            count *= size;
        }
        for (int i = 0; i < count; i++) {
            out.write(i % 10);
        }
        return out.toByteArray();
    }

    private Reader images(String name, UnaryOperator<byte[]> packaging, byte[]... seeds) {
        return new Reader(
                name,
                List.of(seeds),
                packaging,
                folder.resolve("images-idx3-ubyte"),
                file -> IdxFile.readImages("x", file).examples(0, 1),
                List.of(IdxFormatException.class));
    }

    private Reader labels() throws IOException {
        Path images = Files.write(folder.resolve("images"), idx(3, 2, 2));
        return new Reader(
                "idx-labels",
                List.of(idx(3)),
                UnaryOperator.identity(),
                folder.resolve("labels-idx1-ubyte"),
                file -> IdxFile.read("x", images, file, 10),
                List.of(IdxFormatException.class));
    }

    private Reader npy() throws IOException {
        Path file = folder.resolve("x.npy");
        NpyFile.write(file, Nd4j.createFromArray(1f, 2f, 3f, 4f).reshape(2, 2));
        byte[] floats = Files.readAllBytes(file);
        String header = new String(floats, 0, floats.length - 16, StandardCharsets.ISO_8859_1);
        return new Reader(
                "npy",
                List.of(
                        floats,
                        withHeader(header.replace("<f4", ">i4"), floats),
                        withHeader(header.replace("False", "True "), floats),
                        withHeader(header.replace("'<f4'", "'|O' "), floats)),
                UnaryOperator.identity(),
                file,
                NpyFile::read,
                List.of(NpyFormatException.class));
    }

    private static byte[] withHeader(String header, byte[] whole) {
        byte[] bytes = whole.clone();
        byte[] head = header.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(head, 0, bytes, 0, head.length);
        return bytes;
    }

    private Reader csv() {
        return new Reader(
                "csv",
                List.of(
                        "a,b,label\n1,2.5,yes\n-3e4,?,\"n,o\"\n".getBytes(StandardCharsets.UTF_8),
                        "\ufeffx\r\n\"a\"\"b\"\r\n".getBytes(StandardCharsets.UTF_8)),
                UnaryOperator.identity(),
                folder.resolve("table.csv"),
                CsvTable::read,
                List.of(CsvFormatException.class));
    }

    private Reader checkpoint(String name, UnaryOperator<byte[]> packaging, int cut) throws IOException {
        Path file = new CheckpointStore(folder, 1).save(1, 0, to -> {
            to.json("state", Map.of("epoch", 1));
            to.array("w", Nd4j.createFromArray(1f, 2f).reshape(1, 2));
            to.array("d", Nd4j.createFromArray(1.0, 2.0, 3.0));
        });
        byte[] whole = Files.readAllBytes(file);
        return new Reader(
                name,
                List.of(Arrays.copyOf(whole, whole.length - cut)),
                packaging,
                file,
                Readers::readWhole,
                List.of(CheckpointException.class));
    }

    private static void readWhole(Path file) {
        Checkpoint checkpoint = Checkpoint.read(file);
        for (String entry : checkpoint.names()) {
            checkpoint.bytes(entry);
            refusable(() -> checkpoint.array(entry));
            refusable(() -> checkpoint.json(entry));
        }
    }

    /** An entry is of one kind only, so the others refuse it. */
    private static void refusable(Runnable read) {
        try {
            read.run();
        } catch (CheckpointException e) {
            if (String.valueOf(e.getMessage()).contains("\n")) {
                throw new AssertionError(e);
            }
        }
    }

    private Reader run(String name) throws IOException {
        Path run = folder.resolve("run");
        RunDirectory.create(
                run,
                Manifest.start("gan", 1, "digits", "sha256:00", Map.of("threads", "2")),
                Map.of("rate", 1e-4, "layers", Map.of("a", 1)));
        Path file = run.resolve(name);
        return new Reader(
                name,
                List.of(Files.readAllBytes(file)),
                UnaryOperator.identity(),
                file,
                ignored -> RunDirectory.open(run),
                List.of(RunException.class));
    }

    private Reader metrics(String name) {
        return new Reader(
                name,
                List.of("iteration,loss\n100,0.25\n200,NaN\n300,-1.5E-3\n".getBytes(StandardCharsets.UTF_8)),
                UnaryOperator.identity(),
                folder.resolve("metrics.csv"),
                file -> {
                    if (name.equals("metrics")) {
                        MetricsTable.read(file);
                    } else {
                        MetricsLog.resume(file, List.of("iteration", "loss"), "iteration", 200)
                                .close();
                    }
                },
                List.of(MetricsException.class));
    }

    private Path model() throws IOException {
        Path file = folder.resolve("model.zip");
        try (Network network = NetworkBuilder.images(1, 8, 8)
                .convolution(2, 4, 2, 1)
                .batchNormalization(0.9)
                .leakyRelu(0.2)
                .dropout(DropoutRate.of(0.3))
                .dense(2)
                .build(3)) {
            network.save(file.toFile());
        }
        return file;
    }

    private Reader modelZip() throws IOException {
        return new Reader(
                "model-zip",
                List.of(Files.readAllBytes(model())),
                UnaryOperator.identity(),
                folder.resolve("model.zip"),
                file -> ModelFile.read(file, List.of()),
                List.of(ModelFormatException.class));
    }

    /** One entry of a good zip is bad, so that the input gets past the zip's own checks. */
    private Reader modelEntry(String name, String entry) throws IOException {
        Path file = model();
        Path good = Files.copy(file, folder.resolve("good.zip"));
        byte[] seed;
        try (ZipFile zip = new ZipFile(good.toFile())) {
            seed = zip.getInputStream(zip.getEntry(entry)).readAllBytes();
        }
        return new Reader(
                name,
                List.of(seed),
                input -> withEntry(good, entry, input),
                file,
                model -> ModelFile.read(model, List.of()),
                List.of(ModelFormatException.class));
    }

    static byte[] withEntry(Path zipFile, String entry, byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipFile zip = new ZipFile(zipFile.toFile());
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry old : zip.stream().toList()) {
                out.putNextEntry(new ZipEntry(old.getName()));
                out.write(
                        old.getName().equals(entry)
                                ? content
                                : zip.getInputStream(old).readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Reader classifier() throws IOException {
        Path model = folder.resolve("model");
        SyntheticDigits digits = new SyntheticDigits(0);
        ClassifierOptions options =
                ClassifierOptions.builder().hidden(4).epochs(1).build();
        try (DropoutClassifier classifier = DropoutClassifier.train(options, digits.examples(0, 40))) {
            classifier.save(model);
        }
        Path file = model.resolve("classifier.json");
        return new Reader(
                "classifier-description",
                List.of(Files.readAllBytes(file)),
                UnaryOperator.identity(),
                file,
                ignored -> {
                    try (DropoutClassifier classifier = DropoutClassifier.load(model)) {
                        classifier.predict(digits.examples(0, 1).examples(0, 1).features(), 1, 1);
                    } catch (MirageException e) {
                        if (!String.valueOf(e.getMessage()).startsWith("examples must have shape")) {
                            throw e;
                        }
                    }
                },
                List.of(ModelFormatException.class));
    }

    private Reader png() throws IOException {
        Path images = Files.createDirectories(folder.resolve("images"));
        Path file = images.resolve("a.png");
        List<byte[]> seeds = new ArrayList<>();
        for (int type : new int[] {
            BufferedImage.TYPE_BYTE_GRAY,
            BufferedImage.TYPE_3BYTE_BGR,
            BufferedImage.TYPE_BYTE_INDEXED,
            BufferedImage.TYPE_USHORT_GRAY
        }) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ImageIO.write(new BufferedImage(8, 8, type), "png", out);
            seeds.add(out.toByteArray());
        }
        return new Reader(
                "png",
                seeds,
                UnaryOperator.identity(),
                file,
                ignored -> PngFolder.open(images).images(0),
                List.of(ImageFormatException.class));
    }

    private Reader gan() throws IOException {
        Path run = folder.resolve("run");
        GanOptions options = GanOptions.builder(ArchitectureKind.DENSE)
                .iterations(1)
                .batch(4)
                .latent(3)
                .width(4)
                .build();
        try (GanRun training = GanRun.create(run, options, new SyntheticDigits(0).examples(0, 40))) {
            training.train((done, statistics) -> true);
        }
        Path file = run.resolve("config.json");
        return new Reader(
                "gan-config",
                // without its checksum, which would refuse whatever else is wrong
                List.of(Files.readString(file)
                        .replaceAll(",\\s*\"checksum\" : \"[0-9a-f]+\"", "")
                        .getBytes(StandardCharsets.UTF_8)),
                UnaryOperator.identity(),
                file,
                ignored -> {
                    GanRun.recipe(run);
                    try (GanSampler sampler = GanSampler.open(run)) {
                        sampler.sample(1, 1);
                    }
                },
                List.of(RunException.class));
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** What a stranger might make: any content, with the right SHA-256. */
    private static byte[] sign(byte[] body) {
        try {
            byte[] signed = Arrays.copyOf(body, body.length + DIGEST_BYTES);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            System.arraycopy(digest, 0, signed, body.length, DIGEST_BYTES);
            return signed;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

package org.mirage4j.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class CheckpointStoreTest {
    private final Path folder;
    private final CheckpointStore store;

    CheckpointStoreTest(@TempDir Path folder) {
        this.folder = folder;
        store = new CheckpointStore(folder, 2);
    }

    private Path save(long iteration, double score) {
        return store.save(iteration, score, to -> to.json("state", Map.of("iteration", iteration)));
    }

    private Path small() {
        return store.save(7, 0.5, to -> {
            to.bytes("raw", new byte[] {1, 2, 3});
            to.array("w", Nd4j.createFromArray(1f, 2f));
        });
    }

    @Test
    void entriesComeBackBitForBit() {
        float[] floats = {0f, -0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, 0.1f};
        INDArray parameters = Nd4j.createFromArray(floats).reshape(2, 3);
        // More than one chunk, not in C order, and a view into a larger buffer.
        INDArray large =
                Nd4j.rand(DataType.DOUBLE, 301, 211).dup('f').get(NDArrayIndex.interval(1, 300), NDArrayIndex.all());
        INDArray largeFloat = large.castTo(DataType.FLOAT);
        Path file = store.save(123, 0.75, to -> {
            to.array("g.params", parameters);
            to.array("g.updater", large);
            to.array("flat", largeFloat);
            to.array("scalar", Nd4j.scalar(3.5f));
            to.bytes("raw", new byte[] {0, -1, 127});
            to.bytes("empty", new byte[0]);
            to.json("state", Map.of("epoch", 3, "seed", Long.MAX_VALUE, "rate", 0.1));
        });

        Checkpoint read = Checkpoint.read(file);

        assertThat(read.iteration()).isEqualTo(123);
        assertThat(read.score()).isEqualTo(0.75);
        assertThat(read.names()).containsExactly("g.params", "g.updater", "flat", "scalar", "raw", "empty", "state");
        assertThat(read.array("g.params").shape()).containsExactly(2, 3);
        assertThat(read.array("g.params").dataType()).isEqualTo(DataType.FLOAT);
        assertThat(read.array("g.params").data().asFloat()).containsExactly(floats);
        assertThat(read.array("g.updater")).isEqualTo(large);
        assertThat(read.array("g.updater").dup('c').data().asDouble())
                .containsExactly(large.dup('c').data().asDouble());
        assertThat(read.array("flat").data().asFloat())
                .containsExactly(largeFloat.dup('c').data().asFloat());
        assertThat(read.array("scalar").rank()).isZero();
        assertThat(read.array("scalar").getFloat(0)).isEqualTo(3.5f);
        assertThat(read.bytes("raw")).containsExactly(0, -1, 127);
        assertThat(read.bytes("empty")).isEmpty();
        assertThat(read.json("state")).isEqualTo(Map.of("epoch", 3, "seed", Long.MAX_VALUE, "rate", 0.1));
    }

    @Test
    void writingLeavesTheArrayUsable() {
        INDArray array = Nd4j.createFromArray(1f, 2f);
        store.save(1, Double.NaN, to -> to.array("a", array));
        assertThat(array.sumNumber().floatValue()).isEqualTo(3f);
    }

    @Test
    void sameContentIsTheSameFile() throws IOException {
        byte[] first = Files.readAllBytes(small());
        assertThat(Files.readAllBytes(small())).isEqualTo(first);
    }

    @Test
    void orderOfAMapIsNoPartOfTheContent() throws IOException {
        Map<String, Integer> forwards = new LinkedHashMap<>();
        Map<String, Integer> backwards = new LinkedHashMap<>();
        for (int i = 0; i < 9; i++) {
            forwards.put("key" + i, i);
            backwards.put("key" + (8 - i), 8 - i);
        }
        byte[] first = Files.readAllBytes(store.save(1, 0, to -> to.json("state", forwards)));
        assertThat(Files.readAllBytes(store.save(1, 0, to -> to.json("state", backwards))))
                .isEqualTo(first);
    }

    @Test
    void everyTruncationIsRefusedAndTheOneBeforeIsTaken() throws IOException {
        save(5, Double.NaN);
        Path file = small();
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Checkpoint.read(file))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage("checkpoint " + file + " is damaged: it is cut short");
            if (length % 16 == 0) {
                assertThat(store.latest().orElseThrow().iteration()).isEqualTo(5);
            }
        }
    }

    @Test
    void everyFlippedBitIsRefused() throws IOException {
        Path file = small();
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, flipped);
            assertThatThrownBy(() -> Checkpoint.read(file))
                    .as("bit %d", bit)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith("checkpoint " + file + " is damaged: ");
        }
        assertThatThrownBy(store::latest)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("every checkpoint in " + folder + " is damaged");
        assertThat(store.best()).isEmpty();
    }

    @Test
    void trailingBytesAreRefused() throws IOException {
        Path file = small();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageEndingWith("bytes follow its end");
    }

    @Test
    void latestFallsBackToTheNewestWholeOne() throws IOException {
        save(10, Double.NaN);
        Path newest = save(20, Double.NaN);
        assertThat(store.latest().orElseThrow().iteration()).isEqualTo(20);

        Files.write(newest, new byte[100]);
        assertThat(store.latest().orElseThrow().iteration()).isEqualTo(10);
    }

    @Test
    void lastFewAndTheBestAreKept() {
        save(10, 3);
        save(20, 1);
        save(30, 2);
        save(40, Double.NaN);
        save(50, 4);
        save(60, 5);

        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder(
                        "iteration-0000000020.ckpt", "iteration-0000000050.ckpt", "iteration-0000000060.ckpt");
        assertThat(store.best().orElseThrow().iteration()).isEqualTo(20);
        assertThat(store.latest().orElseThrow().iteration()).isEqualTo(60);
    }

    @Test
    void damagedBestGivesWayToTheNextBest() throws IOException {
        Path best = save(10, 1);
        save(20, 3);
        save(30, 2);
        byte[] bytes = Files.readAllBytes(best);
        bytes[bytes.length - 1] ^= 1;
        Files.write(best, bytes);
        assertThat(store.best().orElseThrow().iteration()).isEqualTo(30);
    }

    @Test
    void futureThatWasNotToBeAndLeftoversOfAKillAreCleared() throws IOException {
        save(10, Double.NaN);
        Files.write(save(20, Double.NaN), new byte[1]);
        Files.write(folder.resolve(".iteration-0000000030.ckpt.1234.tmp"), new byte[9]);
        Files.writeString(folder.resolve("notes.txt"), "mine");

        save(15, Double.NaN);

        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("iteration-0000000010.ckpt", "iteration-0000000015.ckpt", "notes.txt");
    }

    @Test
    void failedWriteLeavesThePreviousOneAlone() {
        save(10, Double.NaN);
        assertThatThrownBy(() -> store.save(10, Double.NaN, to -> {
                    to.bytes("a", new byte[1 << 18]);
                    throw new IOException("disk full");
                }))
                .isInstanceOf(MirageException.class)
                .hasMessageEndingWith("disk full");
        assertThat(folder.toFile().list()).containsExactly("iteration-0000000010.ckpt");
        assertThat(store.latest().orElseThrow().json("state")).isEqualTo(Map.of("iteration", 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../a", "/a", "a/b", "a\\b", ".a", "a b", "a\u0000", "ü"})
    void entryNamesThatCouldClimbOutAreNeitherWrittenNorRead(String name) throws IOException {
        assertThatThrownBy(() -> store.save(1, Double.NaN, to -> to.bytes(name, new byte[0])))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("checkpoint entry name \"" + name + "\" is not allowed");
        assertThat(folder).isEmptyDirectory();

        if (!name.isEmpty()) {
            assertThatThrownBy(() -> Checkpoint.read(forged(name, 0, new byte[0])))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageEndingWith("an entry has a name that is not allowed");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Integer.MAX_VALUE, -1, 1 << 30})
    void entryThatClaimsMoreThanTheFileHoldsIsRefusedBeforeAnythingIsAllocated(long claimed) throws IOException {
        Path file = forged("a", claimed, new byte[10]);
        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("checkpoint " + file + " is damaged: entry \"a\" claims " + claimed + " bytes in a file of "
                        + Files.size(file));
    }

    @Test
    void arrayWhoseShapeDoesNotFitItsBytesIsRefused() throws IOException {
        byte[][] contents = {
            {},
            {4},
            {3, 0, 0, 0, 0, 0},
            {4, -1},
            {4, 9},
            {4, 1, 0, 0},
            array(4, 1, 2),
            array(4, 2, 1L << 62, 8),
            array(4, 2, -1, -1),
            array(8, 1, 0),
        };
        for (byte[] content : contents) {
            Path file = forged("a", content.length, content);
            assertThatThrownBy(() -> Checkpoint.read(file).array("a"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage("checkpoint " + file + ", entry \"a\" is not an array");
        }
    }

    @Test
    void wrongUseIsNamed() throws IOException {
        assertThatThrownBy(() -> new CheckpointStore(folder, 0))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("number of checkpoints to keep must be at least 1, but is 0");
        assertThatThrownBy(() -> save(-1, 0)).isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> store.save(1, 0, to -> to.array("ints", Nd4j.createFromArray(1, 2))))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("checkpoint entry \"ints\" has type INT, allowed are FLOAT and DOUBLE");
        assertThatThrownBy(() -> store.save(1, 0, to -> {
                    to.bytes("a", new byte[0]);
                    to.bytes("a", new byte[0]);
                }))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("checkpoint entry \"a\" was written twice");

        Path file = small();
        Checkpoint checkpoint = Checkpoint.read(file);
        assertThatThrownBy(() -> checkpoint.bytes("params"))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("checkpoint " + file + " has no entry \"params\", but raw, w");
        assertThatThrownBy(() -> checkpoint.json("raw"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("checkpoint " + file + ", entry \"raw\": not valid JSON");
        Path other = Files.writeString(folder.resolve("x.ckpt"), "some other kind of file altogether");
        assertThatThrownBy(() -> Checkpoint.read(other))
                .isInstanceOf(CheckpointException.class)
                .hasMessageEndingWith("it does not begin with the word mirage4j, so it is no checkpoint");
        assertThatThrownBy(() -> Checkpoint.read(folder.resolve("none.ckpt")))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("cannot read the checkpoint " + folder.resolve("none.ckpt") + ": not found");
    }

    private static byte[] array(int elementBytes, int rank, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(2 + Long.BYTES * shape.length + 4);
        bytes.put((byte) elementBytes).put((byte) rank);
        Arrays.stream(shape).forEach(bytes::putLong);
        return bytes.array();
    }

    /** What a stranger might make: one entry as given, and the right SHA-256. */
    private Path forged(String name, long claimed, byte[] content) throws IOException {
        byte[] nameBytes = name.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer file = ByteBuffer.allocate(8 + 4 + 8 + 8 + 1 + nameBytes.length + 8 + content.length + 1);
        file.put("mirage4j".getBytes(StandardCharsets.US_ASCII))
                .putInt(1)
                .putLong(1)
                .putDouble(0);
        file.put((byte) nameBytes.length)
                .put(nameBytes)
                .putLong(claimed)
                .put(content)
                .put((byte) 0);
        Path path = folder.resolve("forged.ckpt");
        try {
            Files.write(path, file.array());
            Files.write(path, MessageDigest.getInstance("SHA-256").digest(file.array()), StandardOpenOption.APPEND);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return path;
    }
}

package org.mirage4j.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** Whatever a file holds, its reader returns or throws its own exception with one line to print. */
class HostileFilesTest {
    private static final int INPUTS = 2_000;
    private static final int DIGEST_BYTES = 32;

    private final Path folder;

    HostileFilesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void manifestAndConfiguration() throws IOException {
        Path run = folder.resolve("run");
        RunDirectory.create(
                run,
                Manifest.start("gan", 1, "digits", "sha256:00", Map.of("threads", "2")),
                Map.of("rate", 1e-4, "layers", Map.of("a", 1)));
        for (String name : new String[] {"manifest.json", "config.json"}) {
            Path file = run.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < INPUTS; i++) {
                Files.write(file, mutate(whole, random));
                check(i, RunException.class, () -> RunDirectory.open(run));
            }
            Files.write(file, whole);
        }
    }

    @Test
    void metrics() throws IOException {
        Path file = folder.resolve("metrics.csv");
        byte[] whole = "iteration,loss\n100,0.25\n200,NaN\n300,-1.5E-3\n".getBytes(StandardCharsets.UTF_8);
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < INPUTS; i++) {
            Files.write(file, mutate(whole, random));
            check(i, MetricsException.class, () -> MetricsTable.read(file));
        }
    }

    @Test
    void checkpointsWithTheRightDigest() throws IOException {
        Path file = new CheckpointStore(folder, 1).save(1, 0, to -> {
            to.json("state", Map.of("epoch", 1));
            to.array("w", Nd4j.createFromArray(1f, 2f).reshape(1, 2));
        });
        byte[] whole = Files.readAllBytes(file);
        byte[] body = Arrays.copyOf(whole, whole.length - DIGEST_BYTES);
        SplittableRandom random = new SplittableRandom(3);
        int read = 0;
        for (int i = 0; i < INPUTS; i++) {
            byte[] mutated = mutate(body, random);
            byte[] signed = Arrays.copyOf(mutated, mutated.length + DIGEST_BYTES);
            System.arraycopy(sha256(mutated), 0, signed, mutated.length, DIGEST_BYTES);
            Files.write(file, signed);
            try {
                Checkpoint checkpoint = Checkpoint.read(file);
                read++;
                for (String name : checkpoint.names()) {
                    check(i, CheckpointException.class, () -> checkpoint.array(name));
                    check(i, CheckpointException.class, () -> checkpoint.json(name));
                }
            } catch (CheckpointException e) {
                assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
            }
        }
        assertThat(read).as("inputs that reach the entries").isGreaterThan(INPUTS / 10);
    }

    private static void check(int input, Class<? extends Throwable> declared, ThrowingCallable reader) {
        assertThatCode(reader)
                .as("input %d", input)
                .satisfiesAnyOf(thrown -> assertThat(thrown).isNull(), thrown -> assertThat(thrown)
                        .isInstanceOf(declared)
                        .message()
                        .isNotBlank()
                        .doesNotContain("\n"));
    }

    private static byte[] mutate(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 3 -> System.arraycopy(bytes, 0, bytes, at, Math.min(at, bytes.length - at));
                default ->
                    Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) (random.nextBoolean() ? -1 : 0));
            }
        }
        return bytes;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

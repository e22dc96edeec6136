package org.mirage4j.examples.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Whatever a file holds, its reader reads it or says in one sentence why not. */
class HostileFilesTest {
    private static final int INPUTS = 2_000;
    private static final int MANY_INPUTS = 200_000;

    @TempDir
    private Path folder;

    static List<String> readers() {
        return Readers.NAMES;
    }

    @ParameterizedTest
    @MethodSource("readers")
    void readersSurviveDamagedFiles(String name) {
        attack(name, 1, INPUTS);
    }

    /** For an hour or two: {@code mvn test -pl examples -am -Dtest=HostileFilesTest -Dsurefire.groups=long ...}. */
    @Tag("long")
    @ParameterizedTest
    @MethodSource("readers")
    void readersSurviveManyDamagedFiles(String name) {
        attack(name, 2, MANY_INPUTS);
    }

    private void attack(String name, long seed, int inputs) {
        Nd4j.zeros(DataType.FLOAT, 1); // what loading the library allocates is not the reader's
        Reader reader = Readers.create(name, folder.resolve(name));
        for (byte[] good : reader.seeds()) {
            reader.accepts(good);
        }
        assertThat(reader.accepts(reader.seeds().get(0))).as("good input").isTrue();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < inputs; i++) {
            byte[] good = reader.seeds().get(random.nextInt(reader.seeds().size()));
            byte[] input = Mutation.of(good, random);
            try {
                reader.accepts(input);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", input " + i + ": " + e.getMessage(), e);
            }
        }
    }
}

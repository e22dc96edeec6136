package org.mirage4j.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stranger.Tripwire;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {
    private static final String CONFIGURATION = "configuration.json";
    private static final String COEFFICIENTS = "coefficients.bin";
    private static final String IDENTITY = "org.nd4j.linalg.activations.impl.ActivationIdentity";

    @TempDir
    private Path folder;

    private Path model = Path.of("");

    @BeforeEach
    void saveModel() throws IOException {
        model = folder.resolve("model.zip");
        try (Network network =
                NetworkBuilder.vectors(3).dense(4).leakyRelu(0.2).dense(2).build(1)) {
            network.save(model.toFile());
        }
    }

    /** The model with one entry changed, or added where there was none. */
    private Path with(String name, UnaryOperator<byte[]> change) throws IOException {
        Path changed = folder.resolve("changed.zip");
        try (ZipFile zip = new ZipFile(model.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(changed))) {
            for (ZipEntry old : zip.stream().toList()) {
                byte[] content = zip.getInputStream(old).readAllBytes();
                out.putNextEntry(new ZipEntry(old.getName()));
                out.write(old.getName().equals(name) ? change.apply(content) : content);
            }
            if (zip.getEntry(name) == null) {
                out.putNextEntry(new ZipEntry(name));
                out.write(change.apply(new byte[0]));
            }
        }
        return changed;
    }

    private Path withText(String from, String to) throws IOException {
        return with(CONFIGURATION, json -> {
            String text = new String(json, StandardCharsets.UTF_8);
            assertThat(text).contains(from);
            return text.replace(from, to).getBytes(StandardCharsets.UTF_8);
        });
    }

    private void assertRefused(Path file, String... parts) {
        assertThatThrownBy(() -> ModelFile.read(file, List.of()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(String.valueOf(file.getFileName()))
                .hasMessageNotContaining("\n")
                .message()
                .satisfies(message -> assertThat(List.of(parts)).allMatch(message::contains));
    }

    @Test
    void classOutsideTheListRunsOnlyForACallerWhoTrustsIt() throws IOException {
        Path changed = withText(IDENTITY, Tripwire.class.getName());
        assertRefused(changed, "com.stranger.Tripwire", "allowed");
        assertThat(System.getProperty(Tripwire.TRACE)).isNull();
        ComputationGraph graph = ModelFile.read(changed, List.of(Tripwire.class));
        assertThat(graph.numParams()).isEqualTo(26);
        assertThat(System.getProperty(Tripwire.TRACE)).isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.lang.Runtime",
                "javax.swing.JEditorPane",
                "org.springframework.context.support.ClassPathXmlApplicationContext",
                "org.nd4j.linalg.activations.impl.NoSuchThing",
                "org.deeplearning4j.nn.conf.NeuralNetConfiguration$Builder",
                "org.mirage4j.core.network.Network",
                "[Lorg.nd4j.linalg.activations.impl.ActivationIdentity;",
                "org.nd4j.linalg.activations.impl.ActivationIdentity<java.lang.Runtime>"
            })
    void nothingButPartsOfNetworksMayBeNamed(String name) throws IOException {
        assertRefused(withText(IDENTITY, name), "names the class", "allowed");
    }

    @Test
    void classNamedTwiceIsRefusedBecauseReadersDisagreeOnWhichCounts() throws IOException {
        assertRefused(
                withText(
                        "\"@class\" : \"" + IDENTITY, "\"@class\" : \"java.lang.Runtime\", \"@class\" : \"" + IDENTITY),
                "not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2147483647", "4611686018427387904", "-4", "0", "5", "\"four\"", "1e9"})
    void networkOfAnotherSizeThanItsParametersIsNotBuilt(String units) throws IOException {
        assertRefused(withText("\"nout\" : 4", "\"nout\" : " + units));
    }

    @Test
    void entriesThatClimbOutOfTheFolderAreNeverWritten() throws IOException {
        Path outside = folder.resolve("outside");
        Path changed = with("../outside", nothing -> new byte[] {1});
        assertThat(ModelFile.read(changed, List.of()).numParams()).isEqualTo(26);
        assertThat(outside).doesNotExist();
    }

    @Test
    void bombIsDefusedByTheFilesRealSize() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        int count = 25 << 20;
        out.writeUTF("MIXED_DATA_TYPES");
        out.writeLong(6);
        out.writeUTF("LONG");
        for (long value : new long[] {1, count, 1, 0, 1, 'c'}) {
            out.writeLong(value);
        }
        out.writeUTF("MIXED_DATA_TYPES");
        out.writeLong(count);
        out.writeUTF("FLOAT");
        out.write(new byte[4 * count]);
        Path bomb = with(COEFFICIENTS, nothing -> bytes.toByteArray());
        assertThat(Files.size(bomb)).isLessThan(200_000);
        assertRefused(bomb, "claims 104857600 bytes", "file of " + Files.size(bomb));
    }

    @Test
    void configurationWithoutEndIsRefused() throws IOException {
        assertRefused(with(CONFIGURATION, json -> new byte[17 << 20]), "16 MB");
        String deep = "{\"vertices\" : " + "[".repeat(200) + "]".repeat(200) + "}";
        assertRefused(with(CONFIGURATION, json -> deep.getBytes(StandardCharsets.UTF_8)), "not valid JSON");
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(model);
        Path cut = folder.resolve("cut.zip");
        for (int length = 0; length < whole.length; length += 41) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertRefused(cut);
        }
    }

    @Test
    void otherThingsThanGraphsAreNamed() throws IOException {
        assertRefused(with(CONFIGURATION, json -> "{\"confs\" : []}".getBytes(StandardCharsets.UTF_8)), "vertices");
        assertRefused(Files.writeString(folder.resolve("text.zip"), "hello"), "no zip file");
        assertRefused(folder.resolve("gone.zip"), "does not exist");
    }
}

package org.mirage4j.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.MirageException;

class RunDirectoryTest {
    private static final Manifest MANIFEST = Manifest.start(
            "gan", -42L, "synthetic-digits", "sha256:00ff", Map.of("backend", "nd4j-native", "threads", "2"));

    private final Path folder;

    RunDirectoryTest(@TempDir Path temp) {
        folder = temp.resolve("runs").resolve("a");
    }

    private RunDirectory create() {
        return RunDirectory.create(folder, MANIFEST, Map.of("batch", 64));
    }

    @Test
    void runComesBackAsItWasCreatedEvenAfterAMove() throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("arch", "dcgan");
        config.put("batch", 64);
        config.put("learning-rate-g", 2e-4);
        config.put("seed", Long.MIN_VALUE);
        config.put("smooth", true);
        config.put("layers", List.of(128, 256));
        RunDirectory created = RunDirectory.create(folder, MANIFEST, config);
        Path moved = folder.resolveSibling("b");
        Files.move(folder, moved);

        RunDirectory opened = RunDirectory.open(moved);

        assertThat(opened.manifest()).isEqualTo(MANIFEST).isEqualTo(created.manifest());
        assertThat(opened.config()).isEqualTo(config).isEqualTo(created.config());
        assertThat(opened.config().keySet()).containsExactlyElementsOf(config.keySet());
        assertThat(opened.manifest().environment().keySet())
                .containsExactlyElementsOf(MANIFEST.environment().keySet());
        assertThat(opened.metrics()).isEqualTo(moved.resolve("metrics.csv"));
    }

    @Test
    void everyArtefactStaysInsideTheFolder() {
        RunDirectory run = create();
        assertThat(List.of(
                        run.metrics(),
                        run.checkpoints(),
                        run.samples(),
                        run.sample("0001"),
                        run.plot("loss"),
                        run.animation(),
                        run.report()))
                .allSatisfy(path -> assertThat(path.normalize()).startsWithRaw(folder))
                .allSatisfy(path -> assertThat(path.getParent()).isDirectory());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../x", "a/b", "a\\b", ".hidden", "a b", "ä"})
    void pictureNamesThatCouldClimbOutAreRefused(String name) {
        RunDirectory run = create();
        assertThatThrownBy(() -> run.sample(name))
                .isInstanceOf(RunException.class)
                .hasMessageStartingWith("picture name \"" + name + "\" cannot be a file name");
        assertThatThrownBy(() -> run.plot(name)).isInstanceOf(RunException.class);
    }

    @Test
    void emptyFolderBecomesARun() throws IOException {
        Files.createDirectories(folder);
        assertThat(create().folder()).isEqualTo(folder);
        assertThat(RunDirectory.open(folder).manifest()).isEqualTo(MANIFEST);
    }

    @Test
    void existingRunIsNotOverwritten() {
        create();
        assertThatThrownBy(this::create)
                .isInstanceOf(RunException.class)
                .hasMessage(
                        "output folder " + folder + " already holds a run: resume it, or choose a new or empty folder");
    }

    @Test
    void foreignFolderIsRefusedAndLeftAsItWas() throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("thesis.txt"), "years");
        assertThatThrownBy(this::create)
                .isInstanceOf(RunException.class)
                .hasMessage("output folder " + folder
                        + " exists, is not a run and holds thesis.txt: choose a new or empty folder");
        assertThat(folder.toFile().list()).containsExactly("thesis.txt");
    }

    @Test
    void fileInPlaceOfTheFolderIsRefused() throws IOException {
        Files.createDirectories(folder.getParent());
        Files.writeString(folder, "");
        assertThatThrownBy(this::create)
                .isInstanceOf(RunException.class)
                .hasMessage("output folder " + folder + " is a file, but must be a new or empty folder");
        assertThatThrownBy(() -> RunDirectory.open(folder))
                .isInstanceOf(RunException.class)
                .hasMessage("run folder " + folder + " is a file, but must be a folder");
    }

    @Test
    void runThatCannotBeCreatedLeavesNothing() {
        // A bean without properties is something JSON cannot hold.
        assertThatThrownBy(() -> RunDirectory.create(folder, MANIFEST, Map.of("batch", new Object())))
                .isInstanceOf(MirageException.class);
        assertThat(folder).doesNotExist();
    }

    @Test
    void folderThatIsNotARunIsRefused() throws IOException {
        assertThatThrownBy(() -> RunDirectory.open(folder))
                .isInstanceOf(RunException.class)
                .hasMessage("run folder " + folder + " does not exist");
        Files.createDirectories(folder);
        assertThatThrownBy(() -> RunDirectory.open(folder))
                .isInstanceOf(RunException.class)
                .hasMessage("folder " + folder + " is not a run: it holds no manifest.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "checkpoints", "samples", "plots"})
    void missingPartIsNamed(String part) throws IOException {
        create();
        Files.delete(folder.resolve(part));
        assertThatThrownBy(() -> RunDirectory.open(folder))
                .isInstanceOf(RunException.class)
                .hasMessageStartingWith("run folder " + folder + " is damaged: ")
                .hasMessageEndingWith(part + " is missing");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "\"mirage4jRun\" : 1 | \"mirage4jRun\" : 2 | format version 2, but this version of mirage4j reads 1",
                "\"mirage4jRun\" : 1 | \"other\" : 1 | \"mirage4jRun\" is missing",
                "\"seed\" : -42 | \"seed\" : 1e400 | \"seed\" must be a 64-bit integer, but is",
                "\"seed\" : -42 | \"seed\" : 9223372036854775808 | \"seed\" must be a 64-bit integer, but is",
                "\"seed\" : -42 | \"seed\" : \"-42\" | \"seed\" must be a 64-bit integer, but is \"-42\"",
                "\"seed\" : -42 | \"kind\" : \"gan\" | not valid JSON at line",
                "\"running\" | \"jogging\" | \"status\" is \"jogging\", allowed are running, finished, stopped and failed",
                "\"running\" | \"ru\\n\" | \"status\" is \"ru\\n\", allowed are running",
                "\"updated\" : \"2 | \"updated\" : \"\\n2 | \"updated\" must be a time like 2026-01-31T12:00:00Z, but is \"\\n2",
                "\"kind\" : \"gan\" | \"kind\" : null | \"kind\" must be text, but is null",
                "\"threads\" : \"2\" | \"threads\" : 2 | \"threads\" must be text, but is 2",
                "\"data\" : { | \"data\" : 7, \"x\" : { | \"data\" must be a JSON object, but is 7",
                "\"updated\" : \"2 | \"updated\" : \"x2 | \"updated\" must be a time like",
            })
    void damagedManifestIsNamedWithWhatIsWrong(String from, String to, String message) throws IOException {
        create();
        Path manifest = folder.resolve("manifest.json");
        String text = Files.readString(manifest);
        assertThat(text).contains(from);
        Files.writeString(manifest, text.replace(from, to));
        assertThatThrownBy(() -> RunDirectory.open(folder))
                .isInstanceOf(RunException.class)
                .hasMessageStartingWith("run folder " + folder + " is damaged: manifest.json: " + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[1]", "{", "{} {}", "{\"a\":1,\"a\":2}", "null", "\u0000"})
    void fileThatIsNotOneJsonObjectIsRefused(String text) throws IOException {
        create();
        Files.writeString(folder.resolve("config.json"), text);
        assertThatThrownBy(() -> RunDirectory.open(folder))
                .isInstanceOf(RunException.class)
                .hasMessageStartingWith("run folder " + folder + " is damaged: config.json: ");
        Files.writeString(folder.resolve("manifest.json"), text);
        assertThatThrownBy(() -> RunDirectory.open(folder))
                .isInstanceOf(RunException.class)
                .hasMessageStartingWith("run folder " + folder + " is damaged: manifest.json: ");
    }

    @Test
    void everyTruncatedManifestIsRefused() throws IOException {
        create();
        Path manifest = folder.resolve("manifest.json");
        byte[] whole = Files.readAllBytes(manifest);
        for (int length = 0; length < whole.length; length++) {
            Files.write(manifest, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> RunDirectory.open(folder)).isInstanceOf(RunException.class);
        }
    }

    @Test
    void hugeOrDeepJsonIsRefused() throws IOException {
        create();
        Files.writeString(folder.resolve("config.json"), "{\"a\":" + "[".repeat(100_000));
        assertThatThrownBy(() -> RunDirectory.open(folder)).isInstanceOf(RunException.class);
        Files.writeString(folder.resolve("config.json"), " ".repeat(5 << 20));
        assertThatThrownBy(() -> RunDirectory.open(folder))
                .isInstanceOf(RunException.class)
                .hasMessageEndingWith("larger than the 4 MB allowed");
    }

    @Test
    void statusAndOptionsCanChange() {
        RunDirectory run = create();
        run.update(run.manifest().withStatus(Manifest.Status.FINISHED));
        run.configure(Map.of("iterations", 2000));

        RunDirectory opened = RunDirectory.open(folder);
        assertThat(opened.manifest().status()).isEqualTo(Manifest.Status.FINISHED);
        assertThat(opened.manifest().created()).isEqualTo(MANIFEST.created());
        assertThat(opened.config()).isEqualTo(Map.of("iterations", 2000)).isEqualTo(run.config());
    }

    @Test
    void manifestOfAnUnpackagedBuildSaysDevelopment() {
        assertThat(MANIFEST.codeVersion()).isEqualTo("development");
        assertThat(MANIFEST.status()).isEqualTo(Manifest.Status.RUNNING);
    }

    @Test
    void failureIsRecordedUntilTheRunGoesOn() {
        RunDirectory run = create();
        run.recordFailure(new MirageException("the loss became NaN"));
        assertThat(RunDirectory.open(folder).manifest().status()).isEqualTo(Manifest.Status.FAILED);
        assertThat(RunDirectory.open(folder).manifest().failure()).isEqualTo("the loss became NaN");
        run.recordFailure(new OutOfMemoryError("Java heap space"));
        assertThat(RunDirectory.open(folder).manifest().failure()).isEqualTo("OutOfMemoryError: Java heap space");
        run.recordFailure(new StackOverflowError());
        assertThat(RunDirectory.open(folder).manifest().failure()).isEqualTo("StackOverflowError");
        run.update(run.manifest().withStatus(Manifest.Status.RUNNING));
        assertThat(RunDirectory.open(folder).manifest().failure()).isEmpty();
    }

    @Test
    void failureThatCannotBeRecordedStaysTheOneToReport() throws IOException {
        RunDirectory run = create();
        Files.move(folder, folder.resolveSibling("gone"));
        AssertionError first = new AssertionError("first");
        run.recordFailure(first);
        assertThat(first.getSuppressed()).singleElement().isInstanceOf(MirageException.class);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "manifest.json | \"seed\" : -42 | \"seed\" : 42",
                "manifest.json | sha256:00ff | sha256:00fe",
                "manifest.json | \"kind\" : \"gan\" | \"kind\" : \"classifier\"",
                "manifest.json | \"threads\" : \"2\" | \"threads\" : \"1\"",
                "config.json | \"batch\" : 64 | \"batch\" : 65",
                "config.json | \"batch\" : 64 | \"batch\" : 64, \"rate\" : 1",
                "config.json | \"batch\" : 64 | \"batch\" : \"64\"",
            })
    void editedFileIsNoticed(String file, String from, String to) throws IOException {
        create().close();
        Path edited = folder.resolve(file);
        String text = Files.readString(edited);
        assertThat(text).contains(from);
        Files.writeString(edited, text.replace(from, to));
        for (ThrowingCallable opening :
                List.<ThrowingCallable>of(() -> RunDirectory.open(folder), () -> RunDirectory.resume(folder))) {
            assertThatThrownBy(opening)
                    .isInstanceOf(RunException.class)
                    .hasMessageStartingWith("run folder " + folder + " is damaged: " + file
                            + ": it was changed since the run wrote it; put back what it said");
        }
        Files.writeString(edited, text.replace("\n", "").replace(" : ", ":"));
        assertThat(RunDirectory.open(folder).manifest()).isEqualTo(MANIFEST); // only written otherwise
        assertThat(RunDirectory.open(folder).config()).isEqualTo(Map.of("batch", 64));
    }

    @Test
    void namesInAnotherOrderSayTheSame() throws IOException {
        create().close();
        Path manifest = folder.resolve("manifest.json");
        String text = Files.readString(manifest);
        String seed = "  \"seed\" : -42,\n";
        assertThat(text).contains(seed);
        Files.writeString(manifest, text.replace(seed, "").replaceFirst("\n", "\n" + seed));
        assertThat(manifest).content().isNotEqualTo(text);
        assertThat(RunDirectory.open(folder).manifest()).isEqualTo(MANIFEST);
    }

    @Test
    void folderOfAVersionWithoutChecksumsStillOpens() throws IOException {
        create().close();
        for (String file : List.of("manifest.json", "config.json")) {
            String text = Files.readString(folder.resolve(file));
            Files.writeString(folder.resolve(file), text.replaceAll(",\\s*\"checksum\" : \"[0-9a-f]{64}\"", ""));
            assertThat(folder.resolve(file)).content().doesNotContain("checksum");
        }
        assertThat(RunDirectory.open(folder).manifest()).isEqualTo(MANIFEST);
        try (RunDirectory run = RunDirectory.resume(folder)) {
            run.update(run.manifest().withStatus(Manifest.Status.STOPPED));
        }
        assertThat(RunDirectory.open(folder).config()).isEqualTo(Map.of("batch", 64));
    }

    @Test
    void temporaryFilesOfAKilledProcessGoWhenTheRunGoesOn() throws IOException {
        create().close();
        Path inner = folder.resolve("gan-seed-1");
        RunDirectory live = RunDirectory.create(inner, MANIFEST, Map.of());
        String temporary = ".report.html.0b0b0b0b-1c1c-2d2d-3e3e-4f4f4f4f4f4f.tmp";
        Files.createDirectory(folder.resolve("model"));
        List<Path> left = List.of(
                folder.resolve(temporary),
                folder.resolve("model").resolve(temporary),
                folder.resolve("plots").resolve(temporary));
        List<Path> others =
                List.of(inner.resolve(temporary), folder.resolve(".keep.tmp"), folder.resolve("plots/notes.tmp"));
        for (Path file : left) {
            Files.writeString(file, "half");
        }
        for (Path file : others) {
            Files.writeString(file, "whole");
        }
        RunDirectory.open(folder);
        assertThat(left).allSatisfy(file -> assertThat(file).exists()); // a reader may meet a writer
        RunDirectory.resume(folder).close();
        assertThat(left).allSatisfy(file -> assertThat(file).doesNotExist());
        assertThat(others).allSatisfy(file -> assertThat(file).exists());
        live.close();
        RunDirectory.resume(inner).close();
        assertThat(inner.resolve(temporary)).doesNotExist();
    }

    @Test
    void folderOfARunThatWasKilledWhileItWasCreatedCanBeUsedAgain() throws IOException {
        create().close();
        Files.delete(folder.resolve("manifest.json"));
        Files.writeString(folder.resolve(".manifest.json.0b0b0b0b-1c1c-2d2d-3e3e-4f4f4f4f4f4f.tmp"), "{");
        create().close();
        assertThat(RunDirectory.open(folder).manifest()).isEqualTo(MANIFEST);
        assertThat(folder.toFile().list((at, name) -> name.endsWith(".tmp"))).isEmpty();
        Files.delete(folder.resolve("manifest.json"));
        Files.writeString(folder.resolve("checkpoints/iteration-0000000001.ckpt"), "work");
        assertThatThrownBy(this::create).hasMessageContaining("is not a run and holds checkpoints");
    }

    @Test
    void runThatCouldNotBeginLeavesNothing() {
        RunDirectory run = create();
        run.discard();
        assertThat(folder).doesNotExist();
        create().close();
    }
}

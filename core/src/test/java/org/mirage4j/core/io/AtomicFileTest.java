package org.mirage4j.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;

class AtomicFileTest {
    private final Path folder;

    AtomicFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void replacesTheContentAndLeavesNothingBeside() throws IOException {
        Path target = folder.resolve("a.txt");
        Files.writeString(target, "old and longer");

        AtomicFile.write(target, out -> out.write("new".getBytes(StandardCharsets.UTF_8)));

        assertThat(target).hasContent("new");
        assertThat(folder).isDirectoryContaining(target::equals).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void failingBodyLeavesTheOldContent() throws IOException {
        Path target = folder.resolve("a.txt");
        Files.writeString(target, "old");

        assertThatThrownBy(() -> AtomicFile.write(target, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("disk full");
                }))
                .isInstanceOf(MirageException.class)
                .hasMessage("cannot write %s: disk full", target);

        assertThat(target).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("a.txt");
    }

    @Test
    void bodyMayCloseTheStreamAndTheFileIsStillSynced() {
        Path target = folder.resolve("a.bin");

        AtomicFile.write(target, out -> {
            out.write(7);
            out.close();
        });

        assertThat(target).hasBinaryContent(new byte[] {7});
    }

    @Test
    void missingFolderIsNamed() {
        Path missing = folder.resolve("missing");

        assertThatThrownBy(() -> AtomicFile.write(missing.resolve("a.txt"), out -> {}))
                .isInstanceOf(MirageException.class)
                .hasMessage("cannot write %s: the folder %s does not exist", missing.resolve("a.txt"), missing);
    }

    @Test
    void folderAsTargetIsRefused() {
        assertThatThrownBy(() -> AtomicFile.write(folder, out -> {}))
                .isInstanceOf(MirageException.class)
                .hasMessageContaining("it is a folder");
    }

    @Test
    void interruptedThreadWritesAndStaysInterrupted() {
        Path target = folder.resolve("a.bin");
        Thread.currentThread().interrupt();

        AtomicFile.write(target, out -> {
            out.write(new byte[1 << 20]);
            Thread.currentThread().interrupt();
            out.write(7);
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(target).hasSize((1 << 20) + 1);
        assertThat(folder.toFile().list()).containsExactly("a.bin");
    }

    @Test
    void temporaryFilesAreKnownByTheirNames() {
        AtomicFile.write(
                folder.resolve("a.b"),
                out -> assertThat(folder.toFile().list()).singleElement().satisfies(name -> assertThat(
                                AtomicFile.isTemporary(folder.resolve(name)))
                        .isTrue()));
        assertThat(AtomicFile.isTemporary(Path.of("a.tmp"))).isFalse();
        assertThat(AtomicFile.isTemporary(Path.of(".a.1234.tmp"))).isFalse();
        assertThat(AtomicFile.isTemporary(Path.of("/"))).isFalse();
    }
}

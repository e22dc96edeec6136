package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;

class RunFoldersTest {
    @TempDir
    private Path parent;

    @Test
    void whoeverClaimsAtTheSameTimeGetsAFolderOfTheirOwn() throws IOException {
        Files.createDirectories(parent.resolve("runs/gan-2"));
        assertThat(IntStream.range(0, 64)
                        .parallel()
                        .mapToObj(i -> RunFolders.claimNextFree(parent.resolve("runs"), "gan"))
                        .distinct())
                .hasSize(64)
                .doesNotContain(parent.resolve("runs/gan-2"))
                .contains(parent.resolve("runs/gan-1"), parent.resolve("runs/gan-65"));
    }

    @Test
    void folderThatCannotBeMadeIsNamedWithTheWayOut() throws IOException {
        Files.writeString(parent.resolve("runs"), "");
        assertThatThrownBy(() -> RunFolders.claimNextFree(parent.resolve("runs"), "gan"))
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll("cannot create a folder in " + parent.resolve("runs"), "--out");
    }

    @Test
    void onlyEmptyFoldersAreRemoved() throws IOException {
        Path used = Files.createDirectories(parent.resolve("gan-1"));
        Files.writeString(used.resolve("manifest.json"), "");
        RunFolders.removeIfEmpty(used);
        assertThat(used).exists();
        RunFolders.removeIfEmpty(Files.createDirectories(parent.resolve("gan-2")));
        assertThat(parent.resolve("gan-2")).doesNotExist();
    }
}

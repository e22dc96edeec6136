package org.mirage4j.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
    private static final Manifest MANIFEST = Manifest.start("gan", 1, "digits", "sha256:00ff", Map.of());

    private final Path folder;

    RunLockTest(@TempDir Path temp) {
        folder = temp.resolve("run");
    }

    /** The other process: takes the lock, says so, and holds it until its input ends or it is killed. */
    public static void main(String[] arguments) throws IOException {
        try (RunDirectory run = RunDirectory.resume(Path.of(arguments[0]))) {
            System.out.println(run.manifest().kind());
            System.in.transferTo(System.out);
        }
    }

    private Process other() throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RunLockTest.class.getName(),
                        folder.toString()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("gan");
        return process;
    }

    private void assertInUse() {
        assertThatThrownBy(() -> RunDirectory.resume(folder))
                .isInstanceOf(RunException.class)
                .hasMessage("folder " + folder
                        + " is in use: another process is at work in it; wait for it to end, or choose another folder");
    }

    @Test
    void processThatWritesKeepsOthersOutAndReadersIn() throws Exception {
        RunDirectory.create(folder, MANIFEST, Map.of()).close();
        Process writer = other();
        try {
            assertInUse();
            assertThat(RunDirectory.open(folder).manifest()).isEqualTo(MANIFEST);
        } finally {
            writer.destroyForcibly().waitFor(); // SIGKILL, which leaves it no time to tidy up
        }
        RunDirectory.resume(folder).close();
    }

    @Test
    void runIsFreeOnceItsWriterHasClosedIt() {
        RunDirectory created = RunDirectory.create(folder, MANIFEST, Map.of());
        assertInUse();
        created.close();
        RunDirectory resumed = RunDirectory.resume(folder);
        assertInUse();
        resumed.close();
        RunDirectory.resume(folder).close();
    }

    @Test
    void folderThatAnotherIsAboutToMakeARunIsLeftToIt() throws IOException {
        try (RunLock other = RunLock.acquire(folder)) {
            assertThatThrownBy(() -> RunDirectory.create(folder, MANIFEST, Map.of()))
                    .isInstanceOf(RunException.class)
                    .hasMessageContaining("is in use");
            assertThat(folder.resolve(RunLock.FILE)).exists();
        }
        assertThat(folder.toFile().list()).containsExactly(RunLock.FILE);
        RunDirectory.create(folder, MANIFEST, Map.of()).close();
    }

    @Test
    void whatIsNoRunGetsNoLock() throws IOException {
        Files.createDirectories(folder);
        assertThatThrownBy(() -> RunDirectory.resume(folder)).isInstanceOf(RunException.class);
        assertThat(folder).isEmptyDirectory();
    }
}

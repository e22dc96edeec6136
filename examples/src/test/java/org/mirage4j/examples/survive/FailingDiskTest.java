package org.mirage4j.examples.survive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A small file system of our own, in a name space that needs no privileges: really full, really read-only. */
@EnabledOnOs(OS.LINUX)
class FailingDiskTest {
    private static final String OWN_MOUNTS = "unshare -rm sh -c";

    private static Process inNameSpace(String command) throws IOException {
        List<String> words = new ArrayList<>(List.of(OWN_MOUNTS.split(" ")));
        words.add(command);
        return new ProcessBuilder(words).redirectErrorStream(true).start();
    }

    @Test
    void everyFailureIsOneSentenceAndLeavesTheLastCheckpointGood(@TempDir Path folder) throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        String mount = "mount -t tmpfs -o size=6m none '" + disk + "'";
        assumeTrue(inNameSpace(mount).waitFor() == 0, "the system does not let a user mount");
        Process process = inNameSpace(mount + " && exec '" + System.getProperty("java.home")
                + "/bin/java' -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '"
                + System.getProperty("java.class.path") + "' " + FailingDisk.class.getName() + " '" + disk + "'");
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines().filter(line -> line.startsWith("full: ")))
                .singleElement()
                .asString()
                .contains("No space left on device", "last checkpoint 10");
        assertThat(output.lines().filter(line -> line.startsWith("read-only: ")))
                .singleElement()
                .asString()
                .contains("Read-only file system", "last checkpoint 10");
        assertThat(output.lines().filter(line -> line.startsWith("vanished: ")))
                .singleElement()
                .asString()
                .containsAnyOf("does not exist", "not found", "is not a folder");
    }
}

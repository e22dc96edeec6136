package org.mirage4j.examples.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisabledOnOs(OS.WINDOWS)
class KilledRunTest {
    private static final int KILLS = 3;
    private static final int MANY_KILLS = 25;

    @Test
    void runKilledThriceEndsWithTheBitsOfAnUnbrokenOne(@TempDir Path folder) throws Exception {
        Path unbroken = folder.resolve("unbroken");
        Path broken = folder.resolve("broken");
        Kills kills = new Kills(Setup.MOVING_AVERAGE, 1);
        Setup.MOVING_AVERAGE.run(unbroken, done -> {});
        assertThat(kills.killed(broken, KILLS)).isEqualTo(KILLS);
        assertThat(Kills.assertSame(broken, unbroken)).isGreaterThan(1_000_000);
    }

    /**
     * Half an hour or so: {@code mvn test -pl examples -am -Dtest=KilledRunTest -Dsurefire.groups=long
     * -Dsurefire.excludedGroups= -Dsurefire.failIfNoSpecifiedTests=false}. What is done stands in
     * {@code examples/target/kills} and is not done again; a line a configuration tells what came out.
     */
    @Tag("long")
    @ParameterizedTest
    @EnumSource(Setup.class)
    void runsKilledAgainAndAgainEndWithTheBitsOfUnbrokenOnes(Setup setup) throws Exception {
        Path folder = Files.createDirectories(Path.of("target", "kills", setup.spelled()));
        Path result = folder.resolve("result.csv");
        if (Files.exists(result)) {
            return;
        }
        delete(folder.resolve("broken"));
        delete(folder.resolve("unbroken"));
        Kills kills = new Kills(setup, 2);
        kills.undisturbed(folder.resolve("unbroken"));
        int survived = 0;
        long bits = 0;
        // a run that is over before all kills were spent begins anew
        for (int round = 0; survived < MANY_KILLS; round++) {
            Path broken = folder.resolve("broken-" + round);
            delete(broken);
            int killed = kills.killed(broken, MANY_KILLS - survived);
            assertThat(killed).isPositive();
            survived += killed;
            bits += Kills.assertSame(broken, folder.resolve("unbroken"));
        }
        Files.write(
                result, List.of("configuration,kills,bits_compared", setup.spelled() + "," + survived + "," + bits));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> content = Files.walk(folder)) {
                for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}

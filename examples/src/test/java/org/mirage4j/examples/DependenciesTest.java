package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Deeplearning4j asks for is old; on the class path is what has been mended since. */
class DependenciesTest {
    private static final List<String> LIBRARIES = Arrays.stream(
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                            .split(File.pathSeparator))
            .map(path -> String.valueOf(Path.of(path).getFileName()))
            .toList();

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "gson, 2.8.9", // CVE-2022-25647
        "commons-compress, 1.26.0", // CVE-2024-25710, CVE-2024-26308
        "commons-io, 2.14.0", // CVE-2024-47554
        "commons-net, 3.9.0", // CVE-2021-37533
        "commons-lang3, 3.18.0", // CVE-2025-48924
        "commons-codec, 1.13", // bytes lost in Base32 and Base64
        "commons-collections4, 4.1", // CVE-2015-6420
        "logback-classic, 1.5.25", // CVE-2025-11226, CVE-2026-1225
        "jackson-core, 2.21.1" // GHSA-72hv-8253-57qq
    })
    void releaseIsTheOneThatMendedIt(String artifact, String mended) {
        Pattern file = Pattern.compile(Pattern.quote(artifact) + "-([0-9.]+)\\.jar");
        assertThat(LIBRARIES.stream().flatMap(library -> file.matcher(library).results()))
                .singleElement()
                .extracting(MatchResult::group)
                .satisfies(name -> assertThat(Arrays.compare(numbers(name), numbers(artifact + "-" + mended)))
                        .as(name)
                        .isGreaterThanOrEqualTo(0));
    }

    @Test
    void templateEngineIsLeftOut() {
        assertThat(LIBRARIES).noneMatch(library -> library.startsWith("freemarker"));
    }

    /** Of a version; those in the name of the artifact are the same on both sides. */
    private static int[] numbers(String name) {
        return Pattern.compile("\\d+")
                .matcher(name)
                .results()
                .mapToInt(number -> Integer.parseInt(number.group()))
                .toArray();
    }
}

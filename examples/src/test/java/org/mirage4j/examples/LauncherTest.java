package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mirage4j.core.doctor.Doctor;
import org.mirage4j.core.doctor.SystemFacts;

/** Runs the launcher in a project of its own, with a java and a mvn that only tell how they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final Path LAUNCHER = Path.of("..", "mirage");

    private Path folder = Path.of("");
    private Path root = Path.of("");
    private Path bin = Path.of("");

    record Outcome(int exitCode, String output) {}

    @BeforeEach
    void createProject(@TempDir Path temporary) throws IOException {
        folder = temporary.toRealPath();
        root = Files.createDirectories(folder.resolve("a project"));
        bin = Files.createDirectories(folder.resolve("bin"));
        Files.copy(LAUNCHER, root.resolve("mirage"));
        for (String module : List.of("core", "classifier", "gan", "examples")) {
            Files.createDirectories(root.resolve(module).resolve("src/main"));
            Files.writeString(root.resolve(module).resolve("pom.xml"), "");
        }
        Files.writeString(root.resolve("pom.xml"), "");
        java("17.0.1");
        script(
                "mvn",
                """
                echo "mvn $*" >> calls
                mkdir -p core/target examples/target
                touch last.jar
                printf %s "$PWD/core/target/core.jar:$PWD/last.jar" > examples/target/mirage.classpath
                """);
    }

    private void java(String version) throws IOException {
        script(
                "java",
                String.format(
                        Locale.ROOT,
                        """
                if [ "$1" = -version ]; then echo 'openjdk version "%s" 2025' >&2; exit; fi
                echo "java $*"
                env
                exit 7
                """,
                        version));
    }

    private void script(String name, String body) throws IOException {
        Path file = bin.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Outcome mirage(Map<String, String> environment, String... arguments) throws Exception {
        return run(environment, root.resolve("mirage"), arguments);
    }

    private Outcome run(Map<String, String> environment, Path launcher, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", launcher.toString());
        builder.command().addAll(List.of(arguments));
        return run(builder, environment);
    }

    private Outcome run(ProcessBuilder builder, Map<String, String> environment) throws Exception {
        builder.environment().clear();
        builder.environment().put("PATH", bin + ":/usr/bin:/bin");
        builder.environment().putAll(environment);
        Process process =
                builder.redirectErrorStream(true).directory(folder.toFile()).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output);
    }

    private long builds() throws IOException {
        Path calls = root.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    private static void makeNewer(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    }

    @Test
    void buildsOnFirstUseOnlyAndSaysSo() throws Exception {
        assertThat(mirage(Map.of()).output()).contains("building mirage4j (first use) ...");
        assertThat(mirage(Map.of()).output()).doesNotContain("building");
        assertThat(builds()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pom.xml", "gan/pom.xml", "core/src/main", "examples/src/main"})
    void buildsAgainWhenSourcesAreNewer(String file) throws Exception {
        mirage(Map.of());
        makeNewer(root.resolve(file));
        assertThat(mirage(Map.of()).output()).contains("building mirage4j (sources changed) ...");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void buildsAgainAfterCleanAfterAMoveAndWithoutLibraries() throws Exception {
        mirage(Map.of());
        Files.delete(root.resolve("examples/target/mirage.classpath"));
        assertThat(mirage(Map.of()).output()).contains("(first use)");
        Files.delete(root.resolve("last.jar"));
        assertThat(mirage(Map.of()).output()).contains("(libraries are gone)");
        Path moved = folder.resolve("moved");
        Files.move(root, moved);
        root = moved;
        assertThat(mirage(Map.of()).output()).contains("(folder was moved)");
    }

    @Test
    void keepsTheCudaBackendWhenItBuildsAgain() throws Exception {
        mirage(Map.of());
        Path classPath = root.resolve("examples/target/mirage.classpath");
        Files.writeString(classPath, root + "/core/target/core.jar:/x/nd4j-cuda-11.6.jar:" + root + "/last.jar");
        makeNewer(root.resolve("pom.xml"));
        makeNewer(classPath);
        Files.delete(root.resolve("last.jar"));
        mirage(Map.of());
        assertThat(Files.readAllLines(root.resolve("calls")).get(1)).contains("-Pcuda");
    }

    @Test
    void benchBuildsTheBenchmarksOnFirstUseAndThePeersWhenAskedFor() throws Exception {
        script(
                "mvn",
                """
                echo "mvn $*" >> calls
                mkdir -p benchmarks/target benchmarks/peers/target
                touch benchmarks/target/mirage4j-benchmarks.jar
                case $* in *-Ppeers*) touch benchmarks/peers/target/mirage4j-benchmarks-peers.jar ;; esac
                """);
        assertThat(mirage(Map.of(), "bench", "--quick").output())
                .contains("building the benchmarks ...", "BenchmarkSuite --quick");
        assertThat(mirage(Map.of(), "bench").output()).doesNotContain("building");
        assertThat(mirage(Map.of(), "bench", "--peers").output()).contains("building the peers", "--peers");
        assertThat(mirage(Map.of(), "bench", "--peers").output()).doesNotContain("building");
        makeNewer(root.resolve("core/src/main"));
        assertThat(mirage(Map.of(), "bench").output()).contains("building the benchmarks");
    }

    @Test
    void failedBuildShowsItsOutput() throws Exception {
        script("mvn", "echo 'cannot find symbol'; exit 1");
        Outcome outcome = mirage(Map.of());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.output()).contains("cannot find symbol", "mirage: the build failed");
    }

    @Test
    void passesArgumentsAndExitCodeOn() throws Exception {
        Outcome outcome = mirage(Map.of(), "gan", "--out", "my runs");
        assertThat(outcome.exitCode()).isEqualTo(7);
        assertThat(outcome.output()).contains("org.mirage4j.examples.Mirage gan --out my runs");
    }

    @Test
    void isFoundThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(bin.resolve("mirage"), root.resolve("mirage"));
        assertThat(run(Map.of(), link).output()).contains(root + "/examples/target/classes:");
    }

    @Test
    void buildsWithoutTestsAndAnalysisAndLeavesMavenToAnalyseAgain() throws Exception {
        Path status = Files.createDirectories(root.resolve("core/target/maven-status/compiler"));
        mirage(Map.of());
        assertThat(Files.readString(root.resolve("calls"))).contains("-Pquick").doesNotContain("-DskipTests");
        assertThat(status.getParent()).doesNotExist();
        assertThat(root.resolve("core/target")).exists();
    }

    @Test
    void theWayOfTheCallersShellLeadsNowhereElse() throws Exception {
        Path elsewhere = folder.resolve("elsewhere");
        Files.createDirectories(elsewhere.resolve("a project"));
        Outcome outcome = run(Map.of("CDPATH", elsewhere + ":."), Path.of("a project/mirage"));
        assertThat(outcome.output()).contains(" -cp " + root + "/examples/target/classes:" + root + "/core/target");
        assertThat(run(Map.of("CDPATH", elsewhere + ":."), Path.of("a project/mirage"), "bench")
                        .output())
                .contains("-cp " + root + "/benchmarks/target");
    }

    @Test
    void folderThatNoClassPathCanNameIsRefused() throws Exception {
        Path odd = Files.createDirectory(folder.resolve("a:b"));
        Files.move(root, odd.resolve("project"));
        Outcome outcome = run(Map.of(), odd.resolve("project/mirage"));
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.output().lines())
                .singleElement()
                .asString()
                .contains(odd + "/project has a colon in its name");
    }

    @ParameterizedTest
    @CsvSource({"LANG, C", "LC_ALL, C", "LC_CTYPE, POSIX", "LANG, xx_YY.UTF-8", "X, y"})
    void namesKeepTheirLettersInLocalesOfPlainAscii(String variable, String locale) throws Exception {
        Path before = root;
        root = Files.move(root, folder.resolve("größe ß"));
        Outcome outcome = mirage(Map.of(variable, locale), "classify", "--label", "Größe");
        assertThat(outcome.output().lines()).contains("LC_ALL=C.UTF-8");
        assertThat(outcome.output()).contains(" -cp " + root + "/examples", "classify --label Größe");
        assertThat(before).doesNotExist();
    }

    @Test
    void localeOfAllLettersStays() throws Exception {
        assertThat(mirage(Map.of("LANG", "C.UTF-8")).output().lines())
                .contains("LANG=C.UTF-8")
                .noneMatch(line -> line.startsWith("LC_ALL="));
    }

    @ParameterizedTest
    @CsvSource({"17.0.1, false", "21, false", "23, true", "25.0.1, true"})
    void javaIsToldNotToWarnWhereItKnowsTheOption(String version, boolean told) throws Exception {
        java(version);
        assertThat(mirage(Map.of()).output().contains(" --sun-misc-unsafe-memory-access=allow "))
                .isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({
        "gan --threads 3, 3",
        "gan --threads=12 --seed 4, 12",
        "gan, 1",
        "gan --threads none, 1",
        "gan --threads, 1"
    })
    void threadsOptionReachesTheNativeLibraries(String arguments, String threads) throws Exception {
        assertThat(mirage(Map.of(), arguments.split(" ")).output().lines()).contains("OMP_NUM_THREADS=" + threads);
    }

    @Test
    void whatTheUserHasSetStays() throws Exception {
        Map<String, String> own = Map.of(
                "OPENBLAS_CORETYPE", "Zen",
                "OMP_NUM_THREADS", "5",
                "OMP_WAIT_POLICY", "ACTIVE",
                "GOMP_SPINCOUNT", "9",
                "MIRAGE_JAVA_OPTS", "-Xmx1g -Dx=*");
        Outcome outcome = mirage(own);
        assertThat(outcome.output().lines())
                .contains("OPENBLAS_CORETYPE=Zen", "OMP_NUM_THREADS=5", "OMP_WAIT_POLICY=ACTIVE", "GOMP_SPINCOUNT=9");
        assertThat(outcome.output()).contains("-Dmirage.launcher.kernel= ", "-Xmx1g -Dx=* -cp");
    }

    @ParameterizedTest
    @CsvSource({"doctor, true", "--help, true", "gan, false", "--verbose gan, false", "gan --help, false"})
    void onlyShortCommandsGoWithoutTheOptimisingCompiler(String arguments, boolean without) throws Exception {
        assertThat(mirage(Map.of(), arguments.split(" ")).output().contains("TieredStopAtLevel"))
                .isEqualTo(without);
    }

    @Test
    void threadsYieldWhileTheyWait() throws Exception {
        assertThat(mirage(Map.of()).output().lines()).contains("OMP_WAIT_POLICY=PASSIVE", "GOMP_SPINCOUNT=2000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8.0_392", "9", "11.0.2", "16"})
    void oldJavaIsRefusedInOneSentence(String version) throws Exception {
        java(version);
        Outcome outcome = mirage(Map.of());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.output().lines())
                .singleElement()
                .asString()
                .contains("Java " + version, "17 or newer", "JAVA_HOME");
        assertThat(builds()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "17.0.15", "25-ea", "100.1"})
    void newEnoughJavaIsTaken(String version) throws Exception {
        java(version);
        assertThat(mirage(Map.of()).exitCode()).isEqualTo(7);
    }

    @Test
    void wrongJavaHomeIsNamed() throws Exception {
        Outcome outcome = mirage(Map.of("JAVA_HOME", "/not/there"));
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.output()).contains("JAVA_HOME is /not/there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "mvn"})
    void missingProgramIsNamed(String program) throws Exception {
        Files.delete(bin.resolve(program));
        for (String tool : List.of("sed", "dirname", "find", "uname")) {
            script(tool, "PATH=/usr/bin:/bin exec " + tool + " \"$@\"");
        }
        Outcome outcome = mirage(Map.of("PATH", bin.toString()));
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.output().lines())
                .singleElement()
                .asString()
                .startsWith("mirage: " + program + " was not found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sse2 avx avx2 fma",
                "avx512f fma avx512bw avx512cd avx512dq avx512vl avx2",
                "avx2 fma avx512f avx512bw avx512cd avx512dq",
                "avx2x xfma",
                "avx2",
                "asimd neon",
                ""
            })
    void kernelIsTheOneThatTheDoctorAdvises(String flags) throws Exception {
        String functions = Files.readString(LAUNCHER);
        functions = functions.substring(functions.indexOf("has_all() {"), functions.indexOf("cpu_flags() {"));
        Outcome outcome =
                run(new ProcessBuilder("sh", "-c", functions + "\nopenblas_kernel \"$1\"", "sh", flags), Map.of());
        assertThat(outcome.output().strip()).isEqualTo(advised(flags));
    }

    private static String advised(String flags) {
        SystemFacts facts = new SystemFacts(
                "",
                new SystemFacts.Java(17, "", ""),
                new SystemFacts.Machine("", "", "", 1, Set.of(flags.split(" "))),
                new SystemFacts.Backend(SystemFacts.Backend.Kind.CPU, "", "OPENBLAS", "Prescott", 1, ""),
                "",
                new SystemFacts.Memory(0, 0, 0, 0),
                new SystemFacts.Disk(Path.of(""), 0),
                List.of(),
                Map.of(),
                "");
        String text = Doctor.examine(facts).stream()
                .filter(finding -> finding.subject().equals("blas"))
                .findFirst()
                .orElseThrow()
                .text();
        int at = text.indexOf("OPENBLAS_CORETYPE=");
        return at < 0 ? "" : text.substring(at + "OPENBLAS_CORETYPE=".length()).split(" ", 2)[0];
    }
}

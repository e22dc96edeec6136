package org.mirage4j.core.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.core.doctor.Finding.Level;
import org.mirage4j.core.doctor.SystemFacts.Backend;
import org.mirage4j.core.doctor.SystemFacts.Disk;
import org.mirage4j.core.doctor.SystemFacts.Gpu;
import org.mirage4j.core.doctor.SystemFacts.Java;
import org.mirage4j.core.doctor.SystemFacts.Machine;
import org.mirage4j.core.doctor.SystemFacts.Memory;

class DoctorTest {
    private static final long GIB = 1L << 30;
    private static final Set<String> AVX2 = Set.of("sse2", "avx", "avx2", "fma");
    private static final Set<String> AVX512 =
            Set.of("sse2", "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl");
    private static final SystemFacts HEALTHY = new SystemFacts(
            "1.2.3",
            new Java(17, "17.0.15", "Debian"),
            new Machine("Linux 6.1", "amd64", "AMD EPYC", 2, AVX512),
            cpu("SkylakeX", 1),
            "2.5.2",
            new Memory(4 * GIB, 8 * GIB, 14 * GIB, 16 * GIB),
            new Disk(Path.of("runs"), 100 * GIB),
            List.of(),
            Map.of(),
            "");

    @Test
    void healthyMachineHasNothingToSay() {
        assertThat(Doctor.examine(HEALTHY)).allMatch(finding -> finding.level() == Level.OK);
    }

    @Test
    void hopperGpuIsRefusedWithTheWayOut() {
        Finding gpu = finding(cuda(new Gpu("NVIDIA H100", 9, 0)), "gpu");
        assertThat(gpu.level()).isEqualTo(Level.PROBLEM);
        assertThat(gpu.text()).contains("NVIDIA H100", "9.0", "3.7 to 8.x", "no PTX", "without -Pcuda");
    }

    @ParameterizedTest
    @CsvSource({"3,5,PROBLEM", "3,7,OK", "7,0,OK", "8,6,OK", "8,9,OK", "9,0,PROBLEM", "10,0,PROBLEM", "12,0,PROBLEM"})
    void gpuIsJudgedByComputeCapability(int major, int minor, Level level) {
        assertThat(finding(cuda(new Gpu("GPU", major, minor)), "gpu").level()).isEqualTo(level);
    }

    @Test
    void oneUnfitGpuAmongSeveralIsNamed() {
        Finding gpu = finding(cuda(new Gpu("RTX 3090", 8, 6), new Gpu("B200", 10, 0)), "gpu");
        assertThat(gpu.text()).contains("B200", "10.0").doesNotContain("RTX");
    }

    @Test
    void cudaBackendWithoutGpuIsWarnedOf() {
        assertThat(finding(cuda(), "gpu").level()).isEqualTo(Level.WARNING);
    }

    @ParameterizedTest
    @CsvSource({"Prescott", "Core2", "Nehalem", "Barcelona", "SandyBridge", "Haswell", "Zen"})
    void slowKernelOnAvx512NamesTheCure(String kernel) {
        Finding blas = finding(with(cpu(kernel, 1)), "blas");
        assertThat(blas.level()).isEqualTo(Level.WARNING);
        assertThat(blas.text()).contains(kernel, "AVX-512", "OPENBLAS_CORETYPE=SkylakeX");
    }

    @Test
    void slowKernelOnAvx2NamesHaswell() {
        SystemFacts facts = with(cpu("Prescott", 1), new Machine("Linux", "amd64", "", 2, AVX2), Map.of(), "");
        assertThat(finding(facts, "blas").text()).contains("OPENBLAS_CORETYPE=Haswell");
    }

    @Test
    void bestKernelOfAnAvx2MachineIsFine() {
        SystemFacts facts = with(cpu("Zen", 1), new Machine("Linux", "amd64", "", 2, AVX2), Map.of(), "");
        assertThat(finding(facts, "blas").level()).isEqualTo(Level.OK);
    }

    @Test
    void kernelForcedByTheUserIsNamed() {
        SystemFacts facts = with(cpu("Haswell", 1), HEALTHY.machine(), Map.of("OPENBLAS_CORETYPE", "Haswell"), "");
        assertThat(finding(facts, "blas").text()).contains("OPENBLAS_CORETYPE=Haswell asks for it");
    }

    @Test
    void cureAppliedByTheLauncherIsTold() {
        SystemFacts facts =
                with(cpu("SkylakeX", 1), HEALTHY.machine(), Map.of("OPENBLAS_CORETYPE", "SkylakeX"), "SkylakeX");
        Finding blas = finding(facts, "blas");
        assertThat(blas.level()).isEqualTo(Level.OK);
        assertThat(blas.text()).contains("chosen by ./mirage");
    }

    @Test
    void unknownKernelIsNotJudged() {
        assertThat(finding(with(cpu("", 1)), "blas")).isEqualTo(new Finding(Level.OK, "blas", "OPENBLAS"));
    }

    @Test
    void missingBackendNamesTheDependency() {
        Finding backend = finding(with(Backend.none()), "backend");
        assertThat(backend.level()).isEqualTo(Level.PROBLEM);
        assertThat(backend.text()).contains("nd4j-native-platform");
    }

    @Test
    void backendThatDoesNotLoadSaysWhy() {
        Finding backend =
                finding(with(Backend.failed(Backend.Kind.CPU, "no jnind4jcpu in java.library.path")), "backend");
        assertThat(backend.level()).isEqualTo(Level.PROBLEM);
        assertThat(backend.text()).contains("no jnind4jcpu", "Linux 6.1 amd64");
    }

    @Test
    void oldJavaIsAProblem() {
        Finding java =
                finding(facts(new Java(11, "11.0.2", "Acme"), HEALTHY.memory(), HEALTHY.disk(), "2.5.2"), "java");
        assertThat(java.level()).isEqualTo(Level.PROBLEM);
        assertThat(java.text()).contains("11.0.2", "17");
    }

    @ParameterizedTest
    @CsvSource({
        "2.5.2, '', '', OK", // a compiled plan restrains them by itself
        "2.5.2, ACTIVE, '', WARNING",
        "2.5.2, ACTIVE, 2000, OK",
        "'', '', '', WARNING",
        "'', PASSIVE, '', OK",
        "'', '', 2000, OK"
    })
    void threadsAreWarnedOfWhereNothingKeepsThemFromSpinning(String oneDnn, String policy, String spins, Level level) {
        Map<String, String> environment = new HashMap<>();
        if (!policy.isEmpty()) {
            environment.put("OMP_WAIT_POLICY", policy);
        }
        if (!spins.isEmpty()) {
            environment.put("GOMP_SPINCOUNT", spins);
        }
        SystemFacts facts = new SystemFacts(
                HEALTHY.codeVersion(),
                HEALTHY.java(),
                HEALTHY.machine(),
                cpu("SkylakeX", 2),
                oneDnn,
                HEALTHY.memory(),
                HEALTHY.disk(),
                HEALTHY.gpus(),
                environment,
                HEALTHY.launcherKernel());
        assertThat(finding(facts, "threads").level()).isEqualTo(level);
    }

    @Test
    void moreThreadsThanProcessorsAreWarnedOf() {
        assertThat(finding(with(cpu("SkylakeX", 8)), "threads").text()).contains("8 threads of 2 processors");
    }

    @Test
    void missingOneDnnIsWarnedOf() {
        SystemFacts facts = facts(HEALTHY.java(), HEALTHY.memory(), HEALTHY.disk(), "");
        assertThat(finding(facts, "onednn").level()).isEqualTo(Level.WARNING);
    }

    @ParameterizedTest
    @CsvSource({
        "4, 8, 14, 16, OK",
        "4, 16, 14, 12, WARNING",
        "4, 16, 0, 12, WARNING",
        "4, 16, 10, 12, OK",
        "1, 1, 1, 1, WARNING",
        "1, 0, 14, 16, WARNING",
        "4, 8, 14, 0, OK"
    })
    void memoryLimitsAreHeldAgainstWhatThereIs(long heap, long offHeap, long process, long physical, Level level) {
        Memory memory = new Memory(heap * GIB, offHeap * GIB, process * GIB, physical * GIB);
        assertThat(finding(facts(HEALTHY.java(), memory, HEALTHY.disk(), "2.5.2"), "memory")
                        .level())
                .isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({"10, PROBLEM", "500, WARNING", "5000, OK"})
    void freeDiskSpaceIsJudged(long mebibytes, Level level) {
        Disk disk = new Disk(Path.of("runs"), mebibytes << 20);
        assertThat(finding(facts(HEALTHY.java(), HEALTHY.memory(), disk, "2.5.2"), "disk")
                        .level())
                .isEqualTo(level);
    }

    @Test
    void manifestLeavesOutWhatIsNotKnown() {
        assertThat(with(Backend.none()).manifest())
                .containsEntry("java", "17.0.15 (Debian)")
                .containsEntry("backend", "NONE")
                .doesNotContainKeys("blas", "blasKernel", "threads", "gpus");
    }

    @Test
    void nvidiaListingIsParsedAndNoiseSkipped() {
        assertThat(Gathering.parseGpus("NVIDIA H100 PCIe, 9.0\nNVIDIA A10, 8.6\nNo devices were found\n, [N/A]\n"))
                .containsExactly(new Gpu("NVIDIA H100 PCIe", 9, 0), new Gpu("NVIDIA A10", 8, 6));
    }

    @Test
    void thisMachineIsGatheredWithItsBackend(@TempDir Path folder) {
        SystemFacts facts = SystemFacts.gather(folder.resolve("not/yet/there"));
        assertThat(facts.backend().kind()).isEqualTo(Backend.Kind.CPU);
        assertThat(facts.backend().failure()).isEmpty();
        assertThat(facts.backend().nativeClassifier()).isNotEmpty();
        assertThat(facts.disk().folder()).isEqualTo(folder);
        assertThat(facts.disk().freeBytes()).isPositive();
        assertThat(facts.memory().physical()).isPositive();
        assertThat(facts.manifest()).containsKeys("mirage4j", "java", "os", "backend", "blas", "threads");
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|x86_64")
    @EnabledOnOs(OS.LINUX)
    void kernelThatOpenBlasPickedIsIdentified() {
        SystemFacts facts = SystemFacts.gather(Path.of("."));
        assertThat(OpenBlasKernel.named(facts.backend().blasKernel())).isPresent();
        String asked = facts.environment().get("OPENBLAS_CORETYPE");
        if (asked != null) {
            assertThat(facts.backend().blasKernel()).isEqualToIgnoringCase(asked);
        }
    }

    private static Backend cpu(String kernel, int threads) {
        return new Backend(Backend.Kind.CPU, "linux-x86_64", "OPENBLAS", kernel, threads, "");
    }

    private static SystemFacts cuda(Gpu... gpus) {
        return new SystemFacts(
                HEALTHY.codeVersion(),
                HEALTHY.java(),
                HEALTHY.machine(),
                new Backend(Backend.Kind.CUDA, "linux-x86_64", "CUBLAS", "", 1, ""),
                HEALTHY.oneDnn(),
                HEALTHY.memory(),
                HEALTHY.disk(),
                List.of(gpus),
                Map.of(),
                "");
    }

    private static SystemFacts with(Backend backend) {
        return with(backend, HEALTHY.machine(), Map.of(), "");
    }

    private static SystemFacts with(
            Backend backend, Machine machine, Map<String, String> environment, String launcherKernel) {
        return new SystemFacts(
                HEALTHY.codeVersion(),
                HEALTHY.java(),
                machine,
                backend,
                HEALTHY.oneDnn(),
                HEALTHY.memory(),
                HEALTHY.disk(),
                List.of(),
                environment,
                launcherKernel);
    }

    private static SystemFacts facts(Java java, Memory memory, Disk disk, String oneDnn) {
        return new SystemFacts(
                HEALTHY.codeVersion(),
                java,
                HEALTHY.machine(),
                HEALTHY.backend(),
                oneDnn,
                memory,
                disk,
                List.of(),
                Map.of(),
                "");
    }

    private static Finding finding(SystemFacts facts, String subject) {
        return Doctor.examine(facts).stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }
}

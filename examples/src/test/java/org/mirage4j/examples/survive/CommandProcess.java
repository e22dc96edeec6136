package org.mirage4j.examples.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.OS;

/** The command line in a process of its own; what it prints goes to a file. */
public final class CommandProcess implements AutoCloseable {
    private static final String MAIN = "org.mirage4j.examples.Mirage";
    private static final long MINUTES = 3;

    private final Process process;
    private final Path output;

    private CommandProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts it.
     *
     * @param output overwritten by what it prints
     * @param arguments the command and its options
     * @return the process
     * @throws IOException if it cannot be started
     */
    public static CommandProcess start(Path output, List<?> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (OS.current() == OS.LINUX) {
            command.addAll(List.of("env", "--default-signal=INT")); // a build in the background ignores Ctrl-C
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // a process lives for a second or two
                "-Djava.awt.headless=true",
                "-Dmirage.command=./mirage",
                "-cp",
                System.getProperty("java.class.path"),
                MAIN));
        arguments.forEach(argument -> command.add(argument.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new CommandProcess(process, output);
    }

    /**
     * Waits for something to happen while the process lives.
     *
     * @param condition whether it has
     * @throws Exception if the condition throws it, or the thread is interrupted
     */
    public void await(Callable<Boolean> condition) throws Exception {
        while (!condition.call() && process.isAlive()) {
            Thread.sleep(5);
        }
    }

    /**
     * Sends a signal.
     *
     * @param name its name, such as INT for what Ctrl-C sends
     * @throws IOException if there is no {@code kill}
     * @throws InterruptedException if the thread is interrupted
     */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /**
     * Waits for the end.
     *
     * @return the exit code
     * @throws InterruptedException if the thread is interrupted
     */
    public int exitCode() throws InterruptedException {
        assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    /**
     * What it has printed so far.
     *
     * @return standard output and standard error
     * @throws IOException if the file cannot be read
     */
    public String output() throws IOException {
        return Files.readString(output);
    }

    /** Kills it, by SIGKILL where there are signals, and waits until it is gone. */
    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}

package org.mirage4j.examples.survive;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A run in a process of its own, which tells of every iteration. */
final class RunProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private RunProcess(Process process) {
        this.process = process;
        this.out = process.inputReader();
    }

    /** The main of the process. */
    public static void main(String[] arguments) {
        PrintStream out = System.out;
        Setup.valueOf(arguments[0]).run(Path.of(arguments[1]), done -> {
            out.println(done);
            out.flush();
        });
    }

    static RunProcess start(Setup setup, Path folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // a process lives for a second or two
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                RunProcess.class.getName(),
                setup.name(),
                folder.toString()));
        builder.redirectErrorStream(false);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(
                folder.resolveSibling(folder.getFileName() + ".err").toFile()));
        return new RunProcess(builder.start());
    }

    /** Waits for an iteration; null when the process has ended instead. */
    @Nullable Long next() throws IOException {
        String line = out.readLine();
        return line == null ? null : Long.valueOf(line.strip());
    }

    void kill() throws InterruptedException {
        process.destroyForcibly(); // SIGKILL
        process.waitFor();
    }

    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
}

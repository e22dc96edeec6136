package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mirage4j.core.MirageException;

class FailuresTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new MirageException("images.gz is truncated"), "images.gz is truncated"),
                arguments(new IllegalStateException("two\n  lines"), "internal error, java.lang.IllegalStateException"),
                arguments(new IllegalStateException("two\n  lines"), "two lines; run again with --verbose"),
                arguments(new NullPointerException(), "internal error"),
                arguments(new UncheckedIOException(new NoSuchFileException("a/b")), "a/b does not exist"),
                arguments(new AccessDeniedException("/root"), "permission denied: /root"),
                arguments(new IOException("No space left on device"), "No space left on device"),
                arguments(new OutOfMemoryError("Java heap space"), "out of memory"),
                arguments(new OutOfMemoryError("Java heap space"), "MIRAGE_JAVA_OPTS=-Xmx"),
                arguments(new RuntimeException(offHeap()), "out of native memory"),
                arguments(new RuntimeException(offHeap()), "--batch"),
                arguments(new RuntimeException("Allocation failed: [std::bad_alloc]"), "out of native memory"),
                arguments(new ArithmeticException("integer overflow"), "beyond what Java can count; ask for less"));
    }

    /** As JavaCPP says it. */
    private static OutOfMemoryError offHeap() {
        return new OutOfMemoryError("Cannot allocate new FloatPointer(9): totalBytes = 1G, physicalBytes = 2G");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failureIsOneSentenceAndExitCode1(Throwable failure, String sentence) {
        StringWriter err = new StringWriter();
        assertThat(new Failures(new PrintWriter(err, true), false).report(failure))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("mirage: ")
                .contains(sentence);
    }

    @Test
    void verboseAddsTheCauses() {
        StringWriter err = new StringWriter();
        new Failures(new PrintWriter(err, true), true)
                .report(new MirageException("no", new IllegalArgumentException("because")));
        assertThat(err.toString()).startsWith("mirage: no").contains("Caused by", "because");
    }
}

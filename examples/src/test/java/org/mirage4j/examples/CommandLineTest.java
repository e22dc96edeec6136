package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class CommandLineTest {

    record Outcome(int exitCode, String out, String err) {}

    static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Mirage.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    static Outcome mirage(Object... arguments) {
        return run(Stream.of(arguments).map(String::valueOf).toArray(String[]::new));
    }

    static Outcome mirageSucceeds(Object... arguments) {
        Outcome outcome = mirage(arguments);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        return outcome;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                     | a command is missing, allowed are
                    doctr                  | unknown argument 'doctr'
                    doctr                  | did you mean doctor
                    --colour               | unknown option '--colour'
                    doctor --thread=2      | unknown option '--thread=2', did you mean --threads
                    doctor --threads       | '--threads' (N)
                    doctor --threads two   | '--threads': found 'two', allowed are whole numbers from 1
                    doctor --threads 0     | '--threads': found '0', allowed are whole numbers from 1
                    doctor --threads 1.5   | found '1.5'
                    doctor runs            | unknown argument 'runs'
                    completion --verbose x | 'x'
                    """)
    void wrongUsageIsOneSentenceAndExitCode2(String arguments, String sentence) {
        Outcome outcome = run(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("mirage: ").contains(sentence).contains("--help");
        if (!arguments.contains("--verbose")) {
            assertThat(outcome.err().lines()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "doctor --help", "completion --help", "doctor -h"})
    void helpGoesToStandardOutput(String arguments) {
        Outcome outcome = run(arguments.split(" "));
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).startsWith("Usage: mirage").contains("--[no-]verbose", "--version");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "doctor --version", "completion -V"})
    void versionIsToldByEveryCommand(String arguments) {
        assertThat(run(arguments.split(" ")).out()).startsWith("mirage4j ").doesNotContain("null");
    }

    @Test
    void everyOptionAndCommandIsDescribed() {
        for (CommandLine command : commands()) {
            assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
            assertThat(command.getCommandSpec().options())
                    .allSatisfy(option -> assertThat(option.description()).isNotEmpty());
        }
    }

    @Test
    void everyFlagCanBeSwitchedOff() {
        List<OptionSpec> flags = commands().stream()
                .flatMap(command -> command.getCommandSpec().options().stream())
                .filter(option -> option.typeInfo().isBoolean() && !option.usageHelp() && !option.versionHelp())
                .toList();
        assertThat(flags).hasSizeGreaterThan(15).allSatisfy(flag -> {
            assertThat(flag.negatable()).as(flag.longestName()).isTrue();
            assertThat(flag.command().negatedOptionsMap()).containsKey(negated(flag.longestName()));
        });
    }

    private static String negated(String name) {
        String no = "--no-";
        return name.startsWith(no) ? "--" + name.substring(no.length()) : no + name.substring(2);
    }

    @Test
    void completionKnowsEveryCommandAndOption() {
        String script = run("completion").out();
        assertThat(script).startsWith("#!/usr/bin/env bash");
        for (CommandLine command : commands()) {
            assertThat(script).contains(command.getCommandName());
            command.getCommandSpec().options().forEach(option -> assertThat(script)
                    .contains(option.longestName()));
        }
    }

    @Test
    void doctorTellsOneLineForEachFindingAndThatTrainingCanStart() {
        Outcome outcome = run("doctor");
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines()).allMatch(line -> line.matches("(ok|warning) +[a-z0-9]+ +\\S.*"));
        assertThat(outcome.out()).contains("java", "backend", "blas", "threads", "memory", "disk");
    }

    @Test
    void verboseShowsTheStackTraceOfAnError() {
        assertThat(run("doctor", "--threads", "0", "--verbose").err()).contains("ParameterException", "\tat ");
    }

    private static List<CommandLine> commands() {
        return withSubcommands(Mirage.commandLine()).toList();
    }

    private static Stream<CommandLine> withSubcommands(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().flatMap(CommandLineTest::withSubcommands));
    }
}

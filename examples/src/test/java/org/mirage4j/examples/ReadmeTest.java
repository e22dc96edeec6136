package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README and the docs stay true: their Java compiles, their links and commands exist. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)[^)]*\\)");
    private static final Pattern COMMAND = Pattern.compile("(?m)^\\./mirage (\\S+)(.*?)(?:#.*)?$");
    private static final String HEADER =
            """
            import java.nio.file.Path;
            import java.util.*;
            import org.mirage4j.classifier.*;
            import org.mirage4j.classifier.dropout.*;
            import org.mirage4j.classifier.run.*;
            import org.mirage4j.classifier.table.*;
            import org.mirage4j.core.data.*;
            import org.mirage4j.core.features.*;
            import org.mirage4j.core.network.*;
            import org.mirage4j.core.random.*;
            import org.mirage4j.core.table.*;
            import org.mirage4j.gan.*;
            import org.mirage4j.gan.evaluation.*;
            import org.mirage4j.gan.loss.*;
            import org.mirage4j.gan.train.*;
            import org.nd4j.linalg.api.buffer.DataType;
            import org.nd4j.linalg.api.ndarray.INDArray;
            class Example { void run() throws Exception {
            """;

    @Test
    void javaExampleCompiles(@TempDir Path folder) throws IOException {
        assertThat(readme()).containsPattern(JAVA);
        List<String> examples = new ArrayList<>();
        for (Path page : pages()) {
            JAVA.matcher(Files.readString(page)).results().forEach(match -> examples.add(match.group(1)));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        for (String example : examples) {
            JavaFileObject source =
                    new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
                        @Override
                        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                            return HEADER + example + "}}";
                        }
                    };
            DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
            List<String> options =
                    List.of("-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(null, null, problems, options, null, List.of(source))
                    .call();
            assertThat(compiled).as(problems.getDiagnostics().toString()).isTrue();
        }
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        for (Path page : pages()) {
            Matcher links = LINK.matcher(Files.readString(page));
            while (links.find()) {
                assertThat(page.resolveSibling(links.group(1)))
                        .as(page.toString())
                        .exists();
            }
        }
    }

    @Test
    void commandsAndTheirOptionsExist() throws IOException {
        int found = 0;
        for (Path page : pages()) {
            Matcher commands = COMMAND.matcher(Files.readString(page));
            while (commands.find()) {
                found++;
                if (commands.group(1).equals("bench")) {
                    continue; // the launcher's own, see LauncherTest
                }
                String help =
                        CommandLineTest.run(commands.group(1), "--help").out().replace("--[no-]", "--");
                for (String word : commands.group(2).trim().split("\\s+")) {
                    if (word.startsWith("--")) {
                        assertThat(help).contains(word);
                    }
                }
                assertThat(help).startsWith("Usage: mirage " + commands.group(1));
            }
        }
        assertThat(found).isGreaterThan(2);
    }

    @Test
    void testCommandIsTheOneContinuousIntegrationRuns() throws IOException {
        assertThat(readme()).contains("\nmvn -B verify ");
        assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains("\nmvn -B verify");
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs.filter(page -> page.toString()
                            .endsWith(".md")))
                    .toList();
        }
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }
}

package org.mirage4j.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mirage4j.core.MirageException;
import org.nd4j.linalg.factory.Nd4j;

class HtmlReportTest {
    private final Path folder;
    private final Path grid;
    private final Path gif;

    HtmlReportTest(@TempDir Path folder) {
        this.folder = folder;
        grid = folder.resolve("grid.png");
        gif = folder.resolve("training.gif");
        new ImageGrid(1, 1, 0, 1).write(Nd4j.zeros(1, 1, 4, 6), grid);
        Animation.writeFiles(gif, List.of(grid, grid), Duration.ofMillis(100));
    }

    private HtmlReport full() {
        return new HtmlReport("Run", "seed 42")
                .tile("Iterations", "4,000")
                .section("Samples")
                .text("Digits.")
                .pixels(grid, "a grid", "at the end")
                .pixels(gif, "an animation", "on the way")
                .section("Numbers")
                .table(List.of("name", "value"), List.of(List.of("loss", "1.25"), List.of("rate", "35 /s")))
                .facts(Map.of("JDK", "17"))
                .preformatted("{\n  \"a\" : 1\n}");
    }

    @Test
    void pageNeedsNothingButItself() throws IOException {
        Path page = folder.resolve("report.html");
        full().write(page);

        String html = Files.readString(page);
        assertThat(html).startsWith("<!DOCTYPE html>\n<html lang=\"en\">");
        assertThat(html.toLowerCase(Locale.ROOT))
                .doesNotContain("http://", "https://", "//cdn", "<script", "<link", "@import", "url(", "javascript:")
                .contains("default-src 'none'");
        assertThat(html.split("<img ", -1)).hasSize(3);
        assertThat(html.split("src=\"data:image/", -1)).hasSize(3);
        assertThat(html).contains(Base64.getEncoder().encodeToString(Files.readAllBytes(grid)));
        assertThat(html)
                .contains("data:image/gif;base64," + Base64.getEncoder().encodeToString(Files.readAllBytes(gif)));
    }

    @Test
    void elementsAreBalancedAndInOrder() {
        String html = full().html();
        for (String element : List.of("section", "div", "figure", "table", "dl", "pre", "main", "p", "h2")) {
            assertThat(html.split("<" + element + "[ >]", -1).length)
                    .as(element)
                    .isGreaterThan(1)
                    .isEqualTo(html.split("</" + element + ">", -1).length);
        }
        assertThat(html)
                .containsSubsequence(
                        "<h1>Run</h1>",
                        "Iterations",
                        "<h2>Samples</h2>",
                        "a grid",
                        "an animation",
                        "<h2>Numbers</h2>",
                        "loss",
                        "JDK",
                        "<pre");
        // Neighbouring pictures share one grid.
        assertThat(html.split("class=\"figures\"", -1)).hasSize(2);
    }

    @Test
    void picturesCarryTextForTheBlindAndTheirSize() {
        assertThat(full().html())
                .contains("<img alt=\"a grid\" width=\"6\" height=\"4\" src=")
                .contains("<figcaption>at the end</figcaption>");
    }

    @Test
    void whatLooksLikeMarkupIsTextEverywhere() {
        String evil = "<script>alert('x')</script>\"&\u0000";
        String html = new HtmlReport(evil, evil)
                .tile(evil, evil)
                .section(evil)
                .text(evil)
                .table(List.of(evil), List.of(List.of(evil)))
                .facts(Map.of(evil, evil))
                .preformatted(evil)
                .chart(grid, evil, evil)
                .html();

        assertThat(html).doesNotContain("<script", "'x'", "\u0000");
        assertThat(html.split("&lt;script&gt;alert\\(&#39;x&#39;\\)&lt;/script&gt;&quot;&amp;\uFFFD", -1))
                .as("title twice, subtitle, tile, heading, text, table, facts, pre, alt, caption")
                .hasSize(15);
    }

    @Test
    void columnsOfNumbersAreFlushRight() {
        String html = full().html();
        assertThat(html)
                .contains("<th scope=\"col\">name</th><th scope=\"col\" class=\"number\">value</th>")
                .contains("<th scope=\"row\">loss</th><td class=\"number\">1.25</td>");
    }

    @Test
    void badContentIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("x.png"), "no image");
        HtmlReport report = new HtmlReport("Run", "");
        assertThatThrownBy(() -> report.chart(text, "", ""))
                .isInstanceOf(MirageException.class)
                .hasMessage("cannot read the image " + text + ": it is neither PNG nor GIF");
        assertThatThrownBy(() -> report.pixels(folder.resolve("none.png"), "", ""))
                .isInstanceOf(MirageException.class)
                .hasMessageEndingWith("none.png: it does not exist");
        assertThatThrownBy(() -> report.table(List.of("a", "b"), List.of(List.of("1"))))
                .isInstanceOf(MirageException.class)
                .hasMessage("a table row of report \"Run\" has 1 cells, but there are 2 headings");
    }
}

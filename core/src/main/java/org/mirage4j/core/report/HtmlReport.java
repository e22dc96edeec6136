package org.mirage4j.core.report;

import java.awt.Dimension;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;

/**
 * Builds a page that is one file: pictures inside, no scripts, no network. It follows the reader's light
 * or dark setting and prints well. All text is plain text; what looks like markup is shown as it is.
 *
 * <p>Content goes to the section begun last. Pictures that follow one another share rows. Not safe for
 * concurrent use.
 */
public final class HtmlReport {
    private static final Pattern NUMBER = Pattern.compile("[-+−]?[0-9][0-9,.]*([eE][-+]?[0-9]+)?\\s?(%|[a-zµ/]{1,6})?");

    private final String title;
    private final String subtitle;
    private final StringBuilder tiles = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private boolean sectionOpen;
    private boolean figuresOpen;

    /**
     * Begins a page.
     *
     * @param title the page's heading and window title
     * @param subtitle one line below the heading
     */
    public HtmlReport(String title, String subtitle) {
        this.title = title;
        this.subtitle = subtitle;
    }

    /**
     * Adds a key figure; all of them stand at the top.
     *
     * @param label what it is
     * @param value the figure, with its unit
     * @return this page
     */
    public HtmlReport tile(String label, String value) {
        tiles.append(String.format(Locale.ROOT, "<div><dt>%s</dt><dd>%s</dd></div>\n", escape(label), escape(value)));
        return this;
    }

    /**
     * Begins a section.
     *
     * @param heading its heading
     * @return this page
     */
    public HtmlReport section(String heading) {
        closeSection();
        body.append("<section>\n<h2>").append(escape(heading)).append("</h2>\n");
        sectionOpen = true;
        return this;
    }

    /**
     * Adds a paragraph.
     *
     * @param paragraph plain text
     * @return this page
     */
    public HtmlReport text(String paragraph) {
        return add("<p>" + escape(paragraph) + "</p>");
    }

    /**
     * Adds a table. Cells that hold a number are set flush right.
     *
     * @param header column headings
     * @param rows as many cells per row as there are headings; the first names the row
     * @return this page
     * @throws MirageException if a row has more or fewer cells
     */
    public HtmlReport table(List<String> header, List<List<String>> rows) {
        StringBuilder html = new StringBuilder("<div class=\"scroll\"><table>\n<thead><tr>");
        for (int i = 0; i < header.size(); i++) {
            html.append(cell("th scope=\"col\"", header.get(i), isNumeric(rows, i)));
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : rows) {
            if (row.size() != header.size()) {
                throw new MirageException("a table row of report \"" + title + "\" has " + row.size()
                        + " cells, but there are " + header.size() + " headings");
            }
            html.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                html.append(cell(i == 0 ? "th scope=\"row\"" : "td", row.get(i), isNumeric(rows, i)));
            }
            html.append("</tr>\n");
        }
        return add(html.append("</tbody></table></div>").toString());
    }

    /**
     * Adds a list of names and values, such as a manifest.
     *
     * @param facts value by name, in the order of showing
     * @return this page
     */
    public HtmlReport facts(Map<String, String> facts) {
        StringBuilder html = new StringBuilder("<dl class=\"facts\">\n");
        facts.forEach((name, value) -> html.append(
                String.format(Locale.ROOT, "<div><dt>%s</dt><dd>%s</dd></div>\n", escape(name), escape(value))));
        return add(html.append("</dl>").toString());
    }

    /**
     * Adds text in which every space counts, such as a configuration file.
     *
     * @param text the text
     * @return this page
     */
    public HtmlReport preformatted(String text) {
        return add("<pre tabindex=\"0\">" + escape(text) + "</pre>");
    }

    /**
     * Adds a picture whose pixels are to be seen as such when it is enlarged.
     *
     * @param image a PNG or GIF file
     * @param alt what it shows, for those who cannot see it
     * @param caption text below it
     * @return this page
     * @throws MirageException if the file cannot be read or is something else
     */
    public HtmlReport pixels(Path image, String alt, String caption) {
        return figure("pixels", image, alt, caption);
    }

    /**
     * Adds a chart; its white ground turns dark where the reader prefers that.
     *
     * @param image a PNG file, see {@link LineChart#write}
     * @param alt what it shows, for those who cannot see it
     * @param caption text below it
     * @return this page
     * @throws MirageException if the file cannot be read or is something else
     */
    public HtmlReport chart(Path image, String alt, String caption) {
        return figure("chart", image, alt, caption);
    }

    /**
     * The page as built so far.
     *
     * @return HTML
     */
    public String html() {
        StringBuilder html =
                new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        // Should anything ever slip through: the browser is told to load nothing and to run nothing.
        html.append("<meta http-equiv=\"Content-Security-Policy\"")
                .append(" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n");
        html.append("<title>").append(escape(title)).append("</title>\n<style>\n");
        html.append(style()).append("</style>\n</head>\n<body>\n<main>\n<header>\n<h1>");
        html.append(escape(title)).append("</h1>\n<p>").append(escape(subtitle)).append("</p>\n</header>\n");
        if (!tiles.isEmpty()) {
            html.append("<dl class=\"tiles\">\n").append(tiles).append("</dl>\n");
        }
        html.append(body).append(figuresOpen ? "</div>\n" : "").append(sectionOpen ? "</section>\n" : "");
        return html.append("</main>\n</body>\n</html>\n").toString();
    }

    /**
     * Writes the page.
     *
     * @param file the file, written whole or not at all
     * @throws MirageException if it cannot be written
     */
    public void write(Path file) {
        AtomicFile.write(file, out -> out.write(html().getBytes(StandardCharsets.UTF_8)));
    }

    private HtmlReport figure(String kind, Path image, String alt, String caption) {
        byte[] content = Pictures.bytes(image);
        Dimension size = Pictures.size(content, image);
        if (!figuresOpen) {
            body.append("<div class=\"figures\">\n");
            figuresOpen = true;
        }
        body.append(String.format(
                Locale.ROOT,
                "<figure class=\"%s\">\n<img alt=\"%s\" width=\"%d\" height=\"%d\" src=\"data:%s;base64,",
                kind,
                escape(alt),
                size.width,
                size.height,
                mediaType(content, image)));
        body.append(Base64.getEncoder().encodeToString(content));
        body.append("\">\n<figcaption>").append(escape(caption)).append("</figcaption>\n</figure>\n");
        return this;
    }

    private HtmlReport add(String html) {
        closeFigures();
        body.append(html).append('\n');
        return this;
    }

    private void closeSection() {
        closeFigures();
        if (sectionOpen) {
            body.append("</section>\n");
            sectionOpen = false;
        }
    }

    private void closeFigures() {
        if (figuresOpen) {
            body.append("</div>\n");
            figuresOpen = false;
        }
    }

    private static String cell(String tag, String text, boolean number) {
        String name = tag.substring(0, 2);
        return String.format(Locale.ROOT, "<%s%s>%s</%s>", tag, number ? " class=\"number\"" : "", escape(text), name);
    }

    private static boolean isNumeric(List<List<String>> rows, int column) {
        return rows.stream()
                .filter(row -> row.size() > column && !row.get(column).isBlank())
                .allMatch(row -> NUMBER.matcher(row.get(column)).matches());
    }

    private static String mediaType(byte[] content, Path image) {
        String start = new String(content, 0, Math.min(content.length, 4), StandardCharsets.ISO_8859_1);
        if (start.equals("\u0089PNG")) {
            return "image/png";
        }
        if (start.equals("GIF8")) {
            return "image/gif";
        }
        throw new MirageException("image " + image + " is neither PNG nor GIF");
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c);
            }
        }
        return escaped.toString();
    }

    private static String style() {
        try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IllegalStateException("report.css is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

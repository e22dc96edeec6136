package org.mirage4j.core.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.function.Supplier;
import org.mirage4j.core.MirageException;

/** What all charts share: fonts, the colours of text and lines, smooth drawing. */
final class Lettering {
    static final Color TEXT = new Color(0x3F3F46);
    static final Color TITLE = new Color(0x18181B);
    static final Color GRID = new Color(0xE4E4E7);

    private Lettering() {}

    static Font plain(int size) {
        return new Font(Font.SANS_SERIF, Font.PLAIN, size);
    }

    static Font bold(int size) {
        return new Font(Font.SANS_SERIF, Font.BOLD, size);
    }

    static void smooth(Graphics2D graphics) {
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    /**
     * Draws something with text. An interrupted thread stays so, though Java's fonts forget it when they are first used.
     *
     * @throws MirageException if this machine has no fonts
     */
    static BufferedImage draw(Supplier<BufferedImage> drawing) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        try {
            require();
            return drawing.get();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A Java runtime without fontconfig fails somewhere deep below, with an Error that says nothing. */
    private static void require() {
        try {
            plain(12).canDisplay('a');
        } catch (RuntimeException | LinkageError | InternalError e) {
            throw new MirageException(
                    "charts cannot be drawn, because this Java runtime finds no fonts: install fontconfig and a font such as DejaVu",
                    e);
        }
    }
}

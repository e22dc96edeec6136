package org.mirage4j.examples;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells how far a long job is: on a terminal a bar that is redrawn in place, elsewhere a line now and then
 * without control characters. Belongs to the thread that works.
 */
final class Progress implements AutoCloseable {
    private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_BAR = 30;

    /** Below, numbers matter more than a bar. */
    private static final int MIN_WIDTH = 60;

    private final PrintWriter out;
    private final int width;
    private final long total;
    private final String unit;
    private final LongSupplier clock;
    private final long started;
    private final long before;
    private long shownAt;
    private long updatedAt;
    private long done;
    private String status = "";

    /**
     * @param out where to draw
     * @param width columns of the terminal, 0 where there is none
     * @param before how much was done already, in units
     * @param total how much there is to do, in units
     * @param unit what is counted, such as "it"
     * @param clock nanoseconds
     */
    Progress(PrintWriter out, int width, long before, long total, String unit, LongSupplier clock) {
        this.out = out;
        this.width = width;
        this.before = before;
        this.done = before;
        this.total = total;
        this.unit = unit;
        this.clock = clock;
        this.started = clock.getAsLong();
        this.shownAt = started;
        this.updatedAt = started;
    }

    static Progress start(PrintWriter out, long total, String unit) {
        return goOn(out, 0, total, unit);
    }

    /** For a job of which a part was done earlier. */
    static Progress goOn(PrintWriter out, long before, long total, String unit) {
        // set by the launcher where both streams are a terminal; Java itself cannot tell its width
        return new Progress(out, Integer.getInteger("mirage.columns", 0), before, total, unit, System::nanoTime);
    }

    /** Tells what is done so far and a few words on how it goes; cheap enough for every iteration. */
    void update(long newDone, String newStatus) {
        done = newDone;
        status = newStatus;
        updatedAt = clock.getAsLong();
        if (updatedAt - shownAt >= (width > 0 ? REDRAW_NANOS : LINE_NANOS) || done == total) {
            show();
        }
    }

    /** Shows the last state and ends the line. */
    @Override
    public void close() {
        if (done < total) {
            show();
        }
        if (width > 0) {
            out.println();
            out.flush();
        }
    }

    private void show() {
        shownAt = updatedAt;
        double seconds = (updatedAt - started) / 1e9;
        double rate = seconds > 0 ? (done - before) / seconds : 0;
        String left = rate > 0 && done < total ? " " + time((total - done) / rate) + " left" : "";
        String numbers = String.format(
                Locale.ROOT,
                "%3d%% %d/%d %s %s/s%s %s",
                100 * done / Math.max(total, 1),
                done,
                total,
                unit,
                number(rate),
                left,
                status);
        if (width == 0) {
            out.println(numbers.strip());
        } else {
            out.print("\r" + fit(numbers));
        }
        out.flush();
    }

    /** One column is left free, because a full line makes some terminals wrap. */
    private String fit(String numbers) {
        int room = width - 1;
        String line = width < MIN_WIDTH ? numbers : "[" + bar(Math.min(MAX_BAR, width / 4)) + "] " + numbers;
        return line.length() > room ? line.substring(0, Math.max(room, 0)) : line + " ".repeat(room - line.length());
    }

    private String bar(int length) {
        int filled = (int) (length * Math.min(done, total) / Math.max(total, 1));
        return "=".repeat(filled) + " ".repeat(length - filled);
    }

    private static String number(double rate) {
        return String.format(Locale.ROOT, rate < 10 ? "%.2f" : rate < 100 ? "%.1f" : "%.0f", rate);
    }

    private static String time(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}

package org.mirage4j.core.table;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the text of a cell becomes a number. A column has one format, so that 1,234 cannot be a thousand in one row and
 * one in the next. The grammar is strict: digits, a sign, a decimal point and an exponent, and nothing that only a
 * programming language calls a number (1D, 0x1p3, Infinity). A number beyond the range of single precision, in which
 * networks compute, is none.
 */
public enum CellFormat {
    /** 12, -0.5, 1e3. */
    PLAIN("") {
        @Override
        double read(String text) {
            return plain(text);
        }
    },
    /** 1,006,400 and 1,234.5, beside 12. */
    THOUSANDS("commas between thousands") {
        @Override
        double read(String text) {
            return text.indexOf(',') < 0
                    ? plain(text)
                    : GROUPED.matcher(text).matches() ? plain(text.replace(",", "")) : Double.NaN;
        }
    },
    /** 0,5 and 1.006.400,25, beside 12. */
    DECIMAL_COMMA("a decimal comma") {
        @Override
        double read(String text) {
            return text.indexOf('.') < 0
                    ? plain(text.replace(',', '.'), text.indexOf(',') != text.lastIndexOf(','))
                    : GROUPED_BY_POINTS.matcher(text).matches()
                            ? plain(text.replace(".", "").replace(',', '.'))
                            : Double.NaN;
        }
    },
    /** 5%, which is 0.05. */
    PERCENT("a percent sign, read as shares: 5% is 0.05") {
        @Override
        double read(String text) {
            return text.endsWith("%") ? plain(beforeSign(text)) / PERCENTS : Double.NaN;
        }
    },
    /** 2,5%, which is 0.025. */
    DECIMAL_COMMA_PERCENT("a percent sign and a decimal comma, read as shares: 2,5% is 0.025") {
        @Override
        double read(String text) {
            return text.endsWith("%") ? DECIMAL_COMMA.read(beforeSign(text)) / PERCENTS : Double.NaN;
        }
    },
    /** 2024-02-29, 2024/2/29, 2024-02-29T12:30:00Z and 20240229T123000, as days since 1970-01-01. */
    ISO_DATE("dates, the year first") {
        @Override
        double read(String text) {
            Matcher basic = BASIC_DATE.matcher(text);
            return basic.matches() ? days(basic, 1, 2, 3) : days(YEAR_FIRST.matcher(text), 1, 2, 3);
        }
    },
    /** 29.2.2024, 29/02/2024 and 29-2-2024 12:30, as days since 1970-01-01. */
    DAY_FIRST_DATE("dates, the day first") {
        @Override
        double read(String text) {
            return days(YEAR_LAST.matcher(text), 3, 2, 1);
        }
    },
    /** 2/29/2024 and 02-29-2024 12:30, as days since 1970-01-01. */
    MONTH_FIRST_DATE("dates, the month first") {
        @Override
        double read(String text) {
            return days(YEAR_LAST.matcher(text), 3, 1, 2);
        }
    };

    private static final double PERCENTS = 100;
    /** Hour, minute, second, morning or afternoon, zone; a zone is read over. */
    private static final String TIME =
            "(\\d{1,2}):?(\\d{2})(?::?\\d{2}(?:[.,]\\d+)?)?(?: ?([AaPp])[Mm])?" + "(?:Z| ?[+-]\\d{2}:?\\d{2})?";

    private static final String PERHAPS_TIME = "(?:[T ] ?" + TIME + ")?";
    private static final Pattern NUMBER = Pattern.compile("[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?");
    private static final Pattern GROUPED = Pattern.compile("[+-]?[1-9]\\d{0,2}(?:,\\d{3})+(?:\\.\\d*)?");
    private static final Pattern GROUPED_BY_POINTS = Pattern.compile("[+-]?[1-9]\\d{0,2}(?:\\.\\d{3})+(?:,\\d*)?");
    private static final Pattern YEAR_FIRST = Pattern.compile("(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})" + PERHAPS_TIME);
    private static final Pattern BASIC_DATE = Pattern.compile("(\\d{4})(\\d{2})(\\d{2})T" + TIME);
    private static final Pattern YEAR_LAST = Pattern.compile("(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})" + PERHAPS_TIME);
    private static final int HOUR = 4;
    private static final int MINUTE = 5;
    private static final int HALF_OF_DAY = 6;
    private static final int NOON = 12;
    private static final int HOURS = 24;
    private static final int MINUTES = 60;

    private final String words;

    CellFormat(String words) {
        this.words = words;
    }

    /** NaN if the text is no number of this format. */
    abstract double read(String text);

    /**
     * Reads a cell.
     *
     * @param text its text, without white space around it
     * @return the number, finite and within the range of single precision, or nothing if the text is none
     */
    public OptionalDouble parse(String text) {
        double number = read(text);
        return Math.abs(number) <= Float.MAX_VALUE ? OptionalDouble.of(number) : OptionalDouble.empty();
    }

    /**
     * Whether a cell would be a number of this format if it were not so large.
     *
     * @param text its text, without white space around it
     * @return true if it is beyond the range of single precision
     */
    public boolean isTooLarge(String text) {
        return Math.abs(read(text)) > Float.MAX_VALUE;
    }

    /**
     * The format in words.
     *
     * @return what is said of a column of this format, empty for plain numbers
     */
    public String words() {
        return words;
    }

    /**
     * Whether cells are dates.
     *
     * @return true if numbers are days since 1970-01-01
     */
    public boolean isDate() {
        return compareTo(ISO_DATE) >= 0;
    }

    private static double plain(String text) {
        return NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
    }

    private static double plain(String text, boolean spoilt) {
        return spoilt ? Double.NaN : plain(text);
    }

    private static String beforeSign(String text) {
        return text.substring(0, text.length() - 1).stripTrailing();
    }

    private static double days(Matcher date, int year, int month, int day) {
        if (!date.matches()) {
            return Double.NaN;
        }
        try {
            long days = LocalDate.of(number(date, year), number(date, month), number(date, day))
                    .toEpochDay();
            String half = date.group(HALF_OF_DAY);
            int hour = half == null
                    ? number(date, HOUR)
                    : number(date, HOUR) % NOON + (half.equalsIgnoreCase("p") ? NOON : 0);
            int minute = number(date, MINUTE);
            return hour < HOURS && minute < MINUTES
                    ? days + (MINUTES * hour + minute) / (double) (HOURS * MINUTES)
                    : Double.NaN;
        } catch (DateTimeException e) {
            return Double.NaN;
        }
    }

    private static int number(Matcher match, int group) {
        String digits = match.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }
}

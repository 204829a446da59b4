package cutaway.cli.report;

import java.util.Locale;
import java.util.Map;

/// Marks on a terminal: colour where there is one, plain signs where not.
///
/// @param colour whether the terminal shows colours
/// @param width columns of the terminal
public record Ink(boolean colour, int width) {

    /// Columns of the widest table.
    static final int NARROWEST = 54;

    private static final int WIDEST = 400;

    private static final String SHADES = " ·░▒▓█";

    /// Blue to white to red of the 256 colours, for -1 to 1.
    private static final int[] SIGNED = {26, 32, 74, 152, 255, 223, 216, 203, 160};

    /// For the terminal that the process has: see [#of].
    public static Ink ofTerminal() {
        return of(isTerminal(), System.getenv());
    }

    private static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    /// Plain where stdout is no terminal, `NO_COLOR` is set (no-color.org), or the terminal is dumb; as wide as
    /// `COLUMNS` says, but no narrower than the tables.
    static Ink of(boolean terminal, Map<String, String> environment) {
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "").equals("dumb");
        return new Ink(terminal && !plain, columns(environment.getOrDefault("COLUMNS", "")));
    }

    /// Columns that a table may have: those of the terminal; in a pipe, where `COLUMNS` says nothing, as many as
    /// it likes.
    public static int widthOfTables() {
        boolean isFree =
                !isTerminal() && System.getenv().getOrDefault("COLUMNS", "").isBlank();
        return isFree ? WIDEST : ofTerminal().width();
    }

    private static int columns(String columns) {
        try {
            return Math.clamp(Integer.parseInt(columns.strip()), NARROWEST, WIDEST);
        } catch (NumberFormatException e) {
            return 100;
        }
    }

    public String bold(String text) {
        return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    public String faint(String text) {
        return colour ? "\u001b[2m" + text + "\u001b[0m" : text;
    }

    /// A cell of a heatmap, two columns wide; the sign is told by colour, or by a minus where there is none.
    ///
    /// @param value -1 to 1
    public String cell(double value) {
        double clamped = Math.clamp(value, -1, 1);
        if (colour) {
            int index = (int) Math.round((clamped + 1) / 2 * (SIGNED.length - 1));
            return "\u001b[48;5;" + SIGNED[index] + "m  \u001b[0m";
        }
        int shade = (int) Math.round(Math.abs(clamped) * (SHADES.length() - 1));
        String sign = clamped < 0 && shade > 0 ? "-" : String.valueOf(SHADES.charAt(shade));
        return sign + SHADES.charAt(shade);
    }

    static String percent(double share) {
        return Math.round(100 * share) + " %"; // a whole number has no minus before zero
    }

    /// A number with what it counts: `1 pair`, `1,314 pairs`.
    ///
    /// @param thing in the singular, of which the plural ends in s
    public static String count(long number, String thing) {
        return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
    }

    static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}

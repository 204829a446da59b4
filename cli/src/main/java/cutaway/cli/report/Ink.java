package cutaway.cli.report;

import java.util.Locale;

/// Marks on a terminal: colour where there is one, plain signs where not.
///
/// @param colour whether the terminal shows colours
/// @param width columns of the terminal
public record Ink(boolean colour, int width) {

    private static final String SHADES = " ·░▒▓█";

    /// Blue to white to red of the 256 colours, for -1 to 1.
    private static final int[] SIGNED = {26, 32, 74, 152, 255, 223, 216, 203, 160};

    /// For the terminal that the process has: plain where stdout is no terminal, or `NO_COLOR` is set, or it is dumb.
    public static Ink ofTerminal() {
        boolean terminal = System.console() != null && System.console().isTerminal();
        String noColour = System.getenv("NO_COLOR");
        boolean plain = noColour != null && !noColour.isEmpty();
        return new Ink(terminal && !plain && !"dumb".equals(System.getenv("TERM")), columns());
    }

    private static int columns() {
        String columns = System.getenv("COLUMNS");
        try {
            return columns == null ? 100 : Math.clamp(Integer.parseInt(columns.strip()), 40, 400);
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

    static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}

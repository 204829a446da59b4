package cutaway.cli.report;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Lines of comma-separated values (RFC 4180).
public final class Csv {

    private Csv() {}

    /// A record with its line end, CR LF. Null is nothing, the empty text `""`.
    public static String line(List<? extends @Nullable String> values) {
        return values.stream().map(Csv::field).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String field(@Nullable String value) {
        if (value == null) {
            return "";
        }
        boolean plain = !value.isEmpty() && value.equals(value.strip()) && !value.matches("(?s).*[,\"\r\n].*");
        return plain ? value : "\"" + value.replace("\"", "\"\"") + "\"";
    }
}

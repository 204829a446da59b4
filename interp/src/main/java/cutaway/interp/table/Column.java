package cutaway.interp.table;

import java.util.Set;

/// A column of an answer.
///
/// @param type as DuckDB names it: `DOUBLE`, `VARCHAR`, `DECIMAL(5,2)`
public record Column(String name, String type) {

    private static final Set<String> NUMBERS = Set.of(
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "HUGEINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "UHUGEINT",
            "FLOAT",
            "DOUBLE");

    /// Whether its values are numbers.
    public boolean isNumber() {
        return NUMBERS.contains(type) || type.startsWith("DECIMAL");
    }
}

package cutaway.interp.table;

import cutaway.tensor.BadInputException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One statement that reads, as DuckDB's own parser sees it.
///
/// `json_serialize_sql` is that parser: it takes what is a SELECT to it (WITH, FROM, VALUES, DESCRIBE, SHOW and
/// SUMMARIZE are) and nothing else. Asked before the statement is prepared, since JDBC runs all but the last of
/// several statements while it prepares.
///
/// @param tables names after FROM, DESCRIBE or SUMMARIZE, in any case
record Question(Set<String> tables) {

    /// Characters of a query that an error quotes.
    private static final int BEGINNING = 60;

    private static final String PARSE = """
        WITH parsed AS (SELECT json_serialize_sql(?) AS tree)
        SELECT tree ->> 'error_type', tree ->> 'error_message', json_array_length(tree, '$.statements')
        FROM parsed
        """;

    private static final String TABLES =
            "SELECT DISTINCT value ->> '$' FROM json_tree(json_serialize_sql(?)) WHERE key = 'table_name'";

    /// @throws BadInputException for what is no SQL, does more than read, or is not one statement
    static Question of(String sql, Database database) throws SQLException {
        try (PreparedStatement parse = database.connection().prepareStatement(PARSE)) {
            parse.setString(1, sql);
            try (ResultSet parsed = parse.executeQuery()) {
                parsed.next();
                check(sql, parsed.getString(1), parsed.getString(2), parsed.getInt(3));
            }
        }
        var tables = new TreeSet<String>(String.CASE_INSENSITIVE_ORDER);
        try (PreparedStatement names = database.connection().prepareStatement(TABLES)) {
            names.setString(1, sql);
            try (ResultSet found = names.executeQuery()) {
                while (found.next()) {
                    tables.add(found.getString(1));
                }
            }
        }
        return new Question(tables);
    }

    private static void check(String sql, @Nullable String error, @Nullable String message, int statements) {
        if ("not implemented".equals(error)) { // the parser's word for a statement of another kind
            throw new BadInputException("the query " + beginning(sql)
                    + " does not only read; expected SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW or SUMMARIZE.");
        }
        if (error != null) {
            throw new BadInputException("the query is no SQL that DuckDB knows: " + message);
        }
        if (statements != 1) {
            throw new BadInputException("the query " + beginning(sql) + " has " + statements
                    + " statements; expected one, such as \"SHOW TABLES\".");
        }
    }

    private static String beginning(String sql) {
        String text = sql.strip();
        return "\"" + (text.length() <= BEGINNING ? text : text.substring(0, BEGINNING) + "…") + "\"";
    }
}

package cutaway.interp.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a query found.
///
/// @param rows a value for each column: a Boolean, a Number, a String, or null. What Java has no plain type for (dates,
///     lists, structs) is DuckDB's text for it; bytes are the UTF-8 text they are, or DuckDB's text
/// @param notes sentences about files that could not be asked, where the query asks about no file in particular
///     (`SHOW TABLES`)
public record Answer(List<Column> columns, List<List<@Nullable Object>> rows, List<String> notes) {}

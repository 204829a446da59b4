/// Tables of effects: rows that are written to Parquet files, and SQL over them. Read [cutaway.interp.table.Table]
/// first, then [cutaway.interp.table.Query].
@NullMarked
package cutaway.interp.table;

import org.jspecify.annotations.NullMarked;

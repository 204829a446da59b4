package cutaway.features.store;

import cutaway.interp.table.TextColumn;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A Parquet file, a document each row; DuckDB is loaded for it.
final class TableReader implements Texts.Reader {

    private final Path file;
    private final TextColumn column;
    private long row;

    TableReader(Path file, String name) {
        this.file = file;
        this.column = TextColumn.open(file, name);
    }

    @Override
    public Texts.@Nullable Part next() {
        if (!column.next()) {
            return null;
        }
        String text = column.text();
        return new Texts.Part(true, file, ++row, text == null ? "" : text);
    }

    @Override
    public void close() {
        column.close();
    }
}

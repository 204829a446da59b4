package cutaway.interp.table;

import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A view of each file in a database that can open nothing else.
///
/// DuckDB is told which files it may open, that it may open no other (nor the network, nor an extension), and that
/// no setting changes any more: `allowed_paths`, `enable_external_access` and `lock_configuration`
/// (duckdb.org/docs, "Securing DuckDB"). `allowed_paths` allows writing too, which no statement does that
/// [Question] lets through.
///
/// @param names of all tables, in any case
/// @param unusable of each of them that has no view, a sentence that says why
record Views(List<String> names, Map<String, String> unusable) {

    static Views of(TableFiles files, Database database) throws SQLException {
        database.execute("SET allowed_paths = "
                + files.all().stream()
                        .map(Database::file)
                        .flatMap(file -> Stream.of(file, pattern(file)))
                        .distinct()
                        .map(Database::text)
                        .collect(Collectors.joining(", ", "[", "]")));
        database.execute("SET enable_external_access = false");
        var unusable = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        files.named().forEach((name, candidates) -> {
            if (candidates.size() > 1) {
                unusable.put(name, ambiguous(name, candidates));
                return;
            }
            try {
                database.execute("CREATE VIEW " + Database.name(name) + " AS FROM read_parquet("
                        + candidates.getFirst().stream().map(Views::literal).collect(Collectors.joining(", ", "[", "]"))
                        + ")");
            } catch (SQLException e) {
                unusable.put(
                        name,
                        candidates.getFirst().getFirst() + " cannot be read as a Parquet file: " + Database.message(e)
                                + "; write it again, or remove it.");
            }
        });
        database.execute("SET lock_configuration = true");
        return new Views(List.copyOf(files.named().keySet()), unusable);
    }

    /// What is to be said beside the answer: of each unusable file, where the query names no file.
    ///
    /// @throws BadInputException where it names an unusable one
    List<String> notes(Question question) {
        unusable.forEach((name, why) -> {
            if (question.tables().contains(name)) {
                throw new BadInputException(why);
            }
        });
        return names.stream().anyMatch(question.tables()::contains) ? List.of() : List.copyOf(unusable.values());
    }

    private static String ambiguous(String name, List<List<Path>> candidates) {
        return "the table " + name + " could be any of "
                + candidates.stream().map(files -> files.getFirst().toString()).collect(Collectors.joining(", "))
                + "; name the one you mean with --in, or rename a file.";
    }

    /// One file, as an argument of `read_parquet` and the like.
    static String literal(Path file) {
        return Database.text(pattern(Database.file(file)));
    }

    /// The pattern that a file alone matches: `read_parquet` takes `*`, `?` and `[` for more than themselves.
    private static String pattern(String file) {
        return file.replaceAll("[*?\\[]", "[$0]");
    }
}

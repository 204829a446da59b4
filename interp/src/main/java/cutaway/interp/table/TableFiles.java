package cutaway.interp.table;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The files that a query may read, by the name that each has there.
///
/// A name is the file's without what follows its last dot; what no plain SQL name holds is `_`. Case makes no
/// difference. Files of one folder that are numbered with five digits, `tokens-00000.parquet` and on, are one table
/// together, `tokens`.
///
/// @param named the files of one table a name, or of several where the name is ambiguous
record TableFiles(Map<String, List<List<Path>>> named) {

    private static final int MOST_NAMED = 10;

    private static final String PARQUET = ".parquet";

    private static final Pattern NUMBERED = Pattern.compile("(.+)-\\d{5}\\.parquet");

    /// @param places files, and folders whose `*.parquet` count, their own and those of their direct subfolders; what
    ///     begins with a dot is passed over
    /// @throws BadInputException where a place is missing or cannot be read, or there is no file at all
    static TableFiles in(List<Path> places) {
        var files = new LinkedHashMap<Path, Path>(); // by where links lead: a file that is named twice counts once
        for (Path place : places) {
            try {
                for (Path file : filesOf(place)) {
                    files.putIfAbsent(file.toRealPath(), file);
                }
            } catch (IOException e) {
                throw new BadInputException("cannot read the folder " + shown(place) + ": " + e, e);
            }
        }
        if (files.isEmpty()) {
            throw new BadInputException("no *" + PARQUET + " is in "
                    + places.stream().map(TableFiles::shown).collect(Collectors.joining(", "))
                    + " or a direct subfolder; name a folder or file that has tables with --in.");
        }
        var tables = new LinkedHashMap<Path, List<Path>>(); // by a path that all files of a table share
        files.values()
                .forEach(file -> tables.computeIfAbsent(table(file), key -> new ArrayList<>())
                        .add(file));
        var named = new TreeMap<String, List<List<Path>>>(String.CASE_INSENSITIVE_ORDER);
        tables.forEach((table, parts) ->
                named.computeIfAbsent(name(table), key -> new ArrayList<>()).add(parts));
        return new TableFiles(named);
    }

    /// All files, the ambiguous among them.
    List<Path> all() {
        return named.values().stream()
                .flatMap(List::stream)
                .flatMap(List::stream)
                .toList();
    }

    private static Path table(Path file) {
        Matcher numbered = NUMBERED.matcher(file.getFileName().toString());
        return numbered.matches() ? file.resolveSibling(numbered.group(1) + PARQUET) : file;
    }

    /// What to say of a table that is not among them.
    ///
    /// @param suggested what may have been meant
    String without(String table, Optional<String> suggested) {
        List<String> names = List.copyOf(named.keySet());
        return "there is no table %s;%s there %s %s%s."
                .formatted(
                        table,
                        suggested
                                .filter(named::containsKey)
                                .map(name -> " did you mean " + name + "?")
                                .orElse(""),
                        names.size() == 1 ? "is" : "are",
                        String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size()))),
                        names.size() > MOST_NAMED
                                ? " and %d more: SHOW TABLES lists all".formatted(names.size() - MOST_NAMED)
                                : "");
    }

    private static List<Path> filesOf(Path place) throws IOException {
        if (Files.isRegularFile(place)) {
            return List.of(place);
        }
        if (!Files.isDirectory(place)) {
            throw new BadInputException("no folder or file " + shown(place)
                    + "; name a Parquet file, or a folder with *" + PARQUET + " in it or in a direct subfolder.");
        }
        List<Path> found = new ArrayList<>();
        for (Path entry : entries(place)) {
            if (Files.isDirectory(entry)) {
                entries(entry).stream().filter(TableFiles::isTable).forEach(found::add);
            } else if (isTable(entry)) {
                found.add(entry);
            }
        }
        return found;
    }

    private static boolean isTable(Path file) {
        return file.getFileName().toString().endsWith(PARQUET) && Files.isRegularFile(file);
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static String name(Path file) {
        String whole = file.getFileName().toString();
        int dot = whole.lastIndexOf('.');
        String name = (dot > 0 ? whole.substring(0, dot) : whole).replaceAll("[^\\p{L}\\p{M}\\p{N}_]", "_");
        return Character.isDigit(name.codePointAt(0)) ? "_" + name : name;
    }

    private static String shown(Path place) {
        return place.toString().isEmpty() ? "the current folder" : place.toString();
    }
}

package cutaway.server.tables;

import cutaway.interp.whatif.DatapointFile;
import cutaway.interp.whatif.Datapoints;
import cutaway.server.api.Refusal;
import cutaway.tensor.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The tables in `tables/` of the workbench's folder, by the names of their files. The folder is made where
/// it is missing, and looked at anew at each question.
public final class Tables {

    private static final Pattern TABLE = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} _-]{0,60}\\.(?:csv|jsonl)");
    private static final int OPEN = 4;
    private static final long MOST_BYTES = 20_000_000;

    /// A table as it was read.
    ///
    /// @param sha256 of its text: scores of another text are not its own
    record Opened(String name, String sha256, Datapoints datapoints) {}

    /// @param bytes of the file
    record TableEntry(String name, long bytes) {}

    private final Path folder;
    private final Map<String, Opened> open = new LinkedHashMap<>();

    /// @param home the workbench's folder
    public Tables(Path home) {
        this.folder = home.resolve("tables");
    }

    /// Those that are there, by name.
    List<TableEntry> all() {
        try (Stream<Path> files = Files.list(Files.createDirectories(folder))) {
            return files.filter(
                            file -> TABLE.matcher(file.getFileName().toString()).matches()
                                    && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .map(file -> new TableEntry(
                            file.getFileName().toString(), file.toFile().length()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @throws Refusal when there is none of this name
    synchronized Opened table(String name) {
        Path file = folder.resolve(checked(name));
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refusal(
                    404,
                    "there is no table " + name + " in " + folder.getFileName()
                            + "/ of the workbench's folder; choose one of those that are there.");
        }
        String text;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new Refusal(
                        413, "the table has " + Files.size(file) + " bytes; at most " + MOST_BYTES + " are taken.");
            }
            text = Files.readString(file);
        } catch (IOException e) {
            throw new Refusal(422, "the table " + name + " is no text in UTF-8.");
        }
        String sha256 = sha256(text);
        Opened known = open.remove(name);
        Opened opened = known != null && known.sha256.equals(sha256)
                ? known
                : new Opened(name, sha256, DatapointFile.parse(text, name));
        if (open.size() >= OPEN) {
            open.remove(open.keySet().iterator().next());
        }
        open.put(name, opened); // the last one asked for stands at the end
        return opened;
    }

    /// Keeps a table.
    ///
    /// @throws Refusal when another is there under the name, or the disk refuses
    /// @throws cutaway.tensor.BadInputException when it is no table
    synchronized Opened put(String name, String text) {
        Path file = folder.resolve(checked(name));
        DatapointFile.parse(text, name);
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && Files.readString(file).equals(text)) {
                    return table(name);
                }
                throw new Refusal(409, "another table is kept as " + name + "; give this one another name.");
            }
            Files.createDirectories(folder);
            WholeFile.write(file, text);
        } catch (IOException e) {
            throw new Refusal(
                    507, "cannot write the table " + name + " (" + e.getMessage() + "); make room, and ask again.");
        }
        return table(name);
    }

    private static String checked(String name) {
        if (!TABLE.matcher(name).matches()) {
            throw new Refusal(
                    400,
                    "a table is named by letters, digits, spaces, - and _, and ends in .csv or .jsonl; this name is"
                            + " not.");
        }
        return name;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

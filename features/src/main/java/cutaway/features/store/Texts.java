package cutaway.features.store;

import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The files that a text is read from, one after another.
///
/// A file is one document; of JSON lines (`.jsonl`, `.ndjson`), each line is one, and of Parquet (`.parquet`), each
/// row.
///
/// @param files in the order of reading
/// @param field of a line, or column of a table, that holds the text
public record Texts(List<Path> files, String field) {

    private static final Set<String> LINES = Set.of("jsonl", "ndjson");
    private static final String TABLE = "parquet";
    private static final Set<String> IN_FOLDERS = Set.of("txt", "text", "md", "rst", "jsonl", "ndjson", TABLE);

    /// @throws BadInputException when there is no file
    public Texts {
        files = List.copyOf(files);
        if (files.isEmpty()) {
            throw new BadInputException("no text is given; name a file or a folder.");
        }
    }

    /// @param places files, and folders whose files count with those of their subfolders, in the order of their
    ///     paths: `.txt`, `.text`, `.md`, `.rst`, `.jsonl`, `.ndjson` and `.parquet`, but what begins with a dot
    /// @throws BadInputException when a place is missing, or a folder has no text
    public static Texts of(List<Path> places, String field) {
        List<Path> files = new ArrayList<>();
        for (Path place : places) {
            if (Files.isDirectory(place)) {
                List<Path> inside = inFolder(place);
                if (inside.isEmpty()) {
                    throw new BadInputException("the folder " + place
                            + " has no text in it; expected files that end in "
                            + IN_FOLDERS.stream().sorted().map(end -> "." + end).toList() + ".");
                }
                files.addAll(inside);
            } else if (Files.isRegularFile(place)) {
                files.add(place);
            } else {
                throw new BadInputException("there is no text " + place
                        + "; give a file of text, .jsonl or .parquet, or a folder of such files.");
            }
        }
        return new Texts(files, field);
    }

    private static List<Path> inFolder(Path folder) {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(file -> isVisible(folder.relativize(file)) && IN_FOLDERS.contains(ending(file)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BadInputException("cannot read the folder " + folder + ": " + e, e);
        }
    }

    private static boolean isVisible(Path inside) {
        for (Path name : inside) {
            if (name.toString().startsWith(".")) {
                return false;
            }
        }
        return true;
    }

    private static String ending(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /// A document, or a part of a long one.
    ///
    /// @param begins whether a document begins here
    /// @param place of the document in its file: its line or row, from 1; 0 where it is the whole file
    record Part(boolean begins, Path file, long place, String text) {}

    /// Gives the parts of one file, or of several, in order.
    interface Reader extends AutoCloseable {
        /// The next; null at the end.
        @Nullable
        Part next();

        @Override
        void close();
    }

    /// Contexts one after another, as a harvest cuts them, until there are so many tokens or the text ends.
    ///
    /// @param context tokens of one, with what the model's recipe puts around a text
    /// @return ids of each
    public List<int[]> contexts(Tokenizer tokenizer, int context, long tokens) {
        List<int[]> contexts = new ArrayList<>();
        long count = 0;
        try (Pieces pieces = new Pieces(this, tokenizer, context)) {
            while (count < tokens) {
                Piece piece = pieces.next();
                if (piece == null) {
                    return contexts;
                }
                contexts.add(piece.ids());
                count += piece.ids().length;
            }
        }
        return contexts;
    }

    Reader open() {
        return new All();
    }

    private final class All implements Reader {

        private int file;
        private @Nullable Reader reader;

        @Override
        public @Nullable Part next() {
            while (true) {
                if (reader == null) {
                    if (file == files.size()) {
                        return null;
                    }
                    reader = open(files.get(file++));
                }
                Part part = reader.next();
                if (part != null) {
                    return part;
                }
                close();
            }
        }

        private Reader open(Path path) {
            String ending = ending(path);
            if (ending.equals(TABLE)) {
                return new TableReader(path, field);
            }
            return LINES.contains(ending) ? new LineReader(path, field) : new PlainReader(path);
        }

        @Override
        public void close() {
            if (reader != null) {
                reader.close();
                reader = null;
            }
        }
    }

    /// A text whose lone surrogates, which are no characters, are U+FFFD.
    static String whole(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints()
                        .map(point ->
                                point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }
}

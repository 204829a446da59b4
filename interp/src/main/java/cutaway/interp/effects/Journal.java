package cutaway.interp.effects;

import cutaway.tensor.BadInputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a sweep has measured so far, on disk as soon as it is known, so that an interrupted one goes on where it was.
///
/// A line of the file is a pair, a number that the method counts its questions by, and a value, exact to the last bit.
final class Journal implements AutoCloseable {

    private final @Nullable Path file;
    private @Nullable BufferedWriter writer; // opened when there is something to keep
    private final Map<Integer, Map<Integer, Double>> values = new HashMap<>();
    private final StringBuilder pending = new StringBuilder(); // noted, and not written before there is more to keep
    private int known;

    private Journal(@Nullable Path file) {
        this.file = file;
    }

    /// One that keeps nothing.
    static Journal none() {
        return new Journal(null);
    }

    /// Opens a file, with what is in it.
    ///
    /// @throws BadInputException when it cannot be written, or holds something else
    static Journal in(Path file) {
        try {
            List<String> lines = Files.exists(file) ? whole(file) : List.of();
            Journal journal = new Journal(file);
            lines.forEach(journal::read);
            return journal;
        } catch (IOException e) {
            throw new BadInputException("cannot keep what is measured in " + file + ": " + e.getMessage(), e);
        }
    }

    /// Its lines; a last one that was being written is cut off.
    private static List<String> whole(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(end);
        }
        return new String(bytes, 0, end, StandardCharsets.US_ASCII).lines().toList();
    }

    private void read(String line) {
        String[] words = line.split(" ", -1);
        try {
            put(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Double.parseDouble(words[2]));
            known++;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new BadInputException(
                    file + " is no record of an interrupted sweep: it holds \"" + line + "\"; move it away.", e);
        }
    }

    private void put(int pair, int question, double value) {
        values.computeIfAbsent(pair, key -> new HashMap<>()).put(question, value);
    }

    /// How many values an earlier, interrupted sweep left.
    int known() {
        return known;
    }

    Optional<Double> value(int pair, int question) {
        return Optional.ofNullable(values.getOrDefault(pair, Map.of()).get(question));
    }

    /// Notes a value that takes but one run: it is kept with the next ones, so that a sweep that is refused after it
    /// leaves nothing behind.
    void note(int pair, int question, double found) {
        put(pair, question, found);
        if (file != null) {
            pending.append(line(pair, question, found));
        }
    }

    private static String line(int pair, int question, double value) {
        return pair + " " + question + " " + Double.toHexString(value) + "\n";
    }

    /// Keeps some values of a pair.
    void keep(int pair, int[] questions, double[] found) {
        for (int i = 0; i < questions.length; i++) {
            put(pair, questions[i], found[i]);
        }
        if (file == null) {
            return;
        }
        try {
            if (writer == null) {
                Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
                writer = Files.newBufferedWriter(
                        file, StandardCharsets.US_ASCII, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
            writer.write(pending.toString());
            pending.setLength(0);
            for (int i = 0; i < questions.length; i++) {
                writer.write(line(pair, questions[i], found[i]));
            }
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    new IOException("what was measured cannot be kept in " + file + ": " + e.getMessage(), e));
        }
    }

    @Override
    public void close() {
        if (writer != null) {
            try {
                writer.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

package cutaway.features.store;

import cutaway.tensor.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file of UTF-8 text, one document, read in parts that end with a line.
final class PlainReader implements Texts.Reader {

    /// Characters of a part, about: a tokenizer takes a text as a whole, with some hundred bytes a token.
    private static final int PART = 1 << 17;

    private final Path file;
    private final BufferedReader reader;
    private final char[] buffer = new char[PART];
    private int filled;
    private boolean begun;

    PlainReader(Path file) {
        this.file = file;
        this.reader = open(file);
    }

    static BufferedReader open(Path file) {
        try {
            return Files.newBufferedReader(file);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static BadInputException notText(Path file, IOException cause) {
        return new BadInputException(file + " is not UTF-8 text; convert it, or leave it out of the folder.", cause);
    }

    @Override
    public Texts.@Nullable Part next() {
        try {
            while (filled < PART) {
                int read = reader.read(buffer, filled, PART - filled);
                if (read < 0) {
                    break;
                }
                filled += read;
            }
        } catch (MalformedInputException e) {
            throw notText(file, e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + ": " + e.getMessage(), e);
        }
        if (filled == 0 && begun) {
            return null;
        }
        int end = filled < PART ? filled : cut();
        String text = new String(buffer, 0, end);
        System.arraycopy(buffer, end, buffer, 0, filled - end);
        filled -= end;
        Texts.Part part = new Texts.Part(!begun, file, 0, text);
        begun = true;
        return part;
    }

    /// After the last end of a line, where there is one; never within a character.
    private int cut() {
        for (int i = filled; i > filled / 2; i--) {
            if (buffer[i - 1] == '\n') {
                return i;
            }
        }
        return Character.isHighSurrogate(buffer[filled - 1]) ? filled - 1 : filled;
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

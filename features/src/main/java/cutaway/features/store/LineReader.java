package cutaway.features.store;

import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON lines, a document each; empty lines are passed over.
final class LineReader implements Texts.Reader {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path file;
    private final String field;
    private final BufferedReader lines;
    private long line;

    LineReader(Path file, String field) {
        this.file = file;
        this.field = field;
        this.lines = PlainReader.open(file);
    }

    @Override
    public Texts.@Nullable Part next() {
        try {
            String text = lines.readLine();
            while (text != null && text.isBlank()) {
                line++;
                text = lines.readLine();
            }
            line++;
            return text == null ? null : new Texts.Part(true, file, line, Texts.whole(text(text)));
        } catch (MalformedInputException e) {
            throw PlainReader.notText(file, e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private String text(String json) {
        JsonNode object;
        try {
            object = JSON.readTree(json);
        } catch (JacksonException e) {
            throw new BadInputException(
                    file + ", line " + line + " is not valid JSON: " + JsonFault.of(e)
                            + "; expected an object such as {\"" + field + "\": \"...\"}.",
                    e);
        }
        JsonNode text = object.path(field);
        if (text.isNull()) {
            return "";
        }
        if (!text.isString()) {
            throw new BadInputException(file + ", line " + line + " has no text \"" + field + "\"; "
                    + (object.isObject() ? "its fields are " + object.propertyNames() : "it is no object")
                    + ": name the one that holds the text with --field.");
        }
        return text.asString();
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

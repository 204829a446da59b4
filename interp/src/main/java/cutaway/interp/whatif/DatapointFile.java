package cutaway.interp.whatif;

import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import cutaway.tensor.RegularFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads a table: CSV (RFC 4180: a first line of names, commas, quotes doubled within quotes), or JSON
/// lines, an object each, whose values are texts, numbers, true, false or null.
public final class DatapointFile {

    private static final int MOST_BYTES = 20_000_000;

    private DatapointFile() {}

    /// @throws BadInputException when there is no such file, or it is neither
    public static Datapoints read(Path file) {
        RegularFile.check(file, "a table");
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new BadInputException(
                        "%s has %,d bytes; at most %,d are taken.".formatted(file, Files.size(file), MOST_BYTES));
            }
            return parse(Files.readString(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new BadInputException(
                    "there is no file " + file + "; expected a table in CSV, or JSON lines with an object each.", e);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is no text in UTF-8; expected a table in CSV or JSON lines.", e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + ": " + e, e);
        }
    }

    /// @param where what to call the text in messages
    public static Datapoints parse(String text, String where) {
        String table = text.startsWith("\uFEFF") ? text.substring(1) : text;
        try {
            return table.stripLeading().startsWith("{") ? ofLines(table) : ofCsv(table);
        } catch (BadInputException e) {
            throw new BadInputException(where + ": " + e.getMessage(), e);
        }
    }

    private static Datapoints ofLines(String text) {
        List<Map<String, String>> objects = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!line.isBlank()) {
                Map<String, String> object = object(line, number);
                names.addAll(object.keySet());
                objects.add(object);
            }
        }
        return Datapoints.of(
                List.copyOf(names),
                objects.stream()
                        .map(object -> names.stream()
                                .map(name -> object.getOrDefault(name, ""))
                                .toList())
                        .toList());
    }

    private static Map<String, String> object(String line, int number) {
        JsonNode node;
        try {
            node = JsonMapper.shared().readTree(line);
        } catch (JacksonException e) {
            throw new BadInputException(
                    "line " + number + " is not valid JSON: " + JsonFault.of(e)
                            + "; expected an object such as {\"income\": 41, \"region\": \"north\"}.",
                    e);
        }
        Map<String, String> object = new LinkedHashMap<>();
        node.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isContainer()) {
                throw new BadInputException("line " + number + " has a list or an object as its \"" + field.getKey()
                        + "\"; expected a text, a number, true, false or null.");
            }
            object.put(field.getKey(), value.isNull() ? "" : value.asString());
        });
        if (!node.isObject()) {
            throw new BadInputException(
                    "line " + number + " is no JSON object; expected one such as {\"income\": 41}.");
        }
        return object;
    }

    private static Datapoints ofCsv(String text) {
        List<List<String>> records = records(text);
        if (records.isEmpty()) {
            throw new BadInputException("the table is empty; expected a first line of names, then a line each row.");
        }
        List<String> names = records.getFirst().stream().map(String::strip).toList();
        List<List<String>> rows = records.subList(1, records.size());
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).size() != names.size()) {
                throw new BadInputException("row %d has %d values; the first line names %d columns."
                        .formatted(i, rows.get(i).size(), names.size()));
            }
        }
        return Datapoints.of(names, rows);
    }

    /// The records of a CSV text; lines that are blank are left out.
    private static List<List<String>> records(String text) {
        List<List<String>> records = new ArrayList<>();
        List<String> record = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        boolean wasQuoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                boolean doubled = c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"';
                if (c == '"' && !doubled) {
                    quoted = false;
                } else {
                    value.append(c);
                    i += doubled ? 1 : 0;
                }
            } else if (c == '"' && value.toString().isBlank() && !wasQuoted) {
                quoted = true;
                wasQuoted = true;
                value.setLength(0);
            } else if (c == ',') {
                record.add(ended(value, wasQuoted));
                wasQuoted = false;
            } else if (c == '\n') {
                end(records, record, ended(value, wasQuoted));
                record = new ArrayList<>();
                wasQuoted = false;
            } else if (c != '\r') {
                value.append(c);
            }
        }
        if (quoted) {
            throw new BadInputException("a quote is opened in record " + records.size()
                    + " and not closed; close it, and write a quote within quotes twice.");
        }
        end(records, record, ended(value, wasQuoted));
        return records;
    }

    private static String ended(StringBuilder value, boolean wasQuoted) {
        String text = wasQuoted ? value.toString() : value.toString().strip();
        value.setLength(0);
        return text;
    }

    private static void end(List<List<String>> records, List<String> record, String last) {
        if (!record.isEmpty() || !last.isEmpty()) {
            record.add(last);
            records.add(record);
        }
    }
}

package cutaway.server.features;

import cutaway.server.api.Json;
import cutaway.server.api.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import tools.jackson.core.JacksonException;

/// What people call features: a file for each dictionary, whole or as it was. What machines say is never written here.
final class Labels {

    private static final int LONGEST = 300;

    private final Path folder;

    Labels(Path folder) {
        this.folder = folder;
    }

    /// What a person wrote.
    ///
    /// @param written when, UTC
    public record PersonLabel(int feature, String text, String written) {}

    /// What a file holds.
    private record Kept(String dictionary, Map<Integer, PersonLabel> labels) {}

    /// All labels of a dictionary, by feature.
    ///
    /// @throws Refusal when its file is damaged: it is not written over
    synchronized Map<Integer, PersonLabel> of(String dictionary) {
        Path file = file(dictionary);
        if (!Files.isRegularFile(file)) {
            return new TreeMap<>();
        }
        try {
            return new TreeMap<>(Json.MAPPER.readValue(Files.readString(file), Kept.class).labels);
        } catch (IOException | JacksonException | NullPointerException e) {
            throw new Refusal(
                    409,
                    "the labels of " + dictionary + " in the workbench's folder, labels/" + file.getFileName()
                            + ", cannot be read; mend the file, or move it away.");
        }
    }

    /// Writes a label, or takes it away where the text is empty.
    synchronized Optional<PersonLabel> put(String dictionary, int feature, String text) {
        String label = text.strip();
        if (label.length() > LONGEST) {
            throw new Refusal(
                    413, "the label has " + label.length() + " characters; at most " + LONGEST + " are taken.");
        }
        Map<Integer, PersonLabel> labels = of(dictionary);
        if (label.isEmpty()) {
            labels.remove(feature);
        } else {
            labels.put(
                    feature,
                    new PersonLabel(
                            feature,
                            label,
                            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()));
        }
        Json.put(file(dictionary), new Kept(dictionary, labels));
        return Optional.ofNullable(labels.get(feature));
    }

    /// A name without what a path could be made of, and a sum that keeps two names apart.
    private Path file(String dictionary) {
        CRC32 sum = new CRC32();
        sum.update(dictionary.getBytes(StandardCharsets.UTF_8));
        return folder.resolve(dictionary.replaceAll("[^A-Za-z0-9-]", "_") + "-"
                + HexFormat.of().toHexDigits((int) sum.getValue()) + ".json");
    }
}

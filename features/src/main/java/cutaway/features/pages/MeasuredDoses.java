package cutaway.features.pages;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// Doses that are measured, a line of JSON for each place, so that a run that was interrupted measures none twice.
/// Numbers come back to the bit: JSON has the shortest decimals that stand for them.
final class MeasuredDoses implements AutoCloseable {

    private static final String FILE = "doses.jsonl";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final FileChannel channel;
    private final List<Doses.Row> rows = new ArrayList<>();
    private int places;

    /// Those that a folder has, to be added to.
    MeasuredDoses(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            String all = Files.readString(file, StandardCharsets.ISO_8859_1); // numbers alone
            int whole = all.lastIndexOf('\n') + 1; // a line without its end was being written
            all.substring(0, whole).lines().forEach(line -> {
                rows.addAll(List.of(JSON.readValue(line, Doses.Row[].class)));
                places++;
            });
            channel.truncate(whole).position(whole);
        } catch (IOException e) {
            throw refused(folder, e);
        }
    }

    static void remove(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(FILE));
    }

    /// How many places are measured.
    int places() {
        return places;
    }

    /// What was measured at all of them, in order.
    List<Doses.Row> rows() {
        return rows;
    }

    /// What is measured at the next place.
    void add(List<Doses.Row> measured) {
        ByteBuffer line =
                ByteBuffer.wrap((JSON.writeValueAsString(measured) + "\n").getBytes(StandardCharsets.US_ASCII));
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw refused(Path.of(FILE), e);
        }
        rows.addAll(measured);
        places++;
    }

    private static BadInputException refused(Path where, IOException e) {
        return new BadInputException("the doses cannot be kept in " + where + " (" + e + "); make room.", e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw refused(Path.of(FILE), e);
        }
    }
}

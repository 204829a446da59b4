package cutaway.tensor.training;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a run said of itself, in a file beside its checkpoint: one line of JSON each.
///
/// @param <P> what it says at a step: a record that Jackson reads and writes
public final class Curve<P extends Curve.Point> {

    /// The name of the file in a run's folder.
    public static final String FILE = "curve.jsonl";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// What a run says at a step.
    public interface Point {

        /// How many steps were made.
        long step();

        /// That the run has taken, over all its sessions.
        double seconds();
    }

    private final Path file;
    private final List<P> points;

    private Curve(Path file, List<P> points) {
        this.file = file;
        this.points = points;
    }

    /// The curve of a run that goes on after so many steps; what was said of later ones is forgotten.
    ///
    /// @throws BadInputException when the file is no curve, or cannot be written
    public static <P extends Point> Curve<P> of(Path folder, long steps, Class<P> kind) {
        Path file = folder.resolve(FILE);
        try {
            List<P> points = new ArrayList<>();
            if (steps > 0 && Files.exists(file)) {
                for (P point : read(file, kind)) {
                    if (point.step() <= steps) {
                        points.add(point);
                    }
                }
            }
            Files.write(file, points.stream().map(JSON::writeValueAsString).toList());
            return new Curve<>(file, points);
        } catch (IOException | JacksonException e) {
            throw new BadInputException(
                    "cannot go on with the curve " + file + " (" + e.getMessage()
                            + "); take it away to go on without it.",
                    e);
        }
    }

    /// The points in a file, in order; a last line that was cut off is left out.
    public static <P extends Point> List<P> read(Path file, Class<P> kind) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<P> points = new ArrayList<>();
        for (String line : lines) {
            try {
                points.add(JSON.readValue(line, kind));
            } catch (JacksonException e) {
                if (points.size() < lines.size() - 1) {
                    throw e;
                }
            }
        }
        return points;
    }

    public void add(P point) {
        points.add(point);
        try {
            Files.writeString(file, JSON.writeValueAsString(point) + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new BadInputException("cannot write " + file + " (" + e.getMessage() + "); make room there.", e);
        }
    }

    public List<P> points() {
        return List.copyOf(points);
    }

    /// Seconds that the run has taken so far.
    public double seconds() {
        return points.isEmpty() ? 0 : points.getLast().seconds();
    }
}

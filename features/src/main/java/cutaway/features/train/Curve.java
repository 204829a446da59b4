package cutaway.features.train;

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
public final class Curve {

    /// The name of the file in a run's folder.
    public static final String FILE = "curve.jsonl";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;
    private final List<Progress> points;

    private Curve(Path file, List<Progress> points) {
        this.file = file;
        this.points = points;
    }

    /// The curve of a run that goes on after so many steps; what was said of later ones is forgotten.
    ///
    /// @throws BadInputException when the file is no curve, or cannot be written
    public static Curve of(Path folder, long steps) {
        Path file = folder.resolve(FILE);
        try {
            List<Progress> points = new ArrayList<>();
            if (steps > 0 && Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    Progress point = JSON.readValue(line, Progress.class);
                    if (point.step() <= steps) {
                        points.add(point);
                    }
                }
            }
            Files.write(file, points.stream().map(JSON::writeValueAsString).toList());
            return new Curve(file, points);
        } catch (IOException | JacksonException e) {
            throw new BadInputException(
                    "cannot go on with the curve " + file + " (" + e.getMessage()
                            + "); take it away to go on without it.",
                    e);
        }
    }

    public void add(Progress point) {
        points.add(point);
        try {
            Files.writeString(file, JSON.writeValueAsString(point) + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new BadInputException("cannot write " + file + " (" + e.getMessage() + "); make room there.", e);
        }
    }

    public List<Progress> points() {
        return List.copyOf(points);
    }

    /// Seconds that the run has taken so far.
    public double seconds() {
        return points.isEmpty() ? 0 : points.getLast().seconds();
    }
}

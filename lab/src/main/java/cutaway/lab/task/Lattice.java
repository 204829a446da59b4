package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The fourth corner `d = b + c - a` of three points of a square lattice, as tokens `a b c` (Baek et al.,
/// arXiv:2502.01628). Every triple whose fourth corner is on the lattice is a question, those with equal
/// points too.
///
/// @param side points of a row; the point at `(x, y)` is the token `side x + y`
/// @param share of the questions that is trained on; the others are held out
public record Lattice(
        @JsonProperty(value = "side", required = true) int side,
        @JsonProperty(value = "share", required = true) double share)
        implements Task {

    static final String NAME = "lattice";

    /// Of a side: there are (2 s^3 + s)^2 / 9 questions, 7,225 of a side of 5.
    private static final int MOST = 10;

    public Lattice {
        require(side >= 2 && side <= MOST, "a lattice of the side " + side + "; expected 2 to " + MOST + ".");
        int ofAxis = (2 * side * side * side + side) / 3;
        Split.check(ofAxis * ofAxis, share);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "The fourth corner of a parallelogram on a lattice, of three.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(3, side * side);
    }

    @Override
    public Target target() {
        return new Target.Classes(List.of(side * side));
    }

    @Override
    public List<String> words() {
        return IntStream.range(0, side * side)
                .mapToObj(point -> point / side + "," + point % side)
                .toList();
    }

    /// Those of three corners that are on no one line, each once.
    @Override
    public List<Parallelogram> parallelograms() {
        List<Parallelogram> all = new ArrayList<>();
        int points = side * side;
        for (int a = 0; a < points; a++) {
            for (int b = a + 1; b < points; b++) {
                for (int c = b + 1; c < points; c++) {
                    int d = fourth(a, b, c);
                    int across = (b / side - a / side) * (c % side - a % side)
                            - (b % side - a % side) * (c / side - a / side);
                    if (d > a && across != 0) {
                        all.add(new Parallelogram(a, b, c, d));
                    }
                }
            }
        }
        return List.copyOf(all);
    }

    /// -1 where it is outside.
    private int fourth(int a, int b, int c) {
        int x = b / side + c / side - a / side;
        int y = b % side + c % side - a % side;
        return x < 0 || x >= side || y < 0 || y >= side ? -1 : x * side + y;
    }

    @Override
    public Examples examples(long seed, int variant) {
        List<Questions.Question> all = new ArrayList<>();
        int points = side * side;
        for (int i = 0; i < points * points * points; i++) {
            int a = i / points / points;
            int b = i / points % points;
            int c = i % points;
            int d = fourth(a, b, c);
            if (d >= 0) {
                all.add(new Questions.Question(List.of(a, b, c), d));
            }
        }
        return new Questions(seed, all, share);
    }
}

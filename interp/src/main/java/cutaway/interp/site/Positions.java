package cutaway.interp.site;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/// Which positions of a prompt an edit or a reading is about.
///
/// @param at positions from 0; negative ones count from the end, so -1 is the last; empty means every position
public record Positions(@JsonValue List<Integer> at) {

    /// Every position.
    public static final Positions ALL = new Positions(List.of());

    public static final Positions LAST = new Positions(List.of(-1));

    @JsonCreator
    public Positions {
        if (at.stream().anyMatch(Objects::isNull)) {
            throw new BadInputException("a position is missing; give numbers, from 0 or from -1 backwards.");
        }
        at = List.copyOf(at);
    }

    public static Positions of(int... at) {
        return new Positions(IntStream.of(at).boxed().toList());
    }

    /// From the first to the last, both included.
    public static Positions span(int first, int last) {
        return new Positions(IntStream.rangeClosed(first, last).boxed().toList());
    }

    public boolean isAll() {
        return at.isEmpty();
    }

    /// Positions from 0 in a prompt of this length.
    ///
    /// @throws BadInputException when one is outside of the prompt
    public int[] in(int length) {
        if (isAll()) {
            return IntStream.range(0, length).toArray();
        }
        return at.stream()
                .mapToInt(pos -> {
                    int place = pos < 0 ? pos + length : pos;
                    if (place < 0 || place >= length) {
                        throw new BadInputException("position " + pos + " is outside of a prompt of " + length
                                + " tokens; positions run from 0 to " + (length - 1) + ", or from -1 backwards.");
                    }
                    return place;
                })
                .toArray();
    }
}

package cutaway.interp.circuit;

import cutaway.interp.prompts.Pair;
import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.SplittableRandom;

/// A control of the whole search: each pair is asked about the answers of another pair, chosen at random, so that what
/// is found, if anything, says nothing of how the model answers.
public final class ShuffledAnswers {

    private ShuffledAnswers() {}

    /// Each pair with the answers of another one whose answer differs.
    ///
    /// @throws BadInputException when all have the same answer
    public static List<Pair> of(List<Pair> pairs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return pairs.stream()
                .map(pair -> {
                    List<Pair> others = pairs.stream()
                            .filter(other -> other.answer() != pair.answer())
                            .toList();
                    if (others.isEmpty()) {
                        throw new BadInputException(
                                "every pair has the same answer, and shuffled answers would be the same again; give"
                                        + " pairs with different ones.");
                    }
                    Pair other = others.get(random.nextInt(others.size()));
                    return pair.asked(other.answer(), other.against());
                })
                .toList();
    }
}

package cutaway.features.judge;

import cutaway.features.store.Sinks;
import cutaway.tensor.BadInputException;

/// How a dictionary is judged.
///
/// @param context tokens that are run together; 128 as most dictionaries were trained
/// @param tokens that are judged at most; as many more are for fitting the rivals
/// @param skip first tokens of each context that do not count: the first is a sink of attention in many models,
///     whose norm is a hundred times that of the others
/// @param sink a token also does not count where it is more than this many times as long as the median of its
///     context: where the dictionary reads or writes, or, where a norm stands before that, in the residual stream
///     before the block
/// @param batch contexts that are run side by side
/// @param seed of the random rival and of the intervals
public record Settings(int context, int tokens, int skip, double sink, int batch, long seed) {

    /// Contexts of 128 tokens, the first one of each skipped, sinks cut as harvests cut them.
    public static final Settings USUAL = new Settings(128, 20_000, 1, Sinks.TIMES, 8, 0);

    public Settings {
        if (context < 2 || tokens < 1 || skip < 0 || skip >= context || !(sink > 1) || batch < 1) {
            throw new BadInputException("judging " + tokens + " tokens in contexts of " + context + ", " + skip
                    + " of each skipped: expected at least 1 token, and contexts of at least 2 that are not skipped"
                    + " whole.");
        }
    }

    public Settings withTokens(int most) {
        return new Settings(context, most, skip, sink, batch, seed);
    }

    public Settings withContext(int length) {
        return new Settings(length, tokens, skip, sink, batch, seed);
    }

    public Settings withSeed(long other) {
        return new Settings(context, tokens, skip, sink, batch, other);
    }
}

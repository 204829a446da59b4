package cutaway.features.judge;

import cutaway.features.store.Sinks;
import cutaway.model.Model;
import cutaway.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Which tokens of a context count: not special ones, not the first, and no sinks of attention, whose norm says more
/// than all other tokens' together.
final class Counting {

    private final Settings settings;
    private final Model model;
    private final Map<Integer, Boolean> special = new HashMap<>();
    private long counted;
    private long specials;
    private long firsts;
    private long sinks;

    Counting(Model model, Settings settings) {
        this.model = model;
        this.settings = settings;
    }

    /// What was left out so far.
    Judgement.Tokens tokens() {
        return new Judgement.Tokens(counted, specials, firsts, sinks);
    }

    boolean isSpecial(int id) {
        return special.computeIfAbsent(
                id,
                _ -> model.hasTokenizer()
                        && id < model.tokenizer().vocabSize()
                        && model.tokenizer().isSpecial(id));
    }

    /// The positions that count.
    ///
    /// @param values where a sink shows, `[pos, …]` each
    int[] of(int[] ids, List<Tensor> values) {
        boolean[] sink = Sinks.among(values, settings.sink());
        return IntStream.range(0, ids.length)
                .filter(pos -> {
                    boolean isSpecial = isSpecial(ids[pos]);
                    boolean isFirst = pos < settings.skip();
                    boolean isSink = sink[pos];
                    specials += isSpecial ? 1 : 0;
                    firsts += !isSpecial && isFirst ? 1 : 0;
                    sinks += !isSpecial && !isFirst && isSink ? 1 : 0;
                    counted += !isSpecial && !isFirst && !isSink ? 1 : 0;
                    return !isSpecial && !isFirst && !isSink;
                })
                .toArray();
    }
}

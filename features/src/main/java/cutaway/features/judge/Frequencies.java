package cutaway.features.judge;

import cutaway.tensor.SparseRows;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// How often each latent is active. Without intervals: contexts drawn anew always miss some, so that their dead
/// latents are too many.
final class Frequencies {

    private static final int STEPS_A_DECADE = 2;

    private final long[] active;
    private long tokens;

    Frequencies(int width) {
        active = new long[width];
    }

    /// @param codes of some tokens
    void add(SparseRows codes) {
        tokens += codes.rows();
        for (int i = 0; i < codes.columns().length; i++) {
            if (codes.values()[i] != 0) {
                active[codes.columns()[i]]++;
            }
        }
    }

    /// Share of latents that were active on none of the tokens. It falls as tokens grow: of n tokens, a latent
    /// active on 1 in n is dead in one draw of three.
    double dead() {
        return LongStream.of(active).filter(count -> count == 0).count() / (double) active.length;
    }

    /// Share of latents that were active on more than a share of the tokens.
    double denserThan(double share) {
        return LongStream.of(active).filter(count -> count > share * tokens).count() / (double) active.length;
    }

    /// Latents by log10 of their frequency, two bars a decade, from one in all tokens to 1; dead ones are in no
    /// bar.
    List<Judgement.Bar> histogram() {
        int lowest = (int) Math.floor(Math.log10(1.0 / Math.max(1, tokens)) * STEPS_A_DECADE);
        long[] bars = new long[Math.max(1, -lowest)];
        for (long count : active) {
            if (count > 0) {
                int bar = (int) Math.floor(Math.log10((double) count / tokens) * STEPS_A_DECADE) - lowest;
                bars[Math.min(bar, bars.length - 1)]++;
            }
        }
        List<Judgement.Bar> histogram = new ArrayList<>();
        for (int i = 0; i < bars.length; i++) {
            histogram.add(new Judgement.Bar(
                    (double) (lowest + i) / STEPS_A_DECADE, (double) (lowest + i + 1) / STEPS_A_DECADE, bars[i]));
        }
        return histogram;
    }
}

package cutaway.interp.heads;

import java.util.Comparator;
import java.util.List;

/// How much of each kind every attention head of a model is.
///
/// A head is *of* a kind when its score is above what chance gives (`threshold`) and at least `floor`: see [Kind].
///
/// @param seed of every draw: tokens, prompts, controls
/// @param sequences how many sequences of random tokens were read
/// @param length random tokens in each, which are then repeated once
/// @param kinds those that were scored
/// @param unscored those that were not, and why
public record HeadKinds(long seed, int sequences, int length, List<Kind> kinds, List<Unscored> unscored) {

    public HeadKinds {
        kinds = List.copyOf(kinds);
        unscored = List.copyOf(unscored);
    }

    /// @param name such as `induction`
    /// @param statistic what the score is, in words
    /// @param control where the threshold comes from, in words
    /// @param threshold the largest score of any head, in any of the control's draws, where there is no reason
    ///     for one
    /// @param floor the least score that is called by this name: what is told from chance may still be little
    /// @param score `[layer][head]`, a share of attention or of tokens, to 4 decimals
    public record Kind(
            String name, String statistic, String control, double threshold, double floor, double[][] score) {

        /// Whether a head is of this kind.
        public boolean has(int layer, int head) {
            return score[layer][head] > threshold && score[layer][head] >= floor;
        }

        /// How far above its bar a head stands: 1 at the bar.
        double strength(int layer, int head) {
            return score[layer][head] / Math.max(threshold, floor);
        }
    }

    /// A kind that could not be scored.
    public record Unscored(String name, String why) {}

    /// The names of the kinds that a head is of, the strongest first: that whose bar it passes by the largest factor.
    public List<String> of(int layer, int head) {
        return kinds.stream()
                .filter(kind -> kind.has(layer, head))
                .sorted(Comparator.comparingDouble((Kind kind) -> -kind.strength(layer, head)))
                .map(Kind::name)
                .toList();
    }
}

package cutaway.studies.archetypalsae;

import cutaway.features.coder.ActivationScale;
import cutaway.tensor.Tensor;
import java.util.function.DoubleFunction;

/// What dictionaries are trained and tried on, all times the number that makes a token of the first half
/// sqrt(d) long on average.
///
/// @param first of the first training, `[n, d]`
/// @param second of the second, where each has a half of its own
record Tokens(Tensor first, Tensor second, Cell.Tried tried) {

    /// @param tried from that number
    static Tokens of(Tensor first, Tensor second, DoubleFunction<Cell.Tried> tried) {
        double scale = ActivationScale.toMeanNorm(first);
        return new Tokens(first.times(scale), second.times(scale), tried.apply(scale));
    }
}

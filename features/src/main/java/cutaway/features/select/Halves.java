package cutaway.features.select;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleFunction;

/// Scores denoisers of one measurement on another of the same thing, whose noise is independent: prompts' other
/// halves, or the other part of [Thinning] (Batson and Royer 2019; Lehtinen et al. 2018, "Noise2Noise").
///
///     loss = mean of (scale f(first) - second)^2
public final class Halves {

    private Halves() {}

    /// @param of the denoiser with a setting; it may have been fitted to the first half
    /// @param first `[n, d]`
    /// @param second `[n, d]`
    /// @param scale of the second measurement as against the first, 1 where both are alike
    public static Selection select(
            String setting, double[] values, DoubleFunction<Denoiser> of, Tensor first, Tensor second, double scale) {
        return new Selection(
                setting,
                Arrays.stream(values)
                        .mapToObj(value -> {
                            Denoiser denoiser = of.apply(value);
                            return Scope.free(() -> {
                                Tensor made = denoiser.denoise(first);
                                return new Selection.Point(
                                        value,
                                        made.times(scale)
                                                .minus(second)
                                                .square()
                                                .mean()
                                                .item(),
                                        made.minus(first).square().mean().item());
                            });
                        })
                        .toList());
    }
}

package cutaway.features.pages;

import cutaway.features.dictionary.Dictionary;
import cutaway.model.Model;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a latent's weights say of it, without any text: what its decoder row writes, which others point the same way,
/// and how it shares the space with them (see [cutaway.features.dictionary.Geometry]).
///
/// @param raised tokens that it raises most, as on a [FeaturePage]; empty where nothing reaches the logits
/// @param lowered tokens that it lowers most
/// @param nearest by the cosine of decoder rows
/// @param norm of its decoder row
/// @param interference with all others
/// @param dimensionality 0 to 1; 1 where it is alone in its direction
public record DirectionFacts(
        List<FeaturePage.Logit> raised,
        List<FeaturePage.Logit> lowered,
        List<FeaturePage.Near> nearest,
        double norm,
        double interference,
        double dimensionality) {

    /// @param most tokens, and neighbours
    public static DirectionFacts of(Model model, Dictionary dictionary, int latent, int most) {
        return Scope.free(() -> {
            Tensor decoder = dictionary.weights().decoder();
            List<FeaturePage.Logit> raised = new ArrayList<>();
            List<FeaturePage.Logit> lowered = new ArrayList<>();
            LogitEffects.of(model, dictionary.origin().outputs(), dictionary.dOut())
                    .ifPresent(effects -> effects.each(
                            decoder.slice(0, latent, latent + 1L),
                            most,
                            effect -> (effect.raised() ? raised : lowered).add(logit(model, effect))));
            Tensor all = decoder.to(Dtype.F64);
            double[] norms = all.norms(1).toDoubles();
            double[] products =
                    all.linear(all.slice(0, latent, latent + 1L), null).toDoubles(); // W_j . W_i
            double own = norms[latent] * norms[latent];
            double sum = 0;
            List<FeaturePage.Near> nearest = new ArrayList<>();
            for (int other = 0; other < norms.length; other++) {
                sum += own == 0 ? 0 : products[other] * products[other] / own;
                if (other != latent) {
                    double length = norms[other] * norms[latent];
                    nearest.add(new FeaturePage.Near(other, length == 0 ? 0 : products[other] / length));
                }
            }
            nearest.sort((one, other) -> Double.compare(other.cosine(), one.cosine()));
            return new DirectionFacts(
                    raised,
                    lowered,
                    List.copyOf(nearest.subList(0, Math.min(most, nearest.size()))),
                    norms[latent],
                    Math.max(0, sum - own),
                    own == 0 ? 0 : own / sum);
        });
    }

    /// The tokens that some latents raise most, in the order of these; empty where nothing reaches the logits.
    ///
    /// @param most of each
    public static Optional<List<List<FeaturePage.Logit>>> raised(
            Model model, Dictionary dictionary, int[] latents, int most) {
        return Scope.free(() -> LogitEffects.of(model, dictionary.origin().outputs(), dictionary.dOut())
                .map(effects -> {
                    List<List<FeaturePage.Logit>> raised = new ArrayList<>();
                    for (int i = 0; i < latents.length; i++) {
                        raised.add(new ArrayList<>());
                    }
                    Tensor rows = dictionary
                            .weights()
                            .decoder()
                            .gatherRows(
                                    0,
                                    Tensor.of(Arrays.stream(latents)
                                            .asLongStream()
                                            .toArray()));
                    effects.each(rows, most, effect -> {
                        if (effect.raised()) {
                            raised.get(effect.latent()).add(logit(model, effect));
                        }
                    });
                    return raised;
                }));
    }

    private static FeaturePage.Logit logit(Model model, LogitEffects.Effect effect) {
        String text = effect.token() < model.tokenizer().vocabSize()
                ? model.tokenizer().token(effect.token())
                : "";
        return new FeaturePage.Logit(effect.token(), text, effect.effect());
    }
}

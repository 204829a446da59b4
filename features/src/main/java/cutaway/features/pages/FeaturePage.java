package cutaway.features.pages;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One latent's page.
///
/// @param dictionary where it lies
/// @param model that made the activations
/// @param sites that the dictionary reads, by name
/// @param fired tokens on which the latent is above 0
/// @param tokens of the text
/// @param frequency their share
/// @param max the greatest activation; null where it never fires, and so is the mean of those above 0
/// @param decoderNorm norm of what it writes at activation 1
/// @param histogram tokens in equal parts of 0 to max; empty where it never fires
/// @param top the greatest examples, at most one of a context
/// @param bands of equal parts of 0 to max, the greatest first
/// @param raised tokens that it raises most; empty where nothing reaches the logits
/// @param lowered tokens that it lowers most
/// @param nearest by the cosine of decoder rows
/// @param together latents that fire on the same tokens, by Jaccard index
/// @param doses what multiplying its activation does; empty where it was not measured
/// @param stability how well other trainings find it again; absent where pages were made without any
public record FeaturePage(
        String dictionary,
        String model,
        List<String> sites,
        int latent,
        int fired,
        long tokens,
        double frequency,
        @Nullable Double max,
        @Nullable Double mean,
        double decoderNorm,
        List<Integer> histogram,
        List<Example> top,
        List<Band> bands,
        List<Logit> raised,
        List<Logit> lowered,
        List<Near> nearest,
        List<Partner> together,
        List<Dose> doses,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Stability stability) {

    /// The same under another name of the dictionary, for who must not learn where it lies.
    public FeaturePage named(String name) {
        return new FeaturePage(
                name,
                model,
                sites,
                latent,
                fired,
                tokens,
                frequency,
                max,
                mean,
                decoderNorm,
                histogram,
                top,
                bands,
                raised,
                lowered,
                nearest,
                together,
                doses,
                stability);
    }

    /// A token that the latent fires on, and the text around it.
    ///
    /// @param activation at that token
    /// @param document of the text, by number
    /// @param context of the text, by number
    /// @param position of the token in its context
    /// @param at where it stands among these tokens
    /// @param activations of the latent on each token
    public record Example(
            double activation,
            int document,
            int context,
            int position,
            int at,
            List<String> tokens,
            List<Double> activations) {}

    /// A part of the range of activations.
    ///
    /// @param from with which it begins
    /// @param to where it ends
    /// @param tokens in it
    /// @param examples drawn from them, the greatest first
    public record Band(double from, double to, int tokens, List<Example> examples) {}

    /// What the latent writes towards a token's logit, up to the scale of the final norm.
    public record Logit(int token, String text, double effect) {}

    /// A latent that writes in the same direction.
    public record Near(int latent, double cosine) {}

    /// A latent that fires on the same tokens.
    public record Partner(int latent, int tokens, double jaccard, double phi) {}

    /// What was measured when the latent's activation at the token of an example was multiplied.
    ///
    /// @param example its rank among the top ones, from 1
    /// @param factor 0 removes it, 1 leaves it
    /// @param loss change of `-ln p(next token)`, nats; null where the text ends
    /// @param kl divergence from the unedited run, nats
    /// @param logit change of the logit of the token that the latent raises most
    /// @param controlLoss that of a random direction of the same norm; so are the others
    public record Dose(
            int example,
            double factor,
            @Nullable Double loss,
            double kl,
            @Nullable Double logit,
            @Nullable Double controlLoss,
            double controlKl,
            @Nullable Double controlLogit) {}

    /// How well other trainings find a latent's direction again (see [cutaway.features.judge.Twins]).
    ///
    /// @param cosine mean with its partners in the twins
    /// @param twins dictionaries of the same site from other seeds
    /// @param mean of all latents of the dictionary
    /// @param random what as many random directions give, the mean of all latents
    public record Stability(double cosine, int twins, double mean, double random) {}
}

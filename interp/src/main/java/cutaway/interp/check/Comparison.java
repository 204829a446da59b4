package cutaway.interp.check;

import cutaway.model.Sizes;
import java.util.List;

/// How far a model is from a reference of the same shape, by layer; a value that serialises to JSON.
///
/// @param version of Cutaway
/// @param model path of the model's file or folder
/// @param reference path of the model that it was held against
/// @param sizes of both; the context is the model's
/// @param text what the sequences are
/// @param seed of random sequences; texts do not depend on it
/// @param tokens of each sequence
/// @param layers from the first to the last
/// @param end the residual stream after the last layer
/// @param seconds that it took
public record Comparison(
        String version,
        String model,
        String reference,
        String family,
        Sizes sizes,
        String text,
        long seed,
        List<Integer> tokens,
        List<LayerError> layers,
        SiteError end,
        SiteError logits,
        PredictionError predictions,
        double seconds) {

    public Comparison {
        tokens = List.copyOf(tokens);
        layers = List.copyOf(layers);
    }
}

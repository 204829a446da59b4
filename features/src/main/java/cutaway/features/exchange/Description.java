package cutaway.features.exchange;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.site.Site;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a dictionary is, in words and sizes.
///
/// @param kind such as `TopK autoencoder`
/// @param width how many latents it has; of a cross-layer transcoder, each layer
/// @param dIn how many numbers it reads
/// @param dOut how many numbers it writes
/// @param layers of a cross-layer transcoder; 1 of all others
/// @param k how many latents are active on a token, of a TopK
/// @param type of its weights in memory: F32 or F64
/// @param centres whether the decoder's bias is taken from the input
/// @param scaling of each token before it is encoded
/// @param inputs sites that it reads; none where they are not known
/// @param outputs sites that it writes
/// @param notes what else its file says
public record Description(
        String kind,
        int width,
        int dIn,
        int dOut,
        int layers,
        Optional<Integer> k,
        String type,
        boolean centres,
        Scaling scaling,
        String model,
        List<Site> inputs,
        List<Site> outputs,
        Map<String, String> notes) {

    /// Of each dictionary that was opened, in order.
    public static List<Description> of(Opened opened) {
        return switch (opened) {
            case Opened.One(Format _, Dictionary dictionary) -> List.of(of(dictionary));
            case Opened.Layers(Format _, List<Dictionary> layers) ->
                layers.stream().map(Description::of).toList();
            case Opened.CrossLayer(Format _, CrossLayerDictionary dictionary) -> List.of(of(dictionary));
        };
    }

    public static Description of(Dictionary dictionary) {
        Origin origin = dictionary.origin();
        Optional<Integer> k = dictionary.activation() instanceof Activation.TopK(int most, boolean _)
                ? Optional.of(most)
                : Optional.empty();
        return new Description(
                function(dictionary.activation()) + " " + shape(dictionary),
                dictionary.width(),
                dictionary.dIn(),
                dictionary.dOut(),
                1,
                k,
                dictionary.dtype().name(),
                dictionary.centres(),
                dictionary.scaling(),
                origin.model(),
                origin.inputs(),
                origin.outputs(),
                new TreeMap<>(origin.notes()));
    }

    private static String function(Activation activation) {
        return switch (activation) {
            case Activation.Relu() -> "ReLU";
            case Activation.TopK(int _, boolean _) -> "TopK";
            case Activation.JumpRelu _ -> "JumpReLU";
            case Activation.Gated _ -> "gated";
        };
    }

    private static String shape(Dictionary dictionary) {
        Origin origin = dictionary.origin();
        if (dictionary.weights().skip().isPresent()) {
            return "skip transcoder";
        }
        if (origin.inputs().size() > 1 || origin.outputs().size() > 1) {
            return "crosscoder";
        }
        boolean same = origin.inputs().equals(origin.outputs()) && dictionary.dIn() == dictionary.dOut();
        return same ? "autoencoder" : "transcoder";
    }

    private static Description of(CrossLayerDictionary dictionary) {
        Origin origin = dictionary.origin();
        boolean jumps = dictionary.layers().getFirst().threshold().isPresent();
        return new Description(
                (jumps ? "JumpReLU" : "ReLU") + " cross-layer transcoder",
                dictionary.width(),
                dictionary.size(),
                dictionary.size(),
                dictionary.layers().size(),
                Optional.empty(),
                dictionary.dtype().name(),
                false,
                Scaling.NONE,
                origin.model(),
                origin.inputs(),
                origin.outputs(),
                new TreeMap<>(origin.notes()));
    }
}

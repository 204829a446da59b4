package cutaway.features.exchange;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// circuit-tracer's folders (0.5.0), read: `config.yaml` and either `layer_i.safetensors`, a transcoder for each
/// layer, or `W_enc_i.safetensors` and `W_dec_i.safetensors`, a cross-layer transcoder.
///
/// A transcoder has `W_enc` and `W_dec` `[latent, d]`, `b_enc`, `b_dec` and, by kind,
/// `activation_function.threshold` and `W_skip`; no bias is taken from its input. Unlike SAELens, it lets negative
/// codes through above a negative threshold. (That circuit-tracer zeroes the codes of position 0 is left to who
/// uses them.)
final class CircuitTracerFolder {

    static final String SETTINGS = "config.yaml";
    static final String SET = "transcoder_set";
    static final String CROSS_LAYER = "cross_layer_transcoder";
    static final String THRESHOLD = "activation_function.threshold";

    private CircuitTracerFolder() {}

    static Opened read(Path folder) {
        SetSettings settings = SetSettings.read(folder.resolve(SETTINGS));
        String kind = settings.required("model_kind");
        return switch (kind) {
            case SET -> new Opened.Layers(Format.CIRCUIT_TRACER, set(folder, settings));
            case CROSS_LAYER -> new Opened.CrossLayer(Format.CIRCUIT_TRACER, crossLayer(folder, settings));
            default ->
                throw new BadInputException(settings.file() + ": \"model_kind\" is " + kind + "; expected " + SET
                        + " or " + CROSS_LAYER + ".");
        };
    }

    private static List<Dictionary> set(Path folder, SetSettings settings) {
        List<Path> files = layers(folder, "layer_");
        if (files.isEmpty()) {
            throw new BadInputException(folder + " holds no layer_0.safetensors"
                    + (settings.lists().containsKey("transcoders")
                            ? "; the transcoders that " + SETTINGS + " lists lie elsewhere. Fetch them, name them"
                                    + " layer_0.safetensors and so on, and put them there."
                            : "; expected a file for each layer."));
        }
        List<Dictionary> dictionaries = new ArrayList<>();
        try {
            for (int layer = 0; layer < files.size(); layer++) {
                dictionaries.add(transcoder(files.get(layer), origin(settings, layer)));
            }
            return List.copyOf(dictionaries);
        } catch (RuntimeException e) {
            dictionaries.forEach(Dictionary::close);
            throw e;
        }
    }

    private static List<Path> layers(Path folder, String prefix) {
        List<Path> files = new ArrayList<>();
        for (Path file = folder.resolve(prefix + "0.safetensors"); Files.exists(file); ) {
            files.add(file);
            file = folder.resolve(prefix + files.size() + ".safetensors");
        }
        return files;
    }

    private static Dictionary transcoder(Path file, Origin origin) {
        try (StoredTensors tensors = StoredTensors.safetensors(file);
                Scope _ = Scope.open()) {
            int width = tensors.length("b_enc");
            int size = tensors.length("b_dec");
            Activation activation = tensors.has(THRESHOLD)
                    ? new Activation.JumpRelu(tensors.takeThreshold(THRESHOLD, width))
                    : new Activation.Relu();
            Dictionary.Weights weights = new Dictionary.Weights(
                    tensors.take("W_enc", width, size),
                    tensors.take("b_enc", width),
                    tensors.take("W_dec", width, size),
                    tensors.take("b_dec", size),
                    tensors.has("W_skip") ? Optional.of(tensors.take("W_skip", size, size)) : Optional.empty());
            tensors.finish("a transcoder of circuit-tracer");
            return new Dictionary(weights, activation, false, Scaling.NONE, origin);
        }
    }

    private static Origin origin(SetSettings settings, int layer) {
        Map<String, String> notes = notes(settings);
        List<Site> inputs = sites(settings, "feature_input_hook", layer, notes);
        List<Site> outputs = sites(settings, "feature_output_hook", layer, notes);
        return new Origin(settings.text("model_name").orElse(""), inputs, outputs, notes);
    }

    private static Map<String, String> notes(SetSettings settings) {
        Map<String, String> notes = new HashMap<>(settings.values());
        notes.keySet().removeAll(List.of("model_kind", "model_name", "feature_input_hook", "feature_output_hook"));
        return notes;
    }

    private static List<Site> sites(SetSettings settings, String key, int layer, Map<String, String> notes) {
        String hook = settings.required(key);
        List<Site> sites = Hooks.sites("blocks." + layer + "." + hook);
        if (sites.isEmpty()) {
            notes.put(key, hook);
        }
        return sites;
    }

    private static CrossLayerDictionary crossLayer(Path folder, SetSettings settings) {
        List<Path> encoders = layers(folder, "W_enc_");
        List<Path> decoders = layers(folder, "W_dec_");
        if (encoders.isEmpty() || encoders.size() != decoders.size()) {
            throw new BadInputException(folder + " holds the encoders of " + encoders.size()
                    + " layers and the decoders of " + decoders.size()
                    + " (W_enc_0.safetensors, W_dec_0.safetensors and so on); expected both of each.");
        }
        try (Scope _ = Scope.open()) {
            List<CrossLayerDictionary.Layer> layers = new ArrayList<>();
            Map<String, String> notes = notes(settings);
            List<Site> inputs = new ArrayList<>();
            List<Site> outputs = new ArrayList<>();
            for (int i = 0; i < encoders.size(); i++) {
                layers.add(layer(i, encoders, decoders.get(i), layers));
                inputs.addAll(sites(settings, "feature_input_hook", i, notes));
                outputs.addAll(sites(settings, "feature_output_hook", i, notes));
            }
            String model = settings.text("model_name").orElse("");
            return new CrossLayerDictionary(layers, new Origin(model, inputs, outputs, notes));
        }
    }

    private static CrossLayerDictionary.Layer layer(
            int index, List<Path> encoders, Path decoder, List<CrossLayerDictionary.Layer> before) {
        try (StoredTensors read = StoredTensors.safetensors(encoders.get(index));
                StoredTensors written = StoredTensors.safetensors(decoder)) {
            int width = before.isEmpty()
                    ? read.length("b_enc_" + index)
                    : Math.toIntExact(before.getFirst().encoder().dim(0));
            int size = before.isEmpty()
                    ? read.length("b_dec_" + index)
                    : Math.toIntExact(before.getFirst().encoder().dim(1));
            String threshold = "threshold_" + index;
            Dtype type =
                    before.isEmpty() ? read.type() : before.getFirst().encoder().dtype();
            CrossLayerDictionary.Layer layer = new CrossLayerDictionary.Layer(
                    read.take("W_enc_" + index, width, size).to(type),
                    read.take("b_enc_" + index, width).to(type),
                    read.has(threshold)
                            ? Optional.of(read.takeThreshold(threshold, width).to(type))
                            : Optional.empty(),
                    written.take("W_dec_" + index, width, encoders.size() - index, size)
                            .to(type),
                    read.take("b_dec_" + index, size).to(type));
            read.finish("a cross-layer transcoder of circuit-tracer");
            written.finish("a cross-layer transcoder of circuit-tracer");
            if (!before.isEmpty()
                    && before.getFirst().threshold().isPresent()
                            != layer.threshold().isPresent()) {
                throw new BadInputException(read.file() + (layer.threshold().isPresent() ? " holds " : " holds no ")
                        + threshold + ", unlike layer 0; expected all layers to be JumpReLUs, or all ReLUs.");
            }
            return layer;
        }
    }
}

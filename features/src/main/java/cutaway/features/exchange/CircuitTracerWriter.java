package cutaway.features.exchange;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes circuit-tracer's folders; see [CircuitTracerFolder] for what lies where.
final class CircuitTracerWriter {

    private CircuitTracerWriter() {}

    /// @param layers a ReLU or JumpReLU transcoder for each layer from 0, all of one width, with inputs as wide as
    ///     outputs
    /// @throws BadInputException when they are not
    static void write(List<Dictionary> layers, Path target, Numbers numbers) {
        check(numbers);
        Dictionary first = layers.getFirst();
        for (int i = 0; i < layers.size(); i++) {
            check(layers.size() == 1 ? "the dictionary" : "the transcoder of layer " + i, layers.get(i), first);
        }
        String settings = settings(
                CircuitTracerFolder.SET,
                first.origin(),
                layers.stream().map(layer -> layer.origin().inputs()).toList(),
                layers.stream().map(layer -> layer.origin().outputs()).toList());
        NewFolder.write(target, folder -> {
            for (int i = 0; i < layers.size(); i++) {
                write(layers.get(i), folder.resolve("layer_" + i + ".safetensors"), numbers);
            }
            Files.writeString(folder.resolve(CircuitTracerFolder.SETTINGS), settings);
        });
    }

    private static void check(Numbers numbers) {
        if (numbers == Numbers.INT8) {
            throw new BadInputException("circuit-tracer opens no int8 weights; give bf16.");
        }
    }

    private static void check(String which, Dictionary layer, Dictionary first) {
        if (!(layer.activation() instanceof Activation.Relu) && !(layer.activation() instanceof Activation.JumpRelu)) {
            throw new BadInputException(
                    which + " is a " + layer.activation().getClass().getSimpleName()
                            + "; circuit-tracer has ReLU and JumpReLU only. Write the form " + Format.CUTAWAY.text()
                            + ".");
        }
        if (layer.centres() || layer.scaling() != Scaling.NONE || layer.dIn() != layer.dOut()) {
            throw new BadInputException(which + " goes from " + layer.dIn() + " to " + layer.dOut() + " numbers, "
                    + (layer.centres() ? "takes its bias from its input" : "takes no bias from its input")
                    + " and has the scaling " + layer.scaling()
                    + "; circuit-tracer has as many outputs as inputs, no centring and no scaling.");
        }
        if (layer.width() != first.width()
                || layer.dIn() != first.dIn()
                || layer.weights().skip().isPresent() != first.weights().skip().isPresent()) {
            throw new BadInputException(
                    which + " has other sizes than layer 0, or another skip connection; circuit-tracer"
                            + " wants one width, here " + first.width() + ".");
        }
    }

    private static void write(Dictionary layer, Path file, Numbers numbers) {
        Scope.free(() -> {
            Dictionary.Weights weights = layer.weights();
            TensorWriter writer = new TensorWriter(numbers);
            writer.matrix("W_enc", weights.encoder(), 0).matrix("W_dec", weights.decoder(), 0);
            writer.vector("b_enc", weights.encoderBias()).vector("b_dec", weights.decoderBias());
            weights.skip().ifPresent(skip -> writer.matrix("W_skip", skip, 0));
            if (layer.activation() instanceof Activation.JumpRelu(Tensor threshold)) {
                writer.vector(CircuitTracerFolder.THRESHOLD, threshold);
            }
            writer.write(file);
            return 0;
        });
    }

    /// @param origin of a cross-layer transcoder
    /// @throws BadInputException when it has no such sites as circuit-tracer wants, or no such numbers
    static void check(Origin origin, Numbers numbers) {
        check(numbers);
        var _ = crossLayerSettings(origin);
    }

    private static String crossLayerSettings(Origin origin) {
        return settings(
                CircuitTracerFolder.CROSS_LAYER,
                origin,
                origin.inputs().stream().map(List::of).toList(),
                origin.outputs().stream().map(List::of).toList());
    }

    static void write(CrossLayerDictionary dictionary, Path target, Numbers numbers) {
        check(numbers);
        String settings = crossLayerSettings(dictionary.origin());
        NewFolder.write(target, folder -> {
            for (int i = 0; i < dictionary.layers().size(); i++) {
                write(dictionary.layers().get(i), i, folder, numbers);
            }
            Files.writeString(folder.resolve(CircuitTracerFolder.SETTINGS), settings);
        });
    }

    private static void write(CrossLayerDictionary.Layer layer, int index, Path folder, Numbers numbers) {
        Scope.free(() -> {
            TensorWriter read = new TensorWriter(numbers);
            read.matrix("W_enc_" + index, layer.encoder(), 0);
            read.vector("b_enc_" + index, layer.encoderBias()).vector("b_dec_" + index, layer.decoderBias());
            layer.threshold().ifPresent(threshold -> read.vector("threshold_" + index, threshold));
            read.write(folder.resolve("W_enc_" + index + ".safetensors"));
            new TensorWriter(numbers)
                    .matrix("W_dec_" + index, layer.decoder(), 0)
                    .write(folder.resolve("W_dec_" + index + ".safetensors"));
            return 0;
        });
    }

    /// config.yaml. The hooks are those of layer 0 without the block; all layers have to have the same.
    private static String settings(String kind, Origin origin, List<List<Site>> inputs, List<List<Site>> outputs) {
        Map<String, String> keys = new TreeMap<>();
        origin.notes().forEach((name, note) -> {
            if (name.matches("[A-Za-z_][\\w-]*") && note.indexOf('\n') < 0 && note.indexOf('"') < 0) {
                keys.put(name, note);
            }
        });
        keys.put("model_kind", kind);
        if (!origin.model().isEmpty()) {
            keys.put("model_name", origin.model());
        }
        keys.put("feature_input_hook", hook("feature_input_hook", inputs, origin));
        keys.put("feature_output_hook", hook("feature_output_hook", outputs, origin));
        StringBuilder text = new StringBuilder();
        keys.forEach((key, value) -> text.append(key)
                .append(": ")
                .append(Settings.JSON.writeValueAsString(value))
                .append('\n'));
        return text.toString();
    }

    private static String usual(String key) {
        return key.equals("feature_input_hook") ? "ln2.hook_normalized" : "hook_mlp_out";
    }

    private static String hook(String key, List<List<Site>> sites, Origin origin) {
        String noted = origin.notes().get(key);
        if (noted != null && sites.stream().allMatch(List::isEmpty)) {
            return noted;
        }
        String common = "";
        for (int layer = 0; layer < sites.size(); layer++) {
            String name =
                    sites.get(layer).size() == 1 ? sites.get(layer).getFirst().text() : "";
            String block = "blocks." + layer + ".";
            if (!name.startsWith(block) || !(common.isEmpty() || name.equals(block + common))) {
                throw new BadInputException((sites.size() == 1 ? "the dictionary" : "dictionary " + layer) + " has its "
                        + key.replace("feature_", "").replace("_hook", "") + " at "
                        + (name.isEmpty() ? "no known site" : name)
                        + "; circuit-tracer wants one for each layer from 0, at "
                        + block
                        + (common.isEmpty() ? usual(key) + " or the like" : common)
                        + ".");
            }
            common = name.substring(block.length());
        }
        if (common.isEmpty()) {
            throw new BadInputException("the dictionary has no known site; circuit-tracer needs its " + key + ".");
        }
        return common;
    }
}

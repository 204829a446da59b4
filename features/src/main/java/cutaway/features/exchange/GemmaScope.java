package cutaway.features.exchange;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Gemma Scope (arXiv:2408.05147), read: JumpReLU dictionaries that take no bias from their input. `params.npz`
/// with `W_enc` `[d, latent]`, `W_dec` `[latent, d]`, `b_enc`, `b_dec`, `threshold`; of Gemma Scope 2
/// `params.safetensors` with the same in small letters, and `affine_skip_connection` `[dIn, dOut]`.
///
/// The files do not say where they belong; the names of their folders do, as they are published
/// (`gemma-scope-2b-pt-res/layer_20/width_16k/average_l0_71`), under the hooks that SAELens gives them.
final class GemmaScope {

    static final String FIRST = "params.npz";
    static final String SECOND = "params.safetensors";

    private static final Pattern LAYER = Pattern.compile("layer_(\\d{1,6})(?:_.*)?");

    private GemmaScope() {}

    static Dictionary first(Path file) {
        try (StoredTensors tensors = NumpyFile.read(file);
                Scope _ = Scope.open()) {
            return read(tensors, "W_enc", "W_dec", "", new HashMap<>());
        }
    }

    static Dictionary second(Path folder) {
        Map<String, String> notes = new HashMap<>();
        String model = "";
        Path file = folder.resolve("config.json");
        if (Files.exists(file)) {
            Settings settings = Settings.read(file);
            if (!settings.text("architecture").orElse("jump_relu").equals("jump_relu")) {
                throw settings.wrong("architecture", "jump_relu");
            }
            notes.putAll(settings.notes(Set.of("architecture", "model_name")));
            model = settings.text("model_name").orElse("");
        }
        try (StoredTensors tensors = StoredTensors.safetensors(folder.resolve(SECOND));
                Scope _ = Scope.open()) {
            if (tensors.shape("w_dec").length == 3) {
                throw new BadInputException(
                        tensors.file() + " is one layer of a cross-layer transcoder of Gemma Scope 2, which"
                                + " Cutaway does not read; have circuit-tracer save the whole in its own form.");
            }
            return read(tensors, "w_enc", "w_dec", model, notes);
        }
    }

    private static Dictionary read(
            StoredTensors tensors, String encoder, String decoder, String model, Map<String, String> notes) {
        int width = tensors.length("b_enc");
        int dOut = tensors.length("b_dec");
        long[] shape = tensors.shape(encoder);
        int dIn = shape.length == 2 && shape[0] <= Integer.MAX_VALUE ? (int) shape[0] : dOut;
        String skip = "affine_skip_connection";
        Tensor threshold = tensors.takeThreshold("threshold", width);
        var weights = new Dictionary.Weights(
                tensors.take(encoder, dIn, width).transpose(0, 1).contiguous(),
                tensors.take("b_enc", width),
                tensors.take(decoder, width, dOut),
                tensors.take("b_dec", dOut),
                tensors.has(skip)
                        ? Optional.of(
                                tensors.take(skip, dIn, dOut).transpose(0, 1).contiguous())
                        : Optional.empty());
        tensors.finish("a dictionary of Gemma Scope");
        Origin origin = origin(tensors.file(), model, notes);
        Tensor above = threshold.maximum(Tensor.full(0, tensors.type(), width)); // relu(z) where z > threshold
        return new Dictionary(weights, new Activation.JumpRelu(above), false, Scaling.NONE, origin);
    }

    private static Origin origin(Path file, String model, Map<String, String> notes) {
        int layer = -1;
        String kind = "";
        String release = "";
        for (Path part : file.toAbsolutePath().normalize()) {
            String name = part.toString();
            Matcher matcher = LAYER.matcher(name);
            if (matcher.matches()) {
                layer = Integer.parseInt(matcher.group(1));
            }
            if (name.startsWith("gemma-scope")) {
                release = name;
                kind = name.endsWith("-res")
                        ? "resid_post"
                        : name.endsWith("-mlp") ? "mlp_out" : name.endsWith("-transcoders") ? "transcoder" : kind;
            }
            if (name.matches("resid_post|mlp_out|transcoder(_all)?")) {
                kind = name.replace("_all", "");
            }
        }
        if (!release.isEmpty()) {
            notes.put("release", release);
        }
        List<Site> inputs = List.of();
        List<Site> outputs = List.of();
        if (layer >= 0 && kind.equals("resid_post")) {
            inputs = List.of(new Site.Resid(layer, Site.Moment.POST));
            outputs = inputs;
        } else if (layer >= 0 && kind.equals("mlp_out")) {
            inputs = List.of(new Site.MlpOut(layer));
            outputs = inputs;
        } else if (layer >= 0 && kind.equals("transcoder")) {
            if (release.startsWith("gemma-scope-2-")) {
                notes.put("hook_name", "blocks." + layer + ".hook_mlp_in"); // behind a norm's weight: no site of ours
            } else {
                inputs = List.of(new Site.Normalized(layer, Site.Norm.BEFORE_MLP));
            }
            outputs = List.of(new Site.MlpOut(layer));
        }
        return new Origin(model, inputs, outputs, notes);
    }
}

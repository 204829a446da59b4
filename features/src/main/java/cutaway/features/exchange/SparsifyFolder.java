package cutaway.features.exchange;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// EleutherAI's sparsify (1.3.3), one hook point's folder: `cfg.json` and `sae.safetensors` with `encoder.weight`
/// `[latent, d]`, `encoder.bias`, `W_dec` `[latent, d]`, `b_dec` and, with a skip connection, `W_skip` `[d, d]`.
///
/// Its coders are TopK. One that does not `transcode` takes `b_dec` from its input. The folder's name is the module
/// of the Hugging Face model whose output it codes, `layers.5` or `layers.5.mlp`; model and hooks that we write
/// stand in keys that sparsify leaves alone.
final class SparsifyFolder {

    static final String SETTINGS = "cfg.json";
    static final String WEIGHTS = "sae.safetensors";

    private static final Pattern MODULE = Pattern.compile("(?:.*\\.)?(?:layers|h)\\.(\\d{1,6})(\\.mlp)?");

    private static final Set<String> KNOWN = Set.of(
            "activation",
            "num_latents",
            "k",
            "transcode",
            "skip_connection",
            "d_in",
            "signed",
            "model_name",
            "hook_name",
            "hook_name_out");

    private SparsifyFolder() {}

    static Dictionary read(Path folder) {
        Settings settings = Settings.read(folder.resolve(SETTINGS));
        if (!settings.text("activation").orElse("topk").equals("topk")) {
            throw settings.wrong("activation", "topk");
        }
        if (settings.flag("signed", false)) {
            throw settings.wrong("signed", "false: Cutaway's codes are not negative");
        }
        int size = settings.size("d_in");
        int width = settings.values().path("num_latents").intValue(0) == 0
                ? Math.multiplyExact(size, settings.size("expansion_factor"))
                : settings.size("num_latents");
        int k = settings.size("k");
        if (k > width) {
            throw settings.wrong("k", "at most the number of latents, " + width);
        }
        boolean transcodes = settings.flag("transcode", false);
        try (StoredTensors tensors = StoredTensors.safetensors(folder.resolve(WEIGHTS));
                Scope _ = Scope.open()) {
            Dictionary.Weights weights = new Dictionary.Weights(
                    tensors.take("encoder.weight", width, size),
                    tensors.take("encoder.bias", width),
                    tensors.take("W_dec", width, size),
                    tensors.take("b_dec", size),
                    settings.flag("skip_connection", false)
                            ? Optional.of(tensors.take("W_skip", size, size))
                            : Optional.empty());
            tensors.finish("a coder of these settings");
            Origin origin = origin(settings, folder, transcodes);
            return new Dictionary(weights, new Activation.TopK(k, false), !transcodes, Scaling.NONE, origin);
        }
    }

    private static Origin origin(Settings settings, Path folder, boolean transcodes) {
        Map<String, String> notes = new HashMap<>(settings.notes(KNOWN));
        String module = folder.toAbsolutePath().normalize().getFileName().toString();
        List<Site> outputs = sites(settings, "hook_name_out", notes);
        List<Site> inputs = sites(settings, "hook_name", notes);
        if (!settings.has("hook_name")) {
            notes.put("module", module);
            outputs = ofModule(module);
            inputs = transcodes ? List.of() : outputs; // a module's input, behind a norm's weight, is no site
        } else if (!settings.has("hook_name_out")) {
            outputs = transcodes ? List.of() : inputs;
        }
        return new Origin(settings.text("model_name").orElse(""), inputs, outputs, notes);
    }

    private static List<Site> sites(Settings settings, String hook, Map<String, String> notes) {
        String name = settings.text(hook).orElse("");
        List<Site> sites = name.isEmpty() ? List.of() : Hooks.sites(name);
        if (sites.isEmpty() && !name.isEmpty()) {
            notes.put(hook, name);
        }
        return sites;
    }

    private static List<Site> ofModule(String module) {
        if (module.equals("embed_tokens")) {
            return List.of(new Site.Embed());
        }
        Matcher matcher = MODULE.matcher(module);
        if (!matcher.matches()) {
            return List.of();
        }
        int layer = Integer.parseInt(matcher.group(1));
        return List.of(matcher.group(2) == null ? new Site.Resid(layer, Site.Moment.POST) : new Site.MlpOut(layer));
    }

    /// @throws BadInputException when the dictionary is none that sparsify has
    static void write(Dictionary dictionary, Path target, Numbers numbers) {
        if (!(dictionary.activation() instanceof Activation.TopK(int k, boolean byNorm))) {
            throw new BadInputException("sparsify has TopK dictionaries only, and this is a "
                    + dictionary.activation().getClass().getSimpleName() + "; write the form "
                    + Format.CUTAWAY.text() + " or " + Format.SAELENS.text() + ".");
        }
        if (dictionary.scaling() != Scaling.NONE || dictionary.dIn() != dictionary.dOut()) {
            throw new BadInputException("sparsify does not scale its inputs, and has outputs as wide as them; this"
                    + " dictionary goes from " + dictionary.dIn() + " to " + dictionary.dOut()
                    + " numbers with scaling "
                    + dictionary.scaling() + ".");
        }
        if (numbers == Numbers.INT8) {
            throw new BadInputException(
                    "sparsify opens no int8 weights; give bf16, or write the form " + Format.CUTAWAY.text() + ".");
        }
        NewFolder.write(target, folder -> {
            Scope.free(() -> {
                weights(dictionary, byNorm, numbers).write(folder.resolve(WEIGHTS));
                return 0;
            });
            write(dictionary, k, folder.resolve(SETTINGS));
        });
    }

    /// Norms by which the latents are ranked move from the decoder into the encoder: what it computes stays.
    private static TensorWriter weights(Dictionary dictionary, boolean byNorm, Numbers numbers) {
        Dictionary.Weights weights = dictionary.weights();
        Tensor norms = byNorm
                ? Tensor.of(dictionary.decoderNorms(), dictionary.width()).to(dictionary.dtype())
                : Tensor.full(1, dictionary.dtype(), dictionary.width());
        Tensor column = norms.unsqueeze(1);
        // sparsify computes in the type of the first tensor, and converts none: all have to be of one
        TensorWriter writer = new TensorWriter(numbers);
        writer.matrix("encoder.weight", weights.encoder().times(column), 0);
        writer.matrix("encoder.bias", weights.encoderBias().times(norms), 0);
        writer.matrix("W_dec", byNorm ? weights.decoder().over(column) : weights.decoder(), 0);
        writer.matrix("b_dec", weights.decoderBias(), 0);
        weights.skip().ifPresent(skip -> writer.matrix("W_skip", skip, 0));
        return writer;
    }

    private static void write(Dictionary dictionary, int k, Path file) throws IOException {
        ObjectNode settings = Settings.JSON.createObjectNode();
        Origin origin = dictionary.origin();
        new TreeMap<>(origin.notes()).forEach((name, note) -> settings.set(name, Settings.value(note)));
        settings.put("activation", "topk")
                .put("num_latents", dictionary.width())
                .put("k", k)
                .put("transcode", !dictionary.centres())
                .put("skip_connection", dictionary.weights().skip().isPresent())
                .put("d_in", dictionary.dIn());
        if (!origin.model().isEmpty()) {
            settings.put("model_name", origin.model());
        }
        if (origin.inputs().size() == 1) {
            settings.put("hook_name", origin.inputs().getFirst().text());
        }
        if (origin.outputs().size() == 1) {
            settings.put("hook_name_out", origin.outputs().getFirst().text());
        }
        Files.writeString(file, Settings.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(settings) + "\n");
    }
}

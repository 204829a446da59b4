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

/// Reads SAELens folders (6.54.12, and the flat cfg.json from before version 6), and our own, which have the same
/// layout.
///
/// `cfg.json` says what the dictionary is, `sae_weights.safetensors` holds `W_enc` `[dIn, latent]`, `W_dec`
/// `[latent, dOut]`, `b_dec` and, by architecture, `b_enc`, `threshold`, `b_gate`, `b_mag`, `r_mag`, `W_skip`.
/// What `metadata` says beyond model and hooks becomes the notes of the dictionary's origin.
final class SaeLensFolder {

    static final String SETTINGS = "cfg.json";
    static final String WEIGHTS = "sae_weights.safetensors";

    /// The architecture that we write where SAELens has none for what a dictionary does.
    static final String OURS = "cutaway";

    /// Keys of cfg.json that say what the dictionary computes, or where SAELens put it; all others are notes.
    private static final Set<String> KNOWN = Set.of(
            "architecture",
            "d_in",
            "d_sae",
            "d_out",
            "dtype",
            "device",
            "apply_b_dec_to_input",
            "normalize_activations",
            "reshape_activations",
            "k",
            "rescale_acts_by_decoder_norm",
            "activation",
            "transcodes",
            "metadata",
            "activation_fn",
            "activation_fn_str",
            "activation_fn_kwargs",
            "finetuning_scaling_factor",
            "sae_lens_version");

    /// Keys of the metadata that become the origin's model and sites, or belong to the file.
    private static final Set<String> PLACES = Set.of(
            "model_name",
            "hook_name",
            "hook_head_index",
            "hook_name_out",
            "hook_head_index_out",
            "hook_point",
            "hook_point_head_index",
            "sae_lens_version",
            OURS);

    private final Settings settings;
    private final Settings metadata;
    private final String architecture;
    private final StoredTensors tensors;
    private final int dIn;
    private final int width;

    private SaeLensFolder(Settings settings, StoredTensors tensors) {
        this.settings = settings;
        this.metadata = settings.has("metadata") ? settings.object("metadata") : settings;
        this.tensors = tensors;
        this.dIn = settings.size("d_in");
        this.width = settings.size("d_sae");
        this.architecture = architecture(settings);
    }

    static Dictionary read(Path folder) {
        Settings settings = Settings.read(folder.resolve(SETTINGS));
        try (StoredTensors tensors = StoredTensors.safetensors(folder.resolve(WEIGHTS));
                Scope _ = Scope.open()) {
            return new SaeLensFolder(settings, tensors).dictionary();
        }
    }

    /// Whether a folder of this layout was written by us.
    static boolean isOurs(Path folder) {
        Settings settings = Settings.read(folder.resolve(SETTINGS));
        return settings.has("metadata") && settings.object("metadata").has(OURS);
    }

    /// Before version 6 a TopK was a `standard` one with another activation function.
    private static String architecture(Settings settings) {
        String architecture = settings.text("architecture").orElse("standard");
        String function = settings.text("activation_fn")
                .or(() -> settings.text("activation_fn_str"))
                .orElse("relu");
        return switch (function) {
            case "relu" -> architecture;
            case "topk" -> "topk";
            default ->
                throw settings.wrong(
                        settings.has("activation_fn") ? "activation_fn" : "activation_fn_str", "relu or topk");
        };
    }

    private Dictionary dictionary() {
        boolean transcodes = switch (architecture) {
            case "standard", "gated", "topk", "jumprelu" -> false;
            case "transcoder", "skip_transcoder", "jumprelu_transcoder", "jumprelu_skip_transcoder" -> true;
            case OURS -> settings.flag("transcodes", false);
            case "temporal", "matching_pursuit", "abstopk" ->
                throw new BadInputException(settings.file() + ": Cutaway has no dictionary of the architecture "
                        + architecture + "; it reads standard, gated, topk, jumprelu and the transcoders.");
            default ->
                throw settings.wrong("architecture", "standard, gated, topk, jumprelu or one of SAELens' transcoders");
        };
        int dOut = settings.has("d_out") ? settings.size("d_out") : dIn;
        if (!transcodes && dOut != dIn) {
            throw settings.wrong("d_out", "d_in, " + dIn + ", in an autoencoder");
        }
        boolean ours = architecture.equals(OURS);
        boolean centres = settings.flag("apply_b_dec_to_input", !transcodes);
        Scaling scaling = scaling();
        if (transcodes && !ours && centres) {
            throw settings.wrong("apply_b_dec_to_input", "false, as SAELens has it in transcoders");
        }
        if (transcodes && !ours && scaling != Scaling.NONE) {
            throw settings.wrong(
                    "normalize_activations", "none: Cutaway does not scale the input of a transcoder alone");
        }
        boolean skips = ours ? tensors.has("W_skip") : architecture.contains("skip");
        String activation =
                ours ? settings.requiredText("activation") : architecture.replaceFirst("_?(skip_)?transcoder", "");
        Activation function = activation(activation, ours);
        tensors.skipOnes("scaling_factor");
        Tensor encoder = tensors.take("W_enc", dIn, width).transpose(0, 1).contiguous(); // [latent, dIn]
        Tensor encoderBias = function instanceof Activation.Gated
                ? Tensor.full(0, tensors.type(), width)
                : tensors.take("b_enc", width);
        Tensor decoder = tensors.take("W_dec", width, dOut);
        Tensor decoderBias = tensors.take("b_dec", dOut);
        Optional<Tensor> skip = skips ? Optional.of(tensors.take("W_skip", dOut, dIn)) : Optional.empty();
        tensors.finish("a dictionary of the architecture " + architecture);
        double factor = inputFactor();
        if (factor != 1) { // as SAELens folds it
            encoder = encoder.times(factor);
            decoder = decoder.over(factor);
            decoderBias = decoderBias.over(factor);
        }
        Dictionary.Weights weights = new Dictionary.Weights(encoder, encoderBias, decoder, decoderBias, skip);
        return new Dictionary(weights, function, centres, scaling, origin(transcodes));
    }

    private Activation activation(String name, boolean ours) {
        return switch (name) {
            case "standard", "", "relu" -> new Activation.Relu();
            case "topk" -> new Activation.TopK(k(), settings.flag("rescale_acts_by_decoder_norm", false));
            case "jumprelu" -> new Activation.JumpRelu(ours ? tensors.takeThreshold("threshold", width) : threshold());
            case "gated" ->
                new Activation.Gated(
                        tensors.take("b_gate", width), tensors.take("b_mag", width), tensors.take("r_mag", width));
            default -> throw settings.wrong("activation", "relu, topk, jumprelu or gated");
        };
    }

    /// SAELens has `max(0, z)` where `z > threshold`, so that no code is negative below a negative threshold either.
    private Tensor threshold() {
        Tensor stored = tensors.takeThreshold("threshold", width);
        return stored.maximum(Tensor.full(0, tensors.type(), width));
    }

    private int k() {
        Settings holder = settings.has("activation_fn_kwargs") && !settings.has("k")
                ? settings.object("activation_fn_kwargs")
                : settings;
        int k = holder.size("k");
        if (k > width) {
            throw holder.wrong("k", "at most d_sae, " + width);
        }
        return k;
    }

    private Scaling scaling() {
        if (settings.values().path("normalize_activations").isBoolean()) {
            return Scaling.NONE; // before version 4; true asks for a factor, see below
        }
        return switch (settings.text("normalize_activations").orElse("none")) {
            case "none", "expected_average_only_in" -> Scaling.NONE;
            case "constant_norm_rescale" -> Scaling.CONSTANT_NORM;
            case "layer_norm" -> Scaling.LAYER_NORM;
            case "covariance_whitening" ->
                throw new BadInputException(
                        settings.file() + ": the dictionary reads whitened activations; have SAELens"
                                + " fold that into the weights (fold_activation_whitening) and save it again.");
            default ->
                throw settings.wrong(
                        "normalize_activations", "none, expected_average_only_in, constant_norm_rescale or layer_norm");
        };
    }

    /// What all inputs are multiplied by, where that is not folded into the weights yet: activation_scaler.json says
    /// it.
    private double inputFactor() {
        boolean asked = settings.values().path("normalize_activations").isBoolean()
                ? settings.flag("normalize_activations", false)
                : settings.text("normalize_activations").orElse("none").equals("expected_average_only_in");
        if (!asked) {
            return 1;
        }
        Path file = settings.file().resolveSibling("activation_scaler.json");
        if (!Files.exists(file)) {
            throw new BadInputException(settings.file() + ": the dictionary was trained on inputs scaled to a mean norm"
                    + " and there is no activation_scaler.json that says by what; have SAELens fold the factor into the"
                    + " weights and save it again.");
        }
        Settings scaler = Settings.read(file);
        double factor = scaler.values().path("scaling_factor").doubleValue(0);
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw scaler.wrong("scaling_factor", "a number above 0");
        }
        return factor;
    }

    private Origin origin(boolean transcodes) {
        Map<String, String> notes = new HashMap<>(metadata.notes(PLACES));
        if (settings.has("metadata")) {
            settings.notes(KNOWN).forEach(notes::putIfAbsent);
        } else {
            notes.keySet().removeAll(KNOWN);
        }
        List<Site> inputs = sites("hook_name", "hook_head_index", "inputs", notes);
        List<Site> outputs = transcodes ? sites("hook_name_out", "hook_head_index_out", "outputs", notes) : inputs;
        return new Origin(metadata.text("model_name").orElse(""), inputs, outputs, notes);
    }

    /// @param several where our form lists them
    private List<Site> sites(String hook, String head, String several, Map<String, String> notes) {
        List<Site> named = sites(hook, head, notes);
        return metadata.has(OURS) && metadata.object(OURS).has(several)
                ? OurSites.read(metadata.object(OURS), several)
                : named;
    }

    /// A hook that is no site of ours stays a note.
    private List<Site> sites(String hook, String head, Map<String, String> notes) {
        String old = hook.equals("hook_name") && !metadata.has(hook) ? "hook_point" : hook;
        Optional<String> name = metadata.text(old);
        if (name.isEmpty()) {
            return List.of();
        }
        String oldHead = old.equals("hook_point") ? "hook_point_head_index" : head;
        String full = metadata.has(oldHead)
                ? name.get() + "[" + metadata.values().path(oldHead).asString() + "]"
                : name.get();
        List<Site> sites = Hooks.sites(full);
        if (sites.isEmpty()) {
            notes.put(hook, Settings.note(metadata.values().path(old)));
            if (metadata.has(oldHead)) {
                notes.put(head, Settings.note(metadata.values().path(oldHead)));
            }
        }
        return sites;
    }
}

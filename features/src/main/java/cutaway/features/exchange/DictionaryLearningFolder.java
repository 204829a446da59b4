package cutaway.features.exchange;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// dictionary_learning's folders (0.1.0; the class names of its newer versions are the same), read: `config.json`
/// says the class, `ae.pt` holds the state dict.
///
/// Some classes take a bias from their input and some do not; the BatchTopK ones have one threshold for all latents,
/// which is
/// -1 until training has set it. Not written: its reader takes pickles alone.
final class DictionaryLearningFolder {

    static final String SETTINGS = "config.json";
    static final String WEIGHTS = "ae.pt";

    private static final Pattern SUBMODULE = Pattern.compile("resid_post_layer_(\\d{1,6})");
    private static final Set<String> KNOWN =
            Set.of("activation_dim", "dict_size", "k", "lm_name", "dict_class", "device");

    private final Settings trainer;
    private final StoredTensors tensors;
    private final int size;
    private final int width;

    private DictionaryLearningFolder(Settings trainer, StoredTensors tensors) {
        this.trainer = trainer;
        this.tensors = tensors;
        this.size = trainer.size("activation_dim");
        this.width = trainer.size("dict_size");
    }

    static Dictionary read(Path folder) {
        Settings settings = Settings.read(folder.resolve(SETTINGS));
        Settings trainer = settings.object("trainer");
        try (StoredTensors tensors = TorchFile.read(folder.resolve(WEIGHTS));
                Scope _ = Scope.open()) {
            return new DictionaryLearningFolder(trainer, tensors).dictionary(settings);
        }
    }

    private Dictionary dictionary(Settings settings) {
        String kind = trainer.requiredText("dict_class");
        Dictionary dictionary = switch (kind) {
            case "AutoEncoder" -> linear(new Activation.Relu(), "bias", true, settings);
            case "AutoEncoderNew" -> linear(new Activation.Relu(), "decoder.bias", false, settings);
            case "AutoEncoderTopK" -> linear(topK(), "b_dec", true, settings);
            case "BatchTopKSAE" -> linear(batchTopK(), "b_dec", true, settings);
            case "GatedAutoEncoder" -> linear(gated(), "decoder_bias", true, settings);
            case "MatryoshkaBatchTopKSAE" -> plain(matryoshka(), true, settings);
            case "JumpReluAutoEncoder" ->
                plain(
                        new Activation.JumpRelu(notBelowZero(tensors.takeThreshold("threshold", width))),
                        false,
                        settings);
            default ->
                throw trainer.wrong(
                        "dict_class",
                        "AutoEncoder, AutoEncoderNew, GatedAutoEncoder, AutoEncoderTopK, BatchTopKSAE,"
                                + " MatryoshkaBatchTopKSAE or JumpReluAutoEncoder");
        };
        try {
            tensors.finish("a " + kind);
        } catch (BadInputException e) {
            dictionary.close();
            throw e;
        }
        return dictionary;
    }

    /// The classes of two linear layers: `encoder.weight` `[latent, d]`, `decoder.weight` `[d, latent]`.
    private Dictionary linear(Activation activation, String bias, boolean centres, Settings settings) {
        Tensor encoderBias = activation instanceof Activation.Gated
                ? Tensor.full(0, tensors.type(), width)
                : tensors.take("encoder.bias", width);
        return made(
                tensors.take("encoder.weight", width, size),
                encoderBias,
                tensors.take("decoder.weight", size, width).transpose(0, 1).contiguous(),
                tensors.take(bias, size),
                activation,
                centres,
                settings);
    }

    /// The classes with SAELens' names.
    private Dictionary plain(Activation activation, boolean centres, Settings settings) {
        return made(
                tensors.take("W_enc", size, width).transpose(0, 1).contiguous(),
                tensors.take("b_enc", width),
                tensors.take("W_dec", width, size),
                tensors.take("b_dec", size),
                activation,
                centres,
                settings);
    }

    private Dictionary made(
            Tensor encoder,
            Tensor encoderBias,
            Tensor decoder,
            Tensor decoderBias,
            Activation activation,
            boolean centres,
            Settings settings) {
        var weights = new Dictionary.Weights(encoder, encoderBias, decoder, decoderBias, Optional.empty());
        return new Dictionary(weights, activation, centres, Scaling.NONE, origin(settings));
    }

    private Activation topK() {
        tensors.skip("threshold"); // what BatchTopK would use
        return new Activation.TopK(k(), false);
    }

    private int k() {
        int k = trainer.size("k");
        if (tensors.has("k") && tensors.takeScalar("k") != k) {
            throw trainer.wrong("k", "the one that " + WEIGHTS + " holds");
        }
        if (k > width) {
            throw trainer.wrong("k", "at most dict_size, " + width);
        }
        return k;
    }

    private Activation batchTopK() {
        k();
        return new Activation.JumpRelu(
                Tensor.full(Math.max(0, tensors.takeScalar("threshold")), tensors.type(), width));
    }

    private Activation matryoshka() {
        tensors.skip("group_sizes"); // how it was trained; all groups are used
        return batchTopK();
    }

    /// Its codes are `relu(z)` where `z > threshold`, so that none is negative below a negative threshold either.
    private Tensor notBelowZero(Tensor threshold) {
        return threshold.maximum(Tensor.full(0, tensors.type(), width));
    }

    private Activation gated() {
        return new Activation.Gated(
                tensors.take("gate_bias", width), tensors.take("mag_bias", width), tensors.take("r_mag", width));
    }

    private Origin origin(Settings settings) {
        Map<String, String> notes = new HashMap<>(trainer.notes(KNOWN));
        notes.put("training_architecture", trainer.requiredText("dict_class"));
        if (settings.has("buffer") && settings.values().get("buffer").isObject()) {
            settings.object("buffer").notes(Set.of()).forEach((name, note) -> notes.put("buffer." + name, note));
        }
        Matcher matcher = SUBMODULE.matcher(trainer.text("submodule_name").orElse(""));
        List<Site> sites = matcher.matches()
                ? List.of(new Site.Resid(Integer.parseInt(matcher.group(1)), Site.Moment.POST))
                : List.of();
        return new Origin(trainer.text("lm_name").orElse(""), sites, sites, notes);
    }
}

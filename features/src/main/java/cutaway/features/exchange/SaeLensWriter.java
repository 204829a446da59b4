package cutaway.features.exchange;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes SAELens folders, and our own form, which is one too wherever SAELens has an architecture for what the
/// dictionary computes: one file less to know, and others can open what we train. What it has none for (a TopK
/// transcoder, a crosscoder's several sites, int8) stands in keys that SAELens refuses aloud or leaves alone.
///
/// Model and sites go into `metadata` under SAELens' names and every note of the origin under its own, so that reading
/// gives back the same [cutaway.features.dictionary.Origin].
final class SaeLensWriter {

    /// The version whose layout this is; SAELens takes an older one, or none, for the flat form.
    private static final String LAYOUT = "6.54.12";

    private final Dictionary dictionary;
    private final boolean transcodes;

    private SaeLensWriter(Dictionary dictionary) {
        this.dictionary = dictionary;
        this.transcodes = dictionary.weights().skip().isPresent()
                || dictionary.dIn() != dictionary.dOut()
                || !dictionary.origin().inputs().equals(dictionary.origin().outputs())
                || dictionary.origin().notes().containsKey("hook_name_out");
    }

    /// @param strict whether SAELens has to be able to open it
    /// @throws BadInputException when it is strict and SAELens has no architecture for the dictionary
    static void write(Dictionary dictionary, Path target, Numbers numbers, boolean strict) {
        SaeLensWriter writer = new SaeLensWriter(dictionary);
        Optional<String> obstacle = writer.obstacle();
        if (strict && numbers == Numbers.INT8) {
            throw new BadInputException("SAELens opens no int8 weights; give bf16, or write the form "
                    + Format.CUTAWAY.text() + ", which Cutaway opens.");
        }
        if (strict && obstacle.isPresent()) {
            throw new BadInputException("SAELens " + LAYOUT + " has no " + obstacle.get() + "; write the form "
                    + Format.CUTAWAY.text() + ", which Cutaway opens.");
        }
        NewFolder.write(target, folder -> writer.fill(folder, numbers, strict, obstacle.isPresent()));
    }

    /// What SAELens cannot hold, if anything.
    private Optional<String> obstacle() {
        String kind = transcodes ? " transcoder" : " autoencoder";
        if (dictionary.origin().inputs().size() > 1
                || dictionary.origin().outputs().size() > 1) {
            return Optional.of("dictionary of several sites");
        }
        if (transcodes && dictionary.centres()) {
            return Optional.of("transcoder that takes its decoder's bias from its input");
        }
        if (transcodes && dictionary.scaling() != Scaling.NONE) {
            return Optional.of("transcoder that scales its input and output");
        }
        return switch (dictionary.activation()) {
            case Activation.Relu() -> Optional.empty();
            case Activation.TopK(int _, boolean _) -> transcodes ? Optional.of("TopK" + kind) : Optional.empty();
            case Activation.Gated _ -> transcodes ? Optional.of("gated" + kind) : Optional.empty();
            case Activation.JumpRelu(Tensor threshold) ->
                Scope.free(() -> threshold
                                .less(Tensor.full(0, threshold.dtype(), 1))
                                .not()
                                .all())
                        ? Optional.empty()
                        : Optional.of("JumpReLU" + kind + " whose codes can be negative");
        };
    }

    private void fill(Path folder, Numbers numbers, boolean strict, boolean ours) throws IOException {
        Scope.free(() -> {
            weights(numbers).write(folder.resolve(SaeLensFolder.WEIGHTS));
            return 0;
        });
        Files.writeString(
                folder.resolve(SaeLensFolder.SETTINGS),
                Settings.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(settings(numbers, strict, ours))
                        + "\n");
    }

    private TensorWriter weights(Numbers numbers) {
        Dictionary.Weights weights = dictionary.weights();
        TensorWriter writer = new TensorWriter(numbers);
        writer.matrix("W_enc", weights.encoder().transpose(0, 1), 1);
        writer.matrix("W_dec", weights.decoder(), 0);
        writer.vector("b_dec", weights.decoderBias());
        weights.skip().ifPresent(skip -> writer.matrix("W_skip", skip, 0));
        switch (dictionary.activation()) {
            case Activation.Relu() -> writer.vector("b_enc", weights.encoderBias());
            case Activation.TopK(int _, boolean _) -> writer.vector("b_enc", weights.encoderBias());
            case Activation.JumpRelu(Tensor threshold) -> {
                writer.vector("b_enc", weights.encoderBias());
                writer.vector("threshold", threshold);
            }
            case Activation.Gated(Tensor gate, Tensor magnitude, Tensor log) -> {
                writer.vector("b_gate", gate);
                writer.vector("b_mag", magnitude);
                writer.vector("r_mag", log);
            }
        }
        return writer;
    }

    private ObjectNode settings(Numbers numbers, boolean strict, boolean ours) {
        ObjectNode settings = Settings.JSON.createObjectNode();
        String activation = activation();
        String skip = dictionary.weights().skip().isPresent() ? "skip_" : "";
        String across = activation.equals("relu") ? skip + "transcoder" : activation + "_" + skip + "transcoder";
        String along = activation.equals("relu") ? "standard" : activation;
        settings.put("architecture", ours ? SaeLensFolder.OURS : transcodes ? across : along);
        if (ours) {
            settings.put("activation", activation).put("transcodes", transcodes);
        }
        settings.put("d_in", dictionary.dIn()).put("d_sae", dictionary.width());
        if (transcodes) {
            settings.put("d_out", dictionary.dOut());
        }
        if (dictionary.activation() instanceof Activation.TopK(int k, boolean byNorm)) {
            settings.put("k", k).put("rescale_acts_by_decoder_norm", byNorm);
        }
        settings.put("dtype", dictionary.dtype() == Dtype.F64 ? "float64" : "float32")
                .put("device", "cpu")
                .put("apply_b_dec_to_input", dictionary.centres())
                .put(
                        "normalize_activations",
                        switch (dictionary.scaling()) {
                            case NONE -> "none";
                            case CONSTANT_NORM -> "constant_norm_rescale";
                            case LAYER_NORM -> "layer_norm";
                        })
                .put("reshape_activations", readsHeads() ? "hook_z" : "none");
        settings.set("metadata", metadata(numbers, strict));
        return settings;
    }

    private String activation() {
        return switch (dictionary.activation()) {
            case Activation.Relu() -> "relu";
            case Activation.TopK(int _, boolean _) -> "topk";
            case Activation.JumpRelu _ -> "jumprelu";
            case Activation.Gated _ -> "gated";
        };
    }

    /// SAELens flattens the heads of such an input itself.
    private boolean readsHeads() {
        return dictionary.origin().inputs().size() == 1
                && dictionary.origin().inputs().getFirst() instanceof Site.Heads(int _, Site.HeadPart part)
                && part == Site.HeadPart.Z;
    }

    private ObjectNode metadata(Numbers numbers, boolean strict) {
        ObjectNode metadata = Settings.JSON.createObjectNode();
        Map<String, String> notes = new TreeMap<>(dictionary.origin().notes());
        notes.forEach((name, note) -> metadata.set(name, Settings.value(note)));
        if (!dictionary.origin().model().isEmpty()) {
            metadata.put("model_name", dictionary.origin().model());
        }
        ObjectNode ours = Settings.JSON.createObjectNode();
        ours.put("weights", numbers.text());
        place(
                metadata,
                ours,
                "hook_name",
                "hook_head_index",
                "inputs",
                dictionary.origin().inputs());
        if (transcodes) {
            place(
                    metadata,
                    ours,
                    "hook_name_out",
                    "hook_head_index_out",
                    "outputs",
                    dictionary.origin().outputs());
        }
        metadata.put("sae_lens_version", LAYOUT);
        if (!strict) {
            metadata.set(SaeLensFolder.OURS, ours);
        }
        return metadata;
    }

    private static void place(
            ObjectNode metadata, ObjectNode ours, String hook, String head, String several, List<Site> sites) {
        if (sites.size() == 1) {
            Site site = sites.getFirst();
            if (site instanceof Site.Head(int layer, int index, Site.HeadPart part)) {
                metadata.put(hook, new Site.Heads(layer, part).text()).put(head, index);
            } else {
                metadata.put(hook, site.text());
            }
        } else if (!sites.isEmpty()) {
            ArrayNode names = ours.putArray(several);
            sites.forEach(site -> names.add(site.text()));
        }
    }
}

package cutaway.features.exchange;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.stream.Collectors;

/// The forms that dictionaries have in files.
public enum Format {
    /// Ours: a SAELens folder that holds every [cutaway.features.dictionary.Dictionary], and small weights too.
    CUTAWAY("cutaway", true),
    /// SAELens 6: cfg.json and sae_weights.safetensors; the flat cfg.json of older versions is read.
    SAELENS("saelens", true),
    /// EleutherAI's sparsify 1.3: cfg.json and sae.safetensors.
    SPARSIFY("sparsify", true),
    /// circuit-tracer 0.5: config.yaml and a file for each layer.
    CIRCUIT_TRACER("circuit-tracer", true),
    /// saprmarks' dictionary_learning: config.json and ae.pt.
    DICTIONARY_LEARNING("dictionary_learning", false),
    /// Gemma Scope: params.npz; Gemma Scope 2: config.json and params.safetensors.
    GEMMA_SCOPE("gemma-scope", false);

    private final String text;
    private final boolean written;

    Format(String text, boolean written) {
        this.text = text;
        this.written = written;
    }

    /// Its name on the command line.
    public String text() {
        return text;
    }

    /// Whether Cutaway writes it.
    public boolean isWritten() {
        return written;
    }

    /// @throws BadInputException when no format is called so
    public static Format named(String text) {
        return Arrays.stream(values())
                .filter(format -> format.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new BadInputException("no form \"" + text + "\" of dictionaries; expected one of "
                        + Arrays.stream(values()).map(Format::text).collect(Collectors.joining(", ")) + "."));
    }
}

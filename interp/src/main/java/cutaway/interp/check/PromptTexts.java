package cutaway.interp.check;

import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The texts of a golden file's prompts: `"prompts"` of the prompts.json beside it, where there is one.
final class PromptTexts {

    private PromptTexts() {}

    /// What the model's tokenizer makes of prompt k, without BOS; empty where there is no text of it.
    static Optional<int[]> of(GoldenFile file, Model model, int k) {
        Path beside = file.path().resolveSibling("prompts.json");
        if (!Files.isRegularFile(beside)) {
            return Optional.empty();
        }
        try {
            JsonNode text = JsonMapper.shared()
                    .readTree(beside.toFile())
                    .path("prompts")
                    .path(k);
            return text.isString()
                    ? Optional.of(model.tokenizer().encode(text.asString()).ids())
                    : Optional.empty();
        } catch (JacksonException e) {
            throw new BadInputException(
                    "cannot read " + beside + " (" + JsonFault.of(e) + "); expected {\"prompts\": [\"...\"]}.", e);
        }
    }
}

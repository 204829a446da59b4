package cutaway.model.tokenizer;

import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.GgufMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Writes a model's tokenizer into a Hugging Face folder.
public final class TokenizerFiles {

    private static final List<String> FILES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "vocab.txt",
            "chat_template.jinja",
            "generation_config.json");

    /// In config.json and in GGUF metadata.
    private static final Map<String, String> IDS = Map.of(
            "bos_token_id", "bos_token_id",
            "eos_token_id", "eos_token_id",
            "pad_token_id", "padding_token_id");

    private TokenizerFiles() {}

    /// What config.json says of special tokens: `bos_token_id` and its like.
    ///
    /// What a GGUF file does not say is null: left out, transformers would fill in an id of the family's first
    /// model, which
    /// may be outside of this one's vocabulary.
    ///
    /// @param source a GGUF file or a Hugging Face folder
    public static Map<String, @Nullable Object> ids(Path source) {
        Map<String, @Nullable Object> ids = new TreeMap<>();
        if (Files.isDirectory(source)) {
            JsonNode config =
                    JsonMapper.shared().readTree(source.resolve("config.json").toFile());
            JsonNode text = config.has("text_config") ? config.path("text_config") : config;
            IDS.keySet().stream()
                    .filter(key -> text.has(key) || config.has(key))
                    .forEach(key -> ids.put(key, text.has(key) ? text.get(key) : config.get(key)));
            return ids;
        }
        try (GgufFile file = GgufFile.open(source)) {
            GgufMetadata metadata = file.metadata();
            IDS.forEach((key, stored) -> {
                String at = GgufVocabulary.KEY + stored;
                ids.put(key, metadata.has(at) ? (Object) metadata.integer(at) : null);
            });
        }
        return ids;
    }

    /// Copies a folder's files, or makes them from GGUF metadata.
    ///
    /// @return a sentence where the tokenizer had to be left out
    public static List<String> write(Path source, Path folder) throws IOException {
        if (Files.isDirectory(source)) {
            for (String name : FILES) {
                if (Files.isRegularFile(source.resolve(name))) {
                    Files.copy(source.resolve(name), folder.resolve(name));
                }
            }
            return Files.exists(source.resolve("tokenizer.json"))
                    ? List.of()
                    : List.of("The source has no tokenizer.json, so the folder has none.");
        }
        try (GgufFile file = GgufFile.open(source)) {
            String kind =
                    file.metadata().optionalString(GgufVocabulary.KEY + "model").orElse("");
            return switch (kind) {
                case "" -> List.of("The source has no tokenizer, so the folder has none.");
                case "gpt2" -> {
                    make(GgufVocabulary.read(file.metadata()), folder);
                    yield List.of();
                }
                default ->
                    List.of("The tokenizer was left out: Cutaway makes a tokenizer.json of byte-level BPE only, and"
                            + " this one is of the kind " + kind + "; put the original model's beside config.json.");
            };
        }
    }

    private static void make(GgufVocabulary vocabulary, Path folder) throws IOException {
        TokenizerFacts facts = GgufBytePair.read(vocabulary);
        Files.writeString(folder.resolve("tokenizer.json"), GgufBytePair.file(vocabulary, facts));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        config.put("clean_up_tokenization_spaces", false);
        name(config, "bos_token", facts.bos(), vocabulary);
        name(config, "eos_token", facts.eos(), vocabulary);
        name(config, "pad_token", vocabulary.id("padding_token_id"), vocabulary);
        name(config, "unk_token", vocabulary.id("unknown_token_id"), vocabulary);
        facts.chatTemplate().ifPresent(template -> config.put("chat_template", template));
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
    }

    private static void name(Map<String, Object> config, String key, OptionalInt id, GgufVocabulary vocabulary) {
        id.ifPresent(present -> config.put(key, vocabulary.tokens().get(present)));
    }
}

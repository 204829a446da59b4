package cutaway.model.tokenizer;

import cutaway.model.gguf.GgufValue;
import cutaway.model.gguf.ValueType;
import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Writes a folder's byte-level BPE as the metadata of a GGUF file.
///
/// A GGUF file says how words are cut by a name alone: a tokenizer.json that cuts by other expressions than a
/// named one,
/// or whose tokens take white space along, cannot be said.
public final class TokenizerMetadata {

    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;

    private final JsonNode tokenizer;
    private final TokenizerFacts facts;
    private final int rows;

    private TokenizerMetadata(JsonNode tokenizer, TokenizerFacts facts, int rows) {
        this.tokenizer = tokenizer;
        this.facts = facts;
        this.rows = rows;
    }

    /// @param rows of the model's embedding: the file has a token for each
    /// @param metadata receives `tokenizer.*`
    /// @return a sentence where the tokenizer had to be left out
    public static List<String> of(Path folder, int rows, Map<String, GgufValue> metadata) {
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            return List.of("The source has no tokenizer.json, so the file has no tokenizer.");
        }
        try {
            JsonNode tokenizer = JsonMapper.shared().readTree(file.toFile());
            return new TokenizerMetadata(tokenizer, FolderTokenizer.read(folder), rows).write(metadata);
        } catch (JacksonException e) {
            throw new BadInputException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private List<String> write(Map<String, GgufValue> metadata) {
        JsonNode model = tokenizer.path("model");
        if (!model.path("type").asString("").equals("BPE")
                || !tokenizer.path("decoder").path("type").asString("").equals("ByteLevel")) {
            return leftOut("Cutaway writes byte-level BPE only, and this one is of another kind");
        }
        Optional<String> pre = preTokenizer();
        if (pre.isEmpty()) {
            return leftOut("GGUF has no name that Cutaway knows for the way in which it cuts words");
        }
        for (JsonNode token : tokenizer.path("added_tokens")) {
            for (String flag : List.of("lstrip", "rstrip", "single_word")) {
                if (token.path(flag).asBoolean(false)) {
                    return leftOut("GGUF cannot say that its token "
                            + token.path("content").asString("") + " has " + flag);
                }
            }
        }
        if (facts.vocabSize() > rows) {
            return leftOut("it has " + facts.vocabSize() + " tokens, and the model's embedding " + rows + " rows");
        }
        OptionalInt bos = orOnly(facts.bos(), facts.before());
        OptionalInt eos = orOnly(facts.eos(), facts.after());
        if (!isAround(facts.before(), bos) || !isAround(facts.after(), eos)) {
            return leftOut("GGUF cannot say what it puts around a text");
        }
        String key = GgufVocabulary.KEY;
        metadata.put(key + "model", GgufValue.text("gpt2"));
        metadata.put(key + "pre", GgufValue.text(pre.get()));
        tokens(metadata);
        metadata.put(key + "merges", GgufValue.texts(merges()));
        id(metadata, "bos", bos);
        id(metadata, "eos", eos);
        id(metadata, "eot", facts.eot());
        metadata.put(key + "add_bos_token", GgufValue.flag(!facts.before().isEmpty()));
        metadata.put(key + "add_eos_token", GgufValue.flag(!facts.after().isEmpty()));
        facts.chatTemplate().ifPresent(template -> metadata.put("tokenizer.chat_template", GgufValue.text(template)));
        return List.of();
    }

    private static List<String> leftOut(String why) {
        return List.of("The tokenizer was left out: " + why + ".");
    }

    private static boolean isAround(List<Integer> ids, OptionalInt only) {
        return ids.isEmpty() || (only.isPresent() && ids.equals(List.of(only.getAsInt())));
    }

    /// The token that the files name, or else the only one that stands there.
    private static OptionalInt orOnly(OptionalInt named, List<Integer> ids) {
        return named.isEmpty() && ids.size() == 1 ? OptionalInt.of(ids.getFirst()) : named;
    }

    private static void id(Map<String, GgufValue> metadata, String name, OptionalInt id) {
        id.ifPresent(value -> metadata.put(GgufVocabulary.KEY + name + "_token_id", GgufValue.u32(value)));
    }

    private void tokens(Map<String, GgufValue> metadata) {
        var tokens = new String[rows];
        var types = new long[rows];
        for (int id = 0; id < rows; id++) {
            tokens[id] = "[PAD" + id + "]"; // rows that no token has
        }
        Arrays.fill(types, UNUSED);
        for (Map.Entry<String, JsonNode> token :
                tokenizer.path("model").path("vocab").properties()) {
            int id = token.getValue().asInt(-1);
            if (id < 0 || id >= rows) {
                throw new BadInputException("the tokenizer.json gives " + token.getKey() + " the id " + id
                        + "; expected 0 to " + (rows - 1) + ".");
            }
            tokens[id] = token.getKey();
            types[id] = NORMAL;
        }
        for (TokenizerFacts.Added token : facts.added()) {
            tokens[token.id()] = token.content();
            types[token.id()] = token.special() ? CONTROL : USER_DEFINED;
        }
        metadata.put(GgufVocabulary.KEY + "tokens", GgufValue.texts(List.of(tokens)));
        metadata.put(GgufVocabulary.KEY + "token_type", GgufValue.wholes(ValueType.I32, types));
    }

    /// One string a merge; older files have strings, newer ones pairs.
    private List<String> merges() {
        var merges = new ArrayList<String>();
        for (JsonNode merge : tokenizer.path("model").path("merges")) {
            merges.add(
                    merge.isArray()
                            ? merge.path(0).asString() + " " + merge.path(1).asString()
                            : merge.asString());
        }
        return merges;
    }

    private Optional<String> preTokenizer() {
        var expressions = new ArrayList<String>();
        boolean ignoresMerges = tokenizer.path("model").path("ignore_merges").asBoolean(false);
        Optional<Boolean> composes = composes(tokenizer.path("normalizer"));
        return composes.isPresent() && collect(tokenizer.path("pre_tokenizer"), expressions)
                ? PreTokenizer.nameOf(expressions, composes.get(), ignoresMerges)
                : Optional.empty();
    }

    /// Whether it composes characters and does nothing else; empty where it does something else.
    private static Optional<Boolean> composes(JsonNode normaliser) {
        return switch (normaliser.path("type").asString("")) {
            case "" -> Optional.of(false);
            case "NFC" -> Optional.of(true);
            case "Sequence" -> {
                JsonNode parts = normaliser.path("normalizers");
                yield parts.isEmpty()
                        ? Optional.of(false)
                        : parts.size() == 1 ? composes(parts.get(0)) : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    /// Collects the expressions that words are cut by, one after another.
    ///
    /// @return whether it cuts by nothing else
    private static boolean collect(JsonNode part, List<String> expressions) {
        switch (part.path("type").asString("")) {
            case "Sequence" -> {
                boolean all = true;
                for (JsonNode inner : part.path("pretokenizers")) {
                    all &= collect(inner, expressions);
                }
                return all;
            }
            case "Split" -> {
                expressions.add(part.path("pattern").path("Regex").asString(""));
                return part.path("pattern").has("Regex")
                        && part.path("behavior").asString("").equals("Isolated")
                        && !part.path("invert").asBoolean(false);
            }
            case "Digits" -> {
                expressions.add("\\p{N}");
                return part.path("individual_digits").asBoolean(false);
            }
            case "ByteLevel" -> {
                if (part.path("use_regex").asBoolean(true)) {
                    expressions.add(PreTokenizer.gpt2Words());
                }
                return !part.path("add_prefix_space").asBoolean(true);
            }
            default -> {
                return false;
            }
        }
    }
}

package cutaway.model.tokenizer;

import cutaway.model.tokenizer.TokenizerFacts.Added;
import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import cutaway.tensor.RegularFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the tokenizer of a Hugging Face model folder.
///
/// The post-processor of its tokenizer.json, which puts BOS or `[CLS]` around a text, is read and then left out: the
/// caller decides what goes around a text, and with it in place the spans would lose their leading spaces.
///
/// It alone says whether there is a BOS: beside a tokenizer.json, `add_bos_token` and `add_eos_token` of
/// tokenizer_config.json mean nothing (transformers 5.23, `_from_pretrained` in tokenization_utils_base.py).
final class FolderTokenizer {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final Map<String, String> NORMALISER_SETTINGS = Map.of(
            "do_lower_case", "lowercase",
            "strip_accents", "strip_accents",
            "tokenize_chinese_chars", "handle_chinese_chars");

    /// What a vocabulary has room for is kept in memory.
    private static final int MOST_IDS = 1 << 24;

    private FolderTokenizer() {}

    static TokenizerFacts read(Path path) {
        Path file = Files.isDirectory(path) ? path.resolve("tokenizer.json") : path;
        Path at = file.toAbsolutePath();
        ObjectNode tokenizer = object(file);
        NativeLimits.check(tokenizer, file);
        ObjectNode config = objectIfThere(at.resolveSibling("tokenizer_config.json"));
        ObjectNode model = objectIfThere(at.resolveSibling("config.json"));
        List<Added> added = added(tokenizer, file);
        OptionalInt bos = id(config, model, "bos", added);
        OptionalInt eos = id(config, model, "eos", added);
        OptionalInt eot = TokenizerFacts.endOfTurn(added);
        var before = new ArrayList<Integer>();
        var after = new ArrayList<Integer>();
        readAround(tokenizer.path("post_processor"), before, after);
        tokenizer.putNull("post_processor");
        override(config, tokenizer.path("normalizer"));
        return new TokenizerFacts(
                special -> new NativeTokenizer(json(tokenizer, special)),
                vocabSize(tokenizer, added),
                added,
                bos,
                eos,
                eot,
                List.copyOf(before),
                List.copyOf(after),
                chatTemplate(at.resolveSibling("chat_template.jinja"), config));
    }

    private static List<Added> added(ObjectNode tokenizer, Path file) {
        var added = new ArrayList<Added>();
        for (JsonNode token : tokenizer.path("added_tokens")) {
            if (!token.path("id").isInt() || !token.path("content").isString()) {
                throw new BadInputException(file + " has an added token without id or content; the file is damaged.");
            }
            if (!token.get("content").asString().isEmpty()) {
                added.add(new Added(
                        token.get("id").asInt(),
                        token.get("content").asString(),
                        token.path("special").asBoolean(false),
                        token.path("normalized").asBoolean(false)));
            }
        }
        return List.copyOf(added);
    }

    /// BPE and WordPiece map names to ids; Unigram lists its pieces in the order of their ids.
    private static int vocabSize(ObjectNode tokenizer, List<Added> added) {
        JsonNode vocabulary = tokenizer.path("model").path("vocab");
        long size = added.stream().mapToLong(token -> token.id() + 1L).max().orElse(0);
        if (vocabulary.isArray()) {
            size = Math.max(size, vocabulary.size());
        } else {
            for (JsonNode id : vocabulary) {
                size = Math.max(size, id.asLong(-1) + 1);
            }
        }
        if (size > MOST_IDS) {
            throw new BadInputException("the tokenizer has the id " + (size - 1) + "; expected less than " + MOST_IDS
                    + ": the file is damaged, fetch it again.");
        }
        return (int) size;
    }

    private static OptionalInt id(ObjectNode config, ObjectNode model, String name, List<Added> added) {
        JsonNode token = config.path(name + "_token");
        String content = token.isObject() ? token.path("content").asString("") : token.asString("");
        OptionalInt named = added.stream()
                .filter(a -> a.content().equals(content))
                .mapToInt(Added::id)
                .findFirst();
        if (named.isPresent()) {
            return named;
        }
        JsonNode id = model.path(name + "_token_id");
        JsonNode first = id.isArray() && !id.isEmpty() ? id.get(0) : id;
        return first.isInt() ? OptionalInt.of(first.asInt()) : OptionalInt.empty();
    }

    private static void readAround(JsonNode processor, List<Integer> before, List<Integer> after) {
        switch (processor.path("type").asString("")) {
            case "Sequence" -> processor.path("processors").forEach(part -> readAround(part, before, after));
            case "TemplateProcessing" -> readTemplate(processor, before, after);
            case "BertProcessing", "RobertaProcessing" -> {
                before.add(around(processor.path("cls").path(1)));
                after.add(around(processor.path("sep").path(1)));
            }
            default -> {}
        }
    }

    private static int around(JsonNode id) {
        if (!id.isInt()) {
            throw new BadInputException("the tokenizer's post_processor puts a token around a text whose id is "
                    + id.toString() + "; expected a whole number: the file is damaged, fetch it again.");
        }
        return id.asInt();
    }

    private static void readTemplate(JsonNode processor, List<Integer> before, List<Integer> after) {
        List<Integer> side = before;
        for (JsonNode piece : processor.path("single")) {
            if (piece.has("Sequence")) {
                side = after;
            } else {
                String name = piece.path("SpecialToken").path("id").asString("");
                for (JsonNode id : processor.path("special_tokens").path(name).path("ids")) {
                    side.add(around(id));
                }
            }
        }
    }

    /// What tokenizer_config.json says about BERT's normaliser goes before tokenizer.json.
    private static void override(ObjectNode config, JsonNode normaliser) {
        if (normaliser instanceof ObjectNode rules
                && rules.path("type").asString("").equals("BertNormalizer")) {
            NORMALISER_SETTINGS.forEach((setting, rule) -> {
                if (config.path(setting).isBoolean()) {
                    rules.set(rule, config.get(setting));
                }
            });
        }
    }

    private static Optional<String> chatTemplate(Path file, ObjectNode config) {
        if (Files.isRegularFile(file)) {
            return Optional.of(text(file));
        }
        JsonNode template = config.path("chat_template");
        for (JsonNode named : template.isArray() ? template : JSON.createArrayNode()) {
            if (named.path("name").asString("").equals("default")) {
                template = named.path("template");
            }
        }
        return template.isString() ? Optional.of(template.asString()) : Optional.empty();
    }

    private static String json(ObjectNode tokenizer, boolean withSpecial) {
        if (withSpecial) {
            return JSON.writeValueAsString(tokenizer);
        }
        ObjectNode copy = JSON.createObjectNode().setAll(tokenizer);
        ArrayNode kept = copy.putArray("added_tokens");
        tokenizer.path("added_tokens").forEach(token -> {
            if (!token.path("special").asBoolean(false)) {
                kept.add(token);
            }
        });
        return JSON.writeValueAsString(copy);
    }

    private static ObjectNode objectIfThere(Path file) {
        return Files.isRegularFile(file) ? object(file) : JSON.createObjectNode();
    }

    private static ObjectNode object(Path file) {
        try {
            if (JSON.readTree(text(file)) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw new BadInputException(file + " is not valid JSON: " + JsonFault.of(e) + "; fetch it again.", e);
        }
        throw new BadInputException(file + " is not a JSON object; expected a file of a Hugging Face model.");
    }

    private static String text(Path file) {
        RegularFile.check(file, "a file of a Hugging Face model");
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is not text in UTF-8; the file is damaged, fetch it again.", e);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot read " + file + " (" + e + "); expected a Hugging Face model folder with a tokenizer.json.",
                    e);
        }
    }
}

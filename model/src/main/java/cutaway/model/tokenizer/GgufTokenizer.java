package cutaway.model.tokenizer;

import cutaway.model.gguf.GgufMetadata;
import cutaway.model.tokenizer.TokenizerFacts.Added;
import cutaway.tensor.BadInputException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Builds a tokenizer.json from the metadata of a GGUF file: byte-level BPE (`tokenizer.ggml.model` = gpt2).
final class GgufTokenizer {

    private static final String KEY = "tokenizer.ggml.";

    /// `llama_token_type`: steers the model, and added by a user.
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    private GgufTokenizer() {}

    static TokenizerFacts read(GgufMetadata metadata) {
        String model = metadata.string(KEY + "model");
        if (!model.equals("gpt2")) {
            throw new BadInputException("the file's tokenizer is of the kind " + model
                    + "; Cutaway reads gpt2 (byte-level BPE) from GGUF files so far."
                    + " Open the model's Hugging Face folder, which has a tokenizer.json.");
        }
        PreTokenizer pre =
                PreTokenizer.named(metadata.optionalString(KEY + "pre").orElse(""));
        List<String> tokens = metadata.strings(KEY + "tokens");
        List<String> merges = metadata.strings(KEY + "merges");
        List<Added> added = added(metadata, tokens);
        OptionalInt bos = id(metadata, "bos_token_id", tokens.size());
        OptionalInt eos = id(metadata, "eos_token_id", tokens.size());
        OptionalInt eot = id(metadata, "eot_token_id", tokens.size());
        if (eot.isEmpty()) {
            eot = TokenizerFacts.endOfTurn(added);
        }
        return new TokenizerFacts(
                special -> json(pre, tokens, merges, added, special),
                tokens.size(),
                added,
                bos,
                eos,
                eot,
                around(bos, flag(metadata, "add_bos_token", pre.addsBos())),
                around(eos, flag(metadata, "add_eos_token", false)),
                metadata.optionalString("tokenizer.chat_template"));
    }

    private static List<Added> added(GgufMetadata metadata, List<String> tokens) {
        if (!metadata.has(KEY + "token_type")) {
            return List.of();
        }
        long[] types = metadata.integers(KEY + "token_type");
        if (types.length != tokens.size()) {
            throw new BadInputException(KEY + "token_type has " + types.length + " values for " + tokens.size()
                    + " tokens: the file is damaged.");
        }
        var added = new ArrayList<Added>();
        for (int id = 0; id < types.length; id++) {
            if ((types[id] == CONTROL || types[id] == USER_DEFINED)
                    && !tokens.get(id).isEmpty()) {
                added.add(new Added(id, tokens.get(id), types[id] == CONTROL));
            }
        }
        return List.copyOf(added);
    }

    private static OptionalInt id(GgufMetadata metadata, String name, int vocabSize) {
        if (!metadata.has(KEY + name)) {
            return OptionalInt.empty();
        }
        long id = metadata.integer(KEY + name);
        if (id < 0 || id >= vocabSize) {
            throw new BadInputException(
                    KEY + name + " is " + id + ", but there are " + vocabSize + " tokens: the file is damaged.");
        }
        return OptionalInt.of((int) id);
    }

    private static boolean flag(GgufMetadata metadata, String name, boolean otherwise) {
        return metadata.has(KEY + name) ? metadata.flag(KEY + name) : otherwise;
    }

    private static List<Integer> around(OptionalInt id, boolean add) {
        return add && id.isPresent() ? List.of(id.getAsInt()) : List.of();
    }

    private static String json(
            PreTokenizer pre, List<String> tokens, List<String> merges, List<Added> added, boolean withSpecial) {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("version", "1.0");
            writeAdded(json, added, withSpecial);
            if (pre.composes()) {
                json.writeObjectPropertyStart("normalizer");
                json.writeStringProperty("type", "NFC");
                json.writeEndObject();
            }
            pre.write(json);
            json.writeObjectPropertyStart("decoder");
            PreTokenizer.writeByteLevel(json);
            json.writeEndObject();
            json.writeObjectPropertyStart("model");
            json.writeStringProperty("type", "BPE");
            json.writeBooleanProperty("ignore_merges", pre.ignoresMerges());
            writeVocabulary(json, tokens);
            writeMerges(json, merges);
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void writeAdded(JsonGenerator json, List<Added> added, boolean withSpecial) {
        json.writeArrayPropertyStart("added_tokens");
        for (Added token : added) {
            if (withSpecial || !token.special()) {
                json.writeStartObject();
                json.writeNumberProperty("id", token.id());
                json.writeStringProperty("content", token.content());
                json.writeBooleanProperty("single_word", false);
                json.writeBooleanProperty("lstrip", false);
                json.writeBooleanProperty("rstrip", false);
                json.writeBooleanProperty("normalized", false);
                json.writeBooleanProperty("special", token.special());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private static void writeVocabulary(JsonGenerator json, List<String> tokens) {
        json.writeObjectPropertyStart("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            json.writeNumberProperty(tokens.get(id), id);
        }
        json.writeEndObject();
    }

    /// As pairs: in the older form, one string, a space inside of a token would be ambiguous.
    private static void writeMerges(JsonGenerator json, List<String> merges) {
        json.writeArrayPropertyStart("merges");
        for (String merge : merges) {
            int space = merge.indexOf(' ', 1);
            if (space < 0) {
                throw new BadInputException(KEY + "merges holds \"" + merge
                        + "\"; expected two tokens with a space between: the file is damaged.");
            }
            json.writeStartArray();
            json.writeString(merge.substring(0, space));
            json.writeString(merge.substring(space + 1));
            json.writeEndArray();
        }
        json.writeEndArray();
    }
}

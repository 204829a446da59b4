package cutaway.model.tokenizer;

import static cutaway.model.tokenizer.GgufVocabulary.around;

import cutaway.model.tokenizer.PieceTable.Kind;
import cutaway.model.tokenizer.TokenizerFacts.Added;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/// BERT's WordPiece in GGUF files (`bert`), as a tokenizer.json.
///
/// The ids are those of Hugging Face's tokenizer, which the models were trained with. llama.cpp differs where a word
/// has more than 100 characters, which makes it unknown, and in the control characters and case of rare scripts.
final class GgufWordPiece {

    private static final String INSIDE = "##";

    private GgufWordPiece() {}

    static TokenizerFacts read(GgufVocabulary vocabulary) {
        OptionalInt cls = vocabulary.id("bos_token_id", 101);
        OptionalInt sep = vocabulary.id("seperator_token_id", 102); // sic
        int unknown = vocabulary
                .id("unknown_token_id", 100)
                .orElseThrow(() -> new BadInputException("the tokenizer names no token for what it does not know;"
                        + " expected " + GgufVocabulary.KEY + "unknown_token_id: the file is damaged."));
        var special = new HashSet<>(Set.of(unknown));
        List.of(cls, sep, vocabulary.id("padding_token_id", 0), vocabulary.id("mask_token_id", 103))
                .forEach(id -> id.ifPresent(special::add));
        List<Added> added = vocabulary.added(id -> special.contains(id)
                || vocabulary.kinds().get(id) == Kind.CONTROL
                || vocabulary.kinds().get(id) == Kind.USER_DEFINED);
        List<String> tokens = hashed(vocabulary, special);
        boolean lowercase = vocabulary.flag("normalizer.lowercase", !hasCapitals(vocabulary));
        boolean stripAccents = vocabulary.flag("normalizer.strip_accents", lowercase);
        return vocabulary.facts(
                withSpecial -> new NativeTokenizer(TokenizerJson.of(added, withSpecial, json -> {
                    writeRules(json, lowercase, stripAccents);
                    json.writeObjectPropertyStart("model");
                    json.writeStringProperty("type", "WordPiece");
                    json.writeStringProperty("unk_token", tokens.get(unknown));
                    json.writeStringProperty("continuing_subword_prefix", INSIDE);
                    json.writeNumberProperty("max_input_chars_per_word", 100);
                    TokenizerJson.writeVocabulary(json, tokens);
                    json.writeEndObject();
                })),
                added,
                cls,
                vocabulary.id("eos_token_id"),
                around(cls, true),
                around(sep, true));
    }

    /// The file marks the beginning of a word with U+2581, and what continues one with nothing.
    private static List<String> hashed(GgufVocabulary vocabulary, Set<Integer> special) {
        var tokens = new ArrayList<String>(vocabulary.size());
        for (int id = 0; id < vocabulary.size(); id++) {
            String token = vocabulary.tokens().get(id);
            boolean asItIs = special.contains(id) || vocabulary.kinds().get(id) != Kind.NORMAL || bracketed(token);
            boolean begins = !token.isEmpty() && token.charAt(0) == PieceTable.SPACE;
            tokens.add(begins ? token.substring(1) : asItIs ? token : INSIDE + token);
        }
        return tokens;
    }

    /// Older files leave `[unused1]` as it is.
    private static boolean bracketed(String token) {
        return token.startsWith("[") && token.endsWith("]");
    }

    /// A tokenizer that makes small letters never meets a capital: such a piece can only be one of a cased model.
    private static boolean hasCapitals(GgufVocabulary vocabulary) {
        for (int id = 0; id < vocabulary.size(); id++) {
            String token = vocabulary.tokens().get(id);
            boolean text = vocabulary.kinds().get(id) == Kind.NORMAL && !token.contains("[");
            if (text && token.codePoints().anyMatch(Character::isUpperCase)) {
                return true;
            }
        }
        return false;
    }

    private static void writeRules(JsonGenerator json, boolean lowercase, boolean stripAccents) {
        json.writeObjectPropertyStart("normalizer");
        json.writeStringProperty("type", "BertNormalizer");
        json.writeBooleanProperty("clean_text", true);
        json.writeBooleanProperty("handle_chinese_chars", true);
        json.writeBooleanProperty("strip_accents", stripAccents);
        json.writeBooleanProperty("lowercase", lowercase);
        json.writeEndObject();
        json.writeObjectPropertyStart("pre_tokenizer");
        json.writeStringProperty("type", "BertPreTokenizer");
        json.writeEndObject();
        json.writeObjectPropertyStart("decoder");
        json.writeStringProperty("type", "WordPiece");
        json.writeStringProperty("prefix", INSIDE);
        json.writeBooleanProperty("cleanup", true);
        json.writeEndObject();
    }
}

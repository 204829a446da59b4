package cutaway.model.tokenizer;

import static cutaway.model.tokenizer.GgufVocabulary.around;

import cutaway.model.tokenizer.PieceTable.Kind;
import cutaway.model.tokenizer.TokenizerFacts.Added;
import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// Byte-level BPE in GGUF files (`gpt2`), as a tokenizer.json.
final class GgufBytePair {

    private static final String MERGES = GgufVocabulary.KEY + "merges";

    private GgufBytePair() {}

    static TokenizerFacts read(GgufVocabulary vocabulary) {
        PreTokenizer pre = PreTokenizer.named(
                vocabulary.metadata().optionalString(GgufVocabulary.KEY + "pre").orElse(""));
        List<String> merges = vocabulary.metadata().strings(MERGES);
        List<Added> added = vocabulary.added(id -> {
            Kind kind = vocabulary.kinds().get(id);
            return kind == Kind.CONTROL || kind == Kind.USER_DEFINED;
        });
        OptionalInt bos = vocabulary.id("bos_token_id");
        OptionalInt eos = vocabulary.id("eos_token_id");
        return vocabulary.facts(
                special -> new NativeTokenizer(json(pre, vocabulary.tokens(), merges, added, special, json -> {})),
                added,
                bos,
                eos,
                around(bos, vocabulary.flag("add_bos_token", pre.addsBos())),
                around(eos, vocabulary.flag("add_eos_token", false)));
    }

    /// The whole tokenizer.json, with what goes around a text.
    ///
    /// @param facts what [#read] made of the same vocabulary
    static String file(GgufVocabulary vocabulary, TokenizerFacts facts) {
        PreTokenizer pre = PreTokenizer.named(
                vocabulary.metadata().optionalString(GgufVocabulary.KEY + "pre").orElse(""));
        return json(
                pre,
                vocabulary.tokens(),
                vocabulary.metadata().strings(MERGES),
                facts.added(),
                true,
                json -> TokenizerJson.writeAround(json, vocabulary.tokens(), facts.before(), facts.after()));
    }

    private static String json(
            PreTokenizer pre,
            List<String> tokens,
            List<String> merges,
            List<Added> added,
            boolean withSpecial,
            Consumer<JsonGenerator> around) {
        return TokenizerJson.of(added, withSpecial, json -> {
            around.accept(json);
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
            TokenizerJson.writeVocabulary(json, tokens);
            writeMerges(json, merges);
            json.writeEndObject();
        });
    }

    /// As pairs: in the older form, one string, a space inside of a token would be ambiguous.
    private static void writeMerges(JsonGenerator json, List<String> merges) {
        json.writeArrayPropertyStart("merges");
        for (String merge : merges) {
            int space = merge.indexOf(' ', 1);
            if (space < 0) {
                throw new BadInputException(MERGES + " holds \"" + merge
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

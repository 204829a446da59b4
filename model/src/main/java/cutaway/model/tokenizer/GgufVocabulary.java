package cutaway.model.tokenizer;

import cutaway.model.gguf.GgufMetadata;
import cutaway.model.tokenizer.PieceTable.Kind;
import cutaway.model.tokenizer.TokenizerFacts.Added;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/// What every kind of tokenizer has in the metadata of a GGUF file.
///
/// @param kinds what each token is for (`tokenizer.ggml.token_type`); all are normal where the file does not say
record GgufVocabulary(GgufMetadata metadata, List<String> tokens, List<Kind> kinds) {

    static final String KEY = "tokenizer.ggml.";

    static GgufVocabulary read(GgufMetadata metadata) {
        List<String> tokens = metadata.strings(KEY + "tokens");
        if (tokens.isEmpty()) {
            throw new BadInputException(KEY + "tokens is empty: the file is damaged.");
        }
        if (!metadata.has(KEY + "token_type")) {
            return new GgufVocabulary(metadata, tokens, Collections.nCopies(tokens.size(), Kind.NORMAL));
        }
        long[] types = metadata.integers(KEY + "token_type");
        checkLength("token_type", types.length, tokens.size());
        var kinds = new ArrayList<Kind>(types.length);
        for (long type : types) {
            boolean known = type >= 0 && type < Kind.values().length;
            kinds.add(known ? Kind.values()[(int) type] : Kind.UNDEFINED);
        }
        return new GgufVocabulary(metadata, tokens, List.copyOf(kinds));
    }

    private static void checkLength(String name, int length, int expected) {
        if (length != expected) {
            throw new BadInputException(
                    KEY + name + " has " + length + " values for " + expected + " tokens: the file is damaged.");
        }
    }

    int size() {
        return tokens.size();
    }

    float[] scores() {
        double[] values = metadata.reals(KEY + "scores");
        checkLength("scores", values.length, tokens.size());
        var scores = new float[values.length];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = (float) values[id];
        }
        return scores;
    }

    /// The tokens of some ids that have a text, with those of the kinds that steer the model as special.
    List<Added> added(IntPredicate chosen) {
        var added = new ArrayList<Added>();
        for (int id = 0; id < tokens.size(); id++) {
            if (chosen.test(id) && !tokens.get(id).isEmpty()) {
                added.add(new Added(id, tokens.get(id), kinds.get(id) != Kind.USER_DEFINED, false));
            }
        }
        return List.copyOf(added);
    }

    OptionalInt id(String name) {
        if (!metadata.has(KEY + name)) {
            return OptionalInt.empty();
        }
        long id = metadata.integer(KEY + name);
        if (id < 0 || id >= tokens.size()) {
            throw new BadInputException(
                    KEY + name + " is " + id + ", but there are " + tokens.size() + " tokens: the file is damaged.");
        }
        return OptionalInt.of((int) id);
    }

    /// @param otherwise the id that holds where the file does not say, unless the vocabulary is smaller
    OptionalInt id(String name, int otherwise) {
        OptionalInt id = id(name);
        return id.isPresent() || otherwise >= tokens.size() ? id : OptionalInt.of(otherwise);
    }

    boolean flag(String name, boolean otherwise) {
        return metadata.has(KEY + name) ? metadata.flag(KEY + name) : otherwise;
    }

    /// What goes before or after a text: one id or none.
    static List<Integer> around(OptionalInt id, boolean add) {
        return add && id.isPresent() ? List.of(id.getAsInt()) : List.of();
    }

    TokenizerFacts facts(
            TokenizerFacts.EngineSource engine,
            List<Added> added,
            OptionalInt bos,
            OptionalInt eos,
            List<Integer> before,
            List<Integer> after) {
        OptionalInt eot = id("eot_token_id");
        return new TokenizerFacts(
                engine,
                size(),
                added,
                bos,
                eos,
                eot.isPresent() ? eot : TokenizerFacts.endOfTurn(added),
                before,
                after,
                chatTemplate());
    }

    private Optional<String> chatTemplate() {
        return metadata.optionalString("tokenizer.chat_template");
    }
}

package cutaway.model.tokenizer;

import static cutaway.model.tokenizer.GgufVocabulary.around;

import cutaway.model.tokenizer.AddedTokens.Pattern;
import cutaway.model.tokenizer.PieceTable.Kind;
import cutaway.model.tokenizer.TokenizerFacts.Added;
import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// SentencePiece in GGUF files: `llama` joins pieces by their scores, `t5` finds the likeliest pieces.
final class GgufSentencePiece {

    /// Special tokens of Phi-3 that leave the white space behind them alone; its others take it along.
    private static final Set<String> PHI3_LEAVES_SPACE = Set.of("<unk>", "<s>", "<|endoftext|>");

    private GgufSentencePiece() {}

    /// Unless the file says otherwise, BOS goes before a text, and a space before each part.
    static TokenizerFacts readMerges(GgufVocabulary vocabulary) {
        OptionalInt bos = vocabulary.id("bos_token_id", 1);
        OptionalInt eos = vocabulary.id("eos_token_id", 2);
        PieceTable table = table(vocabulary, 0);
        return read(vocabulary, table, new ScoredMerges(table), true, bos, eos);
    }

    /// Unless the file says otherwise, EOS goes after a text, and spaces stay as they are.
    static TokenizerFacts readUnigram(GgufVocabulary vocabulary) {
        OptionalInt bos = vocabulary.id("bos_token_id");
        OptionalInt eos = vocabulary.id("eos_token_id", 1);
        PieceTable table = table(vocabulary, 2);
        return read(vocabulary, table, new Unigram(table), false, bos, eos);
    }

    private static TokenizerFacts read(
            GgufVocabulary vocabulary,
            PieceTable table,
            Segmenter segmenter,
            boolean decoder,
            OptionalInt bos,
            OptionalInt eos) {
        var spaces = new SpaceRules(
                charsmap(vocabulary),
                vocabulary.flag("add_space_prefix", decoder),
                vocabulary.flag("remove_extra_whitespaces", false));
        List<Added> added = vocabulary.added(id -> {
            Kind kind = table.kinds().get(id);
            return kind.special() || kind == Kind.USER_DEFINED;
        });
        Predicate<Added> strips = stripsRight(vocabulary);
        return vocabulary.facts(
                special -> new SentencePiece(table, patterns(added, special, strips), spaces, segmenter),
                added,
                bos,
                eos,
                around(bos, vocabulary.flag("add_bos_token", decoder)),
                around(eos, vocabulary.flag("add_eos_token", !decoder)));
    }

    private static PieceTable table(GgufVocabulary vocabulary, int usualUnknown) {
        int unknown = vocabulary
                .id("unknown_token_id", usualUnknown)
                .orElseThrow(() -> new BadInputException("the tokenizer names no token for what it does not know;"
                        + " expected " + GgufVocabulary.KEY + "unknown_token_id: the file is damaged."));
        return PieceTable.of(vocabulary.tokens(), vocabulary.kinds(), vocabulary.scores(), unknown);
    }

    private static @Nullable Charsmap charsmap(GgufVocabulary vocabulary) {
        String key = GgufVocabulary.KEY + "precompiled_charsmap";
        if (!vocabulary.metadata().has(key)) {
            return null;
        }
        long[] values = vocabulary.metadata().integers(key);
        var bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Charsmap.of(bytes);
    }

    private static AddedTokens patterns(List<Added> added, boolean withSpecial, Predicate<Added> strips) {
        return new AddedTokens(added.stream()
                .filter(token -> withSpecial || !token.special())
                .map(token -> new Pattern(token.id(), token.content(), !token.special(), strips.test(token)))
                .toList());
    }

    /// GGUF files do not hold this flag of tokenizer.json; llama.cpp goes by the model's name, too.
    private static Predicate<Added> stripsRight(GgufVocabulary vocabulary) {
        String name =
                vocabulary.metadata().optionalString("general.name").orElse("").toLowerCase(Locale.ROOT);
        boolean phi3 = name.contains("phi-3") || name.contains("phi3");
        return token -> phi3 && !PHI3_LEAVES_SPACE.contains(token.content());
    }
}

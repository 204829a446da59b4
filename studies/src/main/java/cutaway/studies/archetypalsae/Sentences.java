package cutaway.studies.archetypalsae;

import cutaway.features.store.Texts;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.model.parts.Tap;
import cutaway.studies.StudyRun;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What MiniLM's last block says of each token of a text, `[CLS]` and `[SEP]` left out.
final class Sentences {

    /// Tokens of a piece of the text, as MiniLM was trained on.
    private static final int PIECE = 126;

    private static final int TESTS = 1024;

    private final Tensor all;
    private final int half;

    private Sentences(Tensor all, int half) {
        this.all = all;
        this.half = half;
    }

    /// Of the text from its beginning on: a half, another half, and tokens to try dictionaries on. The caller's
    /// scope owns them.
    ///
    /// @throws BadInputException when the text is too short, or MiniLM is not in the cache
    static Sentences of(StudyRun run, Texts text) {
        int half = run.count("tokens");
        int count = 2 * half + TESTS;
        try (Model model = Model.open(Hub.resolve(Hub.MINILM))) {
            List<int[]> pieces = text.contexts(model.tokenizer(), PIECE, count);
            int found = pieces.stream().mapToInt(piece -> piece.length).sum();
            if (found < count) {
                throw new BadInputException("the text has " + found + " of MiniLM's tokens; " + count
                        + " are needed: give a longer one, or --set tokens=" + (found - TESTS) / 2 + ".");
            }
            return new Sentences(
                    Scope.keep(() -> Tensor.cat(
                                    pieces.stream()
                                            .map(piece -> vectors(model, piece))
                                            .toList(),
                                    0)
                            .slice(0, 0, count)
                            .copy()),
                    half);
        }
    }

    /// `[token, d]`
    private static Tensor vectors(Model model, int[] piece) {
        List<Integer> ids = new ArrayList<>(model.tokenizer().before());
        int first = ids.size();
        IntStream.of(piece).forEach(ids::add);
        ids.addAll(model.tokenizer().after());
        int[] around = ids.stream().mapToInt(Integer::intValue).toArray();
        return Scope.keep(() -> model.residual(Batch.of(around), Tap.NONE)
                .select(0, 0)
                .slice(0, first, first + piece.length)
                .copy());
    }

    /// No classifier reads them, and nothing is known of what is in them.
    Tokens tokens() {
        return Tokens.of(
                all.slice(0, 0, half),
                all.slice(0, half, 2L * half),
                scale -> new Cell.Tried(all.slice(0, 2L * half, all.dim(0)).times(scale), Optional.empty(), List.of()));
    }
}

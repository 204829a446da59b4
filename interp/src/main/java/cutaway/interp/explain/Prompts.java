package cutaway.interp.explain;

import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Explanation.Prompt;
import cutaway.interp.explain.Explanation.Token;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.model.FiniteLogits;
import cutaway.model.Model;
import cutaway.model.tokenizer.Encoding;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// A prompt as the model sees it, and what it answers.
public final class Prompts {

    private static final int SHOWN = 10;

    private Prompts() {}

    /// A text as the model sees it, and the most probable next tokens: one run, and the logits of its last position.
    ///
    /// @throws cutaway.tensor.BadInputException when the text is longer than the model's context
    public static Prompt asked(Model model, String text) {
        Encoding prompt = model.encode(text);
        return new Prompt(
                text,
                tokens(model, prompt.ids()),
                beginsWithBos(model, prompt),
                next(model, Source.of(prompt.ids(), List.of())));
    }

    /// The tokens of ids.
    public static List<Token> tokens(Model model, int[] ids) {
        List<Token> tokens = new ArrayList<>();
        for (int pos = 0; pos < ids.length; pos++) {
            tokens.add(new Token(pos, ids[pos], model.tokenizer().token(ids[pos])));
        }
        return tokens;
    }

    /// The most probable next tokens of a run, best first.
    ///
    /// @throws cutaway.tensor.BadInputException when an edit of the run names what the model does not have
    public static List<Candidate> next(Model model, Source source) {
        try (Trace trace = Runs.toLast(model, source, List.of())) {
            return next(model, trace);
        }
    }

    /// What a run ends with.
    ///
    /// @param next the most probable next tokens, best first
    /// @param logits of all next tokens, nats
    record Ended(List<Candidate> next, double[] logits) {

        /// The answer's logit less the rival's, nats.
        double margin(Metric.LogitDifference metric) {
            return logits[metric.answer()] - logits[metric.rival()];
        }
    }

    /// @throws cutaway.tensor.BadInputException as [#next(Model, Source)]
    static Ended ended(Model model, Source source) {
        try (Trace trace = Runs.toLast(model, source, List.of());
                Scope _ = Scope.open()) {
            return new Ended(next(model, trace), trace.logits().reshape(-1).toDoubles());
        }
    }

    /// As [#next(Model, Source)], of a run that was made.
    ///
    /// @param trace of [Runs#toLast]
    public static List<Candidate> next(Model model, Trace trace) {
        try (Scope scope = Scope.open()) {
            return next(model, trace.logits().select(0, 0).select(0, 0), 0);
        }
    }

    /// The most probable next tokens by the logits of one position, best first.
    ///
    /// @param logits `[vocab]`
    /// @param position theirs
    /// @throws cutaway.tensor.BadInputException when some are no number or infinite
    public static List<Candidate> next(Model model, Tensor logits, long position) {
        FiniteLogits.check(logits.unsqueeze(0), position);
        return top(model, logits);
    }

    /// @param logits `[vocab]`
    static List<Candidate> top(Model model, Tensor logits) {
        Tensor.Top top = logits.top((int) Math.min(SHOWN, logits.dim(-1)));
        double[] values = top.values().toDoubles();
        double[] probabilities = logits.softmax(-1).gather(-1, top.indices()).toDoubles();
        long[] ids = top.indices().toLongs();
        List<Candidate> next = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            next.add(new Candidate((int) ids[i], text(model, (int) ids[i]), probabilities[i], values[i]));
        }
        return next;
    }

    /// A token's text; empty where the model comes without a tokenizer.
    private static String text(Model model, int id) {
        return model.hasTokenizer() ? model.tokenizer().token(id) : "";
    }

    /// Whether the model's recipe put a BOS token before the text.
    static boolean beginsWithBos(Model model, Encoding prompt) {
        OptionalInt bos = model.tokenizer().bos();
        return bos.isPresent()
                && prompt.ids()[0] == bos.getAsInt()
                && prompt.spans().getFirst().end() == 0;
    }
}

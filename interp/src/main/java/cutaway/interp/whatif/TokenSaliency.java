package cutaway.interp.whatif;

import cutaway.interp.attribution.SmoothGrad;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Token;
import cutaway.interp.explain.Prompts;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the tokens of one prompt are worth to its score. The margin is the score's log odds,
/// `log(score / (1 - score))` in nats: of two options, the logit of the one less that of the other.
///
/// - `gradient`: `x_p . d margin / d x_p` of each token's embedding `x_p` (gradient times input, Shrikumar et al. 2017,
///   arXiv:1605.01713, section 3.1): a first-order estimate, by one pass back.
/// - `leftOut`: the margin less that of the prompt without the token: measured, by a run for each. Later tokens
///   move up by one place there.
///
/// @param prompt its text
/// @param tokens as the model sees them
/// @param score 0 to 1
/// @param margin nats
/// @param options logits and probabilities of the two next tokens, the one for 1 first; empty for a probe
/// @param gradient by token, nats; empty for a probe
/// @param leftOut by token, nats; empty where it was not asked for
public record TokenSaliency(
        String prompt,
        List<Token> tokens,
        double score,
        double margin,
        List<OptionLogit> options,
        List<Double> gradient,
        List<Double> leftOut) {

    /// Tokens of a prompt of which each is left out in turn.
    public static final int MOST_LEFT_OUT = 256;

    /// Tokens of a prompt that a gradient is asked of.
    public static final int MOST_TOKENS = 1024;

    /// A next token.
    ///
    /// @param logit nats
    /// @param probability among all tokens
    public record OptionLogit(String text, double logit, double probability) {}

    /// @param scorer its edits hold in each run
    /// @param prompt which need not be of a row: a token may be another
    /// @param leaveOut whether each token is left out in turn
    /// @param between called between runs, so that others may go first
    /// @throws BadInputException when the prompt is empty, or too long, or lacks a position that an edit names
    public static TokenSaliency of(PromptScorer scorer, String prompt, boolean leaveOut, Runnable between) {
        Model model = scorer.model();
        int[] ids = model.encode(prompt).ids();
        int most = leaveOut ? MOST_LEFT_OUT : MOST_TOKENS;
        if (ids.length == 0 || ids.length > most) {
            throw new BadInputException("the prompt has " + ids.length + " tokens; "
                    + (leaveOut ? "each is left out in turn of" : "saliency is of") + " 1 to " + most + ".");
        }
        double score = scorer.scoresOf(List.of(ids))[0];
        double margin = scorer.margin(score);
        return new TokenSaliency(
                prompt,
                Prompts.tokens(model, ids),
                score,
                margin,
                scorer.options(ids),
                gradient(scorer, ids),
                leaveOut ? leftOut(scorer, ids, margin, between) : List.of());
    }

    private static List<Double> gradient(PromptScorer scorer, int[] ids) {
        Metric.@Nullable LogitDifference metric = scorer.metric();
        return metric == null
                ? List.of()
                : Arrays.stream(new SmoothGrad(1, 0, 0)
                                .of(scorer.model(), Source.of(ids, scorer.edits()), metric)
                                .tokens())
                        .boxed()
                        .toList();
    }

    private static List<Double> leftOut(PromptScorer scorer, int[] ids, double margin, Runnable between) {
        if (ids.length == 1) {
            return List.of(0.0);
        }
        List<Double> found = new ArrayList<>();
        int rows = PromptScorer.rows(ids.length - 1);
        for (int first = 0; first < ids.length; first += rows) {
            List<int[]> without = new ArrayList<>();
            for (int out = first; out < Math.min(first + rows, ids.length); out++) {
                int[] others = Arrays.copyOf(ids, ids.length - 1);
                System.arraycopy(ids, out + 1, others, out, ids.length - 1 - out);
                without.add(others);
            }
            for (double score : scorer.scoresOf(without)) {
                found.add(margin - scorer.margin(score));
            }
            between.run();
        }
        return found;
    }
}

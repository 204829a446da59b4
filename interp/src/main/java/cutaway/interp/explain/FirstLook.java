package cutaway.interp.explain;

import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Explanation.LogitLens;
import cutaway.interp.explain.Explanation.Prompt;
import cutaway.interp.prompts.AnswerToken;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.model.Batch;
import cutaway.model.FiniteLogits;
import cutaway.model.Model;
import cutaway.model.tokenizer.Encoding;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What one run tells of a prompt: its tokens, what comes next, and the logit lens.
///
/// @param answer the token that the lens looks for
/// @param answerText its text
/// @param lens of the answer, `[layer, pos]`; the last row is the model's output
/// @param top what the lens reads at each place: the text of its most probable token, `[layer, pos]`
/// @param topProbability of that token, `[layer, pos]`
public record FirstLook(
        Prompt prompt, int answer, String answerText, LogitLens lens, String[][] top, double[][] topProbability) {

    /// @param answer the token to look for, as text; empty for the model's own top token
    /// @throws BadInputException when the model is an encoder, or the answer is not one token
    public static FirstLook of(Model model, String text, Optional<String> answer) {
        if (!model.sizes().isCausal()) {
            throw new BadInputException(model.path()
                    + " is an encoder; the next token is that of a decoder, such as smollm2-135m-instruct.");
        }
        Encoding prompt = model.encode(text);
        int[] ids = prompt.ids();
        try (Trace trace = Runs.run(model, Batch.of(ids), List.of(), Lenses.sites(model));
                Scope scope = Scope.open()) {
            Tensor last = trace.logits().select(0, 0).select(0, ids.length - 1); // [vocab]
            FiniteLogits.check(trace.logits().select(0, 0), 0);
            List<Candidate> next = Prompts.top(model, last);
            int wanted = answer.map(token -> AnswerToken.id(model, token, "answer"))
                    .orElse(next.getFirst().id());
            int layers = model.sizes().layers();
            String[][] top = new String[layers + 1][];
            double[][] topProbability = new double[layers + 1][];
            LogitLens lens = Lenses.read(model, trace, wanted, (layer, probabilities) -> {
                Tensor.Top most = probabilities.top(1); // [pos, 1]
                topProbability[layer] = most.values().squeeze(1).toDoubles();
                top[layer] = Arrays.stream(most.indices().squeeze(1).toLongs())
                        .mapToObj(id -> model.tokenizer().token((int) id))
                        .toArray(String[]::new);
            });
            return new FirstLook(
                    new Prompt(text, Prompts.tokens(model, ids), Prompts.beginsWithBos(model, prompt), next),
                    wanted,
                    model.tokenizer().token(wanted),
                    lens,
                    top,
                    topProbability);
        }
    }
}

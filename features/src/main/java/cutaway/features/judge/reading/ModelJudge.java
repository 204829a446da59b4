package cutaway.features.judge.reading;

import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// A local language model as the judge: it is asked a question that ends in "Answer:", and its logits of " Yes" and
/// " No" are its answer, nats. It explains as [KeywordJudge] does, since small models write no explanations that
/// help; what it adds is reading.
///
/// Small models lean to one answer whatever they are asked: only the order of the numbers over texts counts, which
/// such a lean does not change.
public final class ModelJudge implements TextJudge {

    /// Tokens of a text that are shown at most.
    private static final int MOST = 48;

    private final Model model;
    private final int yes;
    private final int no;
    private final KeywordJudge keywords = new KeywordJudge();

    /// @param model stays open as long as this is used; the caller closes it
    /// @throws BadInputException when " Yes" or " No" is no single token of the model's
    public ModelJudge(Model model) {
        this.model = model;
        yes = token(" Yes");
        no = token(" No");
    }

    private int token(String text) {
        return model.tokenizer()
                .idOf(text)
                .orElseThrow(() -> new BadInputException(
                        "\"" + text + "\" is no single token of the model's, by which a judge answers; give another."));
    }

    @Override
    public Explanation explain(List<Example> examples, List<Example> others) {
        return keywords.explain(examples, others);
    }

    @Override
    public double detects(Explanation explanation, Example text) {
        return asked("A feature is active on " + explanation.text() + ".\nText: "
                + shortened(text).text() + "\nQuestion: Is the feature active in this text?\nAnswer:");
    }

    @Override
    public double marksRightly(Explanation explanation, Example text) {
        return asked("A feature is active on " + explanation.text() + ".\nText: "
                + shortened(text).markedText()
                + "\nQuestion: Are the tokens between << and >> those that the feature is active on?\nAnswer:");
    }

    private static Example shortened(Example text) {
        int end = Math.min(MOST, text.tokens().size());
        return new Example(text.tokens().subList(0, end), text.marked().subList(0, end));
    }

    /// `logit(" Yes") - logit(" No")` of the next token, nats.
    private double asked(String question) {
        int[] ids = model.encode(question).ids();
        return Scope.free(() -> {
            Tensor logits = model.logits(ids).select(0, ids.length - 1L); // [vocab]
            double[] both = Arrays.stream(new int[] {yes, no})
                    .mapToDouble(id -> logits.select(0, id).item())
                    .toArray();
            return both[0] - both[1];
        });
    }
}

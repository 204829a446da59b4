package cutaway.interp.circuit;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.site.Positions;
import cutaway.model.Model;

/// Two runs and a margin: what a circuit is to explain.
///
/// @param prompt the run that is explained
/// @param contrast the run it is set against, of the same length
/// @param firstDifference the first position where they differ; before it, both runs have the same values
/// @param metric logit(answer) − logit(rival) at the last position
/// @param promptMargin the metric on the prompt, nats
/// @param contrastMargin the metric on the contrast, nats
public record Setting(
        Model model,
        Source prompt,
        Source contrast,
        int[] ids,
        int firstDifference,
        Metric.LogitDifference metric,
        double promptMargin,
        double contrastMargin) {

    /// Tokens of either run.
    public int length() {
        return ids.length;
    }

    /// The positions where the two runs can differ.
    public Positions differing() {
        return Positions.span(firstDifference, length() - 1);
    }

    /// m(prompt) − m(contrast), nats: what shares are shares of.
    public double span() {
        return promptMargin - contrastMargin;
    }

    /// (m − m(contrast)) / (m(prompt) − m(contrast)).
    public double recovered(double margin) {
        return (margin - contrastMargin) / span();
    }

    /// On the prompt, gives a component its value from the contrast.
    public Edit takeAway(Component.Own component) {
        return new Edit.Patch(component.site(), differing(), contrast);
    }

    /// On the contrast, gives a component its value from the prompt.
    public Edit restore(Component.Own component) {
        return new Edit.Patch(component.site(), differing(), prompt);
    }
}

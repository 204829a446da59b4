package cutaway.features.judge.reading;

import java.util.List;

/// Reads texts as a person would who is asked about a feature: says what active ones have in common, and whether
/// another is one of them.
public interface TextJudge {

    /// What the texts have in common.
    ///
    /// @param examples texts on which a latent is active, the strongest first
    /// @param others texts on which it is not
    Explanation explain(List<Example> examples, List<Example> others);

    /// How sure it is that a text is described by an explanation; only the order of the numbers counts.
    double detects(Explanation explanation, Example text);

    /// How sure it is that the marked tokens of a text are those that the explanation means.
    double marksRightly(Explanation explanation, Example text);

    /// What is said of a latent.
    ///
    /// @param text in words
    /// @param keywords tokens that it names, lower case, without spaces around them
    record Explanation(String text, List<String> keywords) {}
}

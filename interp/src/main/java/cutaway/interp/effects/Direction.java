package cutaway.interp.effects;

import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;

/// Which run of a pair is edited, and which gives the values.
public enum Direction {
    /// The contrast is run, and values of the prompt are put in: what is enough to bring the answer back?
    DENOISE,
    /// The prompt is run, and values of the contrast are put in: what is needed for the answer?
    NOISE;

    /// In a few words.
    String text() {
        return this == DENOISE
                ? "the contrast is run, values of the prompt are put in"
                : "the prompt is run, values of the contrast are put in";
    }

    /// The run that is edited, in words.
    String baseText() {
        return this == DENOISE ? "the contrast" : "the prompt";
    }

    /// The run that gives the values, in words.
    String otherText() {
        return this == DENOISE ? "the prompt" : "the contrast";
    }

    /// The run that is edited.
    Source base(Pair pair) {
        return this == DENOISE ? pair.contrastRun() : pair.promptRun();
    }

    /// The run that gives the values.
    Source other(Pair pair) {
        return this == DENOISE ? pair.promptRun() : pair.contrastRun();
    }
}

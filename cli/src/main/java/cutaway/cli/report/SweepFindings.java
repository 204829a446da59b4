package cutaway.cli.report;

import cutaway.interp.effects.Effects;
import cutaway.interp.effects.Effects.Answer;
import cutaway.interp.effects.Effects.Chosen;
import java.util.List;

/// A sweep with what its pairs say to each question, worked out once for all that show it.
///
/// @param answers the largest mean effect first
/// @param chosen the largest on one half of the pairs, with what the other half says; empty where pairs are too few,
///     or the sweep was pooled: then the search chose
public record SweepFindings(Effects found, List<Answer> answers, List<Chosen> chosen) {

    /// How many questions are shown first.
    static final int SHOWN = 12;

    /// An effect is told from chance where its corrected p is at most this.
    static final double LEVEL = 0.05;

    /// Independent pairs of which half can say that an effect is no chance: six allow p = 0.03.
    private static final int ENOUGH_TO_HOLD_OUT = 12;

    public SweepFindings {
        answers = List.copyOf(answers);
        chosen = List.copyOf(chosen);
    }

    public static SweepFindings of(Effects found) {
        boolean none = found.rows().isEmpty();
        boolean holdsOut = !none && found.sweep().pooled().isEmpty() && found.independent() >= ENOUGH_TO_HOLD_OUT;
        return new SweepFindings(found, none ? List.of() : found.answers(), holdsOut ? found.chosen(SHOWN) : List.of());
    }

    /// The first ones.
    List<Answer> largest() {
        return answers.subList(0, Math.min(SHOWN, answers.size()));
    }

    /// How many questions are told from chance.
    long sure() {
        return answers.stream()
                .filter(answer -> answer.summary().familyWiseP() <= LEVEL)
                .count();
    }

    /// The smallest p that so few pairs allow.
    double smallestP() {
        return answers.stream()
                .mapToDouble(answer -> answer.summary().smallestP())
                .min()
                .orElse(1);
    }
}

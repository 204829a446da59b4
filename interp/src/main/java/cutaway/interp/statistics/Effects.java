package cutaway.interp.statistics;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.List;

/// What may be given as effects: rows of equal length, one a question, in which NaN stands for a prompt without it.
final class Effects {

    private Effects() {}

    /// Checks them.
    ///
    /// @param effects `[question, prompt]`
    /// @return the number of prompts
    /// @throws BadInputException when there is no question or no prompt, rows differ in length, a value is
    ///     infinite, or no
    ///     prompt has some question
    static int prompts(double[][] effects) {
        if (effects.length == 0 || effects[0].length == 0) {
            throw new BadInputException(
                    "there are no effects to sum up; give at least one question and at least one prompt.");
        }
        int prompts = effects[0].length;
        for (int question = 0; question < effects.length; question++) {
            double[] row = effects[question];
            if (row.length != prompts) {
                throw new BadInputException(
                        "question %d has %d effects and question 0 has %d; give one a prompt, NaN where a prompt has no such question."
                                .formatted(question, row.length, prompts));
            }
            if (present(row).length == 0) {
                throw new BadInputException(
                        "no prompt has question %d (every effect is NaN); leave the question out.".formatted(question));
            }
        }
        return prompts;
    }

    /// Those that are there.
    ///
    /// @throws BadInputException when one is infinite
    static double[] present(double[] effects) {
        for (int prompt = 0; prompt < effects.length; prompt++) {
            if (Double.isInfinite(effects[prompt])) {
                throw new BadInputException(
                        "the effect on prompt %d is infinite and no mean can be taken; find the run that overflowed, or leave the prompt out."
                                .formatted(prompt));
            }
        }
        return Arrays.stream(effects).filter(x -> !Double.isNaN(x)).toArray();
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /// The same questions on some of the prompts.
    static double[][] on(List<Integer> prompts, double[][] effects) {
        return Arrays.stream(effects)
                .map(row -> prompts.stream().mapToDouble(prompt -> row[prompt]).toArray())
                .toArray(double[][]::new);
    }
}

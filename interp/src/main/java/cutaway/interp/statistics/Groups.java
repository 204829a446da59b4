package cutaway.interp.statistics;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Prompts that belong together, because they share a fill of the template: not independent draws, so they
/// count as one.
///
/// @param members the prompts of each group, in the order in which the groups first appear
public record Groups(List<List<Integer>> members) {

    public Groups {
        members = members.stream().map(List::copyOf).toList();
    }

    /// @param names of each prompt's group; prompts with equal names belong together
    public static Groups of(List<?> names) {
        Map<Object, List<Integer>> members = new LinkedHashMap<>();
        for (int prompt = 0; prompt < names.size(); prompt++) {
            members.computeIfAbsent(names.get(prompt), _ -> new ArrayList<>()).add(prompt);
        }
        return new Groups(List.copyOf(members.values()));
    }

    public int prompts() {
        return members.stream().mapToInt(List::size).sum();
    }

    /// The groups in place of the prompts: every statistic of these takes the groups as its draws.
    ///
    /// @param effects `[question, prompt]`; NaN where a prompt has no such question
    /// @return the mean of each group, `[question, group]`; NaN where none of its prompts has the question
    /// @throws BadInputException when the effects are of another number of prompts
    public double[][] means(double[][] effects) {
        double[][] means = new double[effects.length][members.size()];
        for (int question = 0; question < effects.length; question++) {
            double[] row = effects[question];
            if (row.length != prompts()) {
                throw new BadInputException(
                        "question %d has %d effects and the groups are of %d prompts; give one effect a prompt."
                                .formatted(question, row.length, prompts()));
            }
            for (int group = 0; group < members.size(); group++) {
                means[question][group] = members.get(group).stream()
                        .mapToDouble(prompt -> row[prompt])
                        .filter(x -> !Double.isNaN(x))
                        .average()
                        .orElse(Double.NaN);
            }
        }
        return means;
    }
}

package cutaway.interp.statistics;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Two halves of the prompts: one to choose questions by, one to say what they are worth. The largest of many
/// noisy effects
/// are large by luck too; on prompts that had no say in the choice, the luck is gone.
///
/// @param selection prompts to choose by, ascending
/// @param heldOut the others, ascending
public record HeldOut(List<Integer> selection, List<Integer> heldOut) {

    /// @throws BadInputException when a half is empty
    public HeldOut {
        selection = List.copyOf(selection);
        heldOut = List.copyOf(heldOut);
        if (selection.isEmpty() || heldOut.isEmpty()) {
            throw new BadInputException(
                    "%d independent prompts cannot be split into two halves; give at least two that share no fill of the template."
                            .formatted(selection.isEmpty() && heldOut.isEmpty() ? 0 : 1));
        }
    }

    /// Prompts that are independent of each other; of an odd number, a coin decides which half has more.
    public static HeldOut split(int prompts, long seed) {
        return grouped(IntStream.range(0, prompts).boxed().toList(), seed);
    }

    /// Halves that share no group.
    ///
    /// @param groups the name of each prompt's group
    public static HeldOut grouped(List<?> groups, long seed) {
        return stratified(groups, Collections.nCopies(groups.size(), 0), seed);
    }

    /// Halves that share no group and have about the same number of prompts of each stratum. Groups are dealt in
    /// random order, large ones first, each to the half that has fewer prompts of its stratum, then fewer in all.
    ///
    /// @param groups the name of each prompt's group
    /// @param strata the name of each prompt's stratum (its template, say), the same within a group
    /// @throws BadInputException when there are fewer than two groups, or a group lies in two strata
    public static HeldOut stratified(List<?> groups, List<?> strata, long seed) {
        if (groups.size() != strata.size()) {
            throw new BadInputException("there are %d names of groups and %d of strata; give one of each a prompt."
                    .formatted(groups.size(), strata.size()));
        }
        List<List<Integer>> members = Groups.of(groups).members();
        Draws draws = new Draws(seed);
        List<List<Integer>> dealt = Arrays.stream(draws.order(members.size()))
                .mapToObj(members::get)
                .sorted(Comparator.comparingInt(group -> -group.size())) // keeps the random order of equals
                .toList();
        Map<Object, Integer> lead = new HashMap<>(); // of the selection half, in prompts, by stratum
        int leadInAll = 0;
        List<Integer> selection = new ArrayList<>();
        List<Integer> heldOut = new ArrayList<>();
        for (List<Integer> group : dealt) {
            Object stratum = strata.get(group.getFirst());
            for (int prompt : group) {
                if (!strata.get(prompt).equals(stratum)) {
                    throw new BadInputException(
                            "prompts %d and %d share a group and not a stratum (%s and %s), so no split keeps both; give a group one stratum."
                                    .formatted(group.getFirst(), prompt, stratum, strata.get(prompt)));
                }
            }
            int ahead = lead.getOrDefault(stratum, 0);
            ahead = ahead != 0 ? ahead : leadInAll;
            boolean chooses = ahead != 0 ? ahead < 0 : draws.coin();
            (chooses ? selection : heldOut).addAll(group);
            int gain = chooses ? group.size() : -group.size();
            lead.merge(stratum, gain, Integer::sum);
            leadInAll += gain;
        }
        Collections.sort(selection);
        Collections.sort(heldOut);
        return new HeldOut(selection, heldOut);
    }

    /// A question that was chosen.
    ///
    /// @param question its row
    /// @param selectionMean of its effects on the prompts that chose it, flattered by the choice
    /// @param heldOut what the other prompts say, adjusted for the number of questions chosen; empty where none
    ///     of them has it
    public record Chosen(int question, double selectionMean, Optional<Summary> heldOut) {}

    /// Chooses on one half and reports on the other. Where prompts share a fill, give the groups' means and a split of
    /// the groups ([Groups#means]), or intervals and tests take for independent what is not.
    ///
    /// @param effects `[question, prompt]`; NaN where a prompt has no such question
    /// @param selection from the effects on the selection half, `[question, prompt]`, to rows, such as [#largest]
    /// @return in the order of the selection
    /// @throws BadInputException when the effects are of another number of prompts, or a question was chosen
    ///     that no prompt
    ///     of the selection half has
    public List<Chosen> report(double[][] effects, Function<double[][], int[]> selection, Summaries summaries) {
        int prompts = Effects.prompts(effects);
        if (prompts != this.selection.size() + heldOut.size()) {
            throw new BadInputException("the effects are of %d prompts and the halves of %d; split the same prompts."
                    .formatted(prompts, this.selection.size() + heldOut.size()));
        }
        double[][] seen = Effects.on(this.selection, effects);
        double[][] unseen = Effects.on(heldOut, effects);
        int[] chosen = selection.apply(Arrays.stream(seen).map(double[]::clone).toArray(double[][]::new));
        int[] known = Arrays.stream(chosen)
                .filter(question -> Effects.present(unseen[question]).length > 0)
                .toArray();
        Map<Integer, Summary> summary = new HashMap<>();
        if (known.length > 0) {
            List<Summary> all = summaries.of(
                    Arrays.stream(known).mapToObj(question -> unseen[question]).toArray(double[][]::new));
            for (int i = 0; i < known.length; i++) {
                summary.put(known[i], all.get(i));
            }
        }
        return Arrays.stream(chosen)
                .mapToObj(question -> {
                    double[] present = Effects.present(seen[question]);
                    if (present.length == 0) {
                        throw new BadInputException(
                                "question %d was chosen and no prompt of the selection half has it; choose among those that are not NaN."
                                        .formatted(question));
                    }
                    return new Chosen(question, Effects.mean(present), Optional.ofNullable(summary.get(question)));
                })
                .toList();
    }

    /// The questions with the largest mean effects, whatever their sign, largest first; fewer where there are fewer.
    public static Function<double[][], int[]> largest(int count) {
        if (count < 1) {
            throw new BadInputException("%d questions cannot be chosen; give at least 1.".formatted(count));
        }
        return effects -> IntStream.range(0, effects.length)
                .filter(question -> Effects.present(effects[question]).length > 0)
                .boxed()
                .sorted(Comparator.comparingDouble(
                        question -> -Math.abs(Effects.mean(Effects.present(effects[question])))))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}

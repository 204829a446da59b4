package cutaway.interp.effects;

import cutaway.interp.prompts.Pair;
import cutaway.interp.statistics.Groups;
import cutaway.interp.statistics.HeldOut;
import cutaway.interp.statistics.Summaries;
import cutaway.interp.statistics.Summary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// What a sweep found.
///
/// @param sweep what was asked
/// @param pairs what was asked about, with the metric of their unedited runs
/// @param rows an answer each, by pair, then in the order of the questions; of a pooled search, those with an effect
/// @param searches of a pooled search, what it says of each pair: what it cost, and what it may have missed
public record Effects(EffectSweep sweep, List<Ends> pairs, List<Effect> rows, List<String> searches) {

    public Effects {
        pairs = List.copyOf(pairs);
        rows = List.copyOf(rows);
        searches = List.copyOf(searches);
    }

    /// The metric of a pair's unedited runs.
    public record Ends(Pair pair, double prompt, double contrast) {}

    /// The pairs whose contrast favours the answer at least as much as their prompt: there is nothing to recover.
    public List<Integer> favouringContrast() {
        if (!sweep.metric().isOfAnswer()) {
            return List.of();
        }
        return pairs.stream()
                .filter(ends -> ends.contrast() >= ends.prompt())
                .map(ends -> ends.pair().index())
                .toList();
    }

    /// What all pairs say to one question.
    ///
    /// @param summary over pairs; those of one group count as one
    public record Answer(Question question, Summary summary) {}

    /// Of every question, over the pairs that have it: the largest mean effect first, whatever its sign.
    public List<Answer> answers() {
        Map<Question, double[]> effects = byQuestion();
        List<Summary> summaries = Summaries.seeded(sweep.seed()).of(byGroup(effects));
        List<Question> asked = List.copyOf(effects.keySet());
        List<Answer> answers = new ArrayList<>();
        IntStream.range(0, summaries.size()).forEach(i -> answers.add(new Answer(asked.get(i), summaries.get(i))));
        answers.sort(
                Comparator.comparingDouble(answer -> -Math.abs(answer.summary().mean())));
        return answers;
    }

    /// A question that half of the pairs chose, and what the other half says to it.
    ///
    /// @param selectionMean of the effects that it was chosen by, flattered by the choice
    /// @param heldOut of pairs that had no say in the choice, corrected for the number of questions chosen
    public record Chosen(Question question, double selectionMean, Optional<Summary> heldOut) {}

    /// The questions with the largest mean effects on one half of the pairs, with what the other half says. Pairs of
    /// one group stay together.
    ///
    /// @param most questions
    /// @throws cutaway.tensor.BadInputException when there are fewer than two groups of pairs
    public List<Chosen> chosen(int most) {
        Map<Question, double[]> effects = byQuestion();
        double[][] byGroup = byGroup(effects);
        List<Question> asked = List.copyOf(effects.keySet());
        return HeldOut.split(byGroup[0].length, sweep.seed())
                .report(byGroup, HeldOut.largest(most), Summaries.seeded(sweep.seed()))
                .stream()
                .map(one -> new Chosen(asked.get(one.question()), one.selectionMean(), one.heldOut()))
                .toList();
    }

    /// How many pairs, or groups of them, are independent of each other.
    public int independent() {
        return groups().members().size();
    }

    private Map<Question, double[]> byQuestion() {
        Map<Question, double[]> effects = new LinkedHashMap<>();
        for (Effect row : rows) {
            double[] of = effects.computeIfAbsent(row.question(), question -> {
                double[] none = new double[pairs.size()];
                Arrays.fill(none, Double.NaN);
                return none;
            });
            of[row.pair()] = row.effect();
        }
        return effects;
    }

    private double[][] byGroup(Map<Question, double[]> effects) {
        return groups().means(effects.values().toArray(double[][]::new));
    }

    private Groups groups() {
        return Groups.of(pairs.stream()
                .map(ends -> ends.pair().text().group() == null
                        ? (Object) ends.pair().index()
                        : ends.pair().text().group())
                .toList());
    }

    /// The rows with the largest effects, whatever their sign, largest first.
    public List<Effect> strongest(int most) {
        return rows.stream()
                .sorted(Comparator.comparingDouble((Effect row) -> -Math.abs(row.effect())))
                .limit(most)
                .toList();
    }
}

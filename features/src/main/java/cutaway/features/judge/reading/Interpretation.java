package cutaway.features.judge.reading;

import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.Interval;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Scores of an explanation by whether it foretells where the latent is active, on texts that it was not made from
/// (Paulo et al. 2024, arXiv:2410.13928, section 3; SAEBench's are 4 active and 10 random texts).
///
/// Detection: texts on which the latent is active against others. Fuzzing: active texts with the right tokens marked
/// against active texts with as many other tokens marked. Both as the area under the ROC curve, which 0.5 is for a
/// judge that guesses, and which no leaning to yes changes.
///
/// @param detection 0 to 1
/// @param fuzzing 0 to 1; NaN where every token of the texts is active, so that none other can be marked
/// @param detectionInterval over texts drawn anew, and so is that of fuzzing; empty where there is no telling
public record Interpretation(
        TextJudge.Explanation explanation,
        double detection,
        Optional<Interval> detectionInterval,
        double fuzzing,
        Optional<Interval> fuzzingInterval) {

    /// How many texts.
    ///
    /// @param shown active texts that the explanation is made from; as many others are shown with them
    /// @param tested active texts that it is tested on, and others
    public record Settings(int shown, int tested, long seed) {

        public static final Settings USUAL = new Settings(10, 10, 0);
    }

    /// @param active texts on which the latent is active, its tokens marked, in any order
    /// @param silent texts on which it is not
    /// @throws BadInputException when there are too few
    public static Interpretation of(TextJudge judge, List<Example> active, List<Example> silent, Settings settings) {
        int needed = settings.shown + settings.tested;
        if (active.size() < needed || silent.size() < needed) {
            throw new BadInputException("an explanation is scored on " + needed + " texts with the latent active and "
                    + needed + " without; there are " + active.size() + " and " + silent.size()
                    + ": give more text or a latent that is active more often.");
        }
        RandomGenerator random = new Random(settings.seed).generator();
        List<Example> with = shuffled(active, random);
        List<Example> without = shuffled(silent, random);
        TextJudge.Explanation explanation =
                judge.explain(with.subList(0, settings.shown), without.subList(0, settings.shown));
        List<Example> there = with.subList(settings.shown, needed);
        List<Example> elsewhere = without.subList(settings.shown, needed);
        double[] yes = there.stream()
                .mapToDouble(text -> judge.detects(explanation, text))
                .toArray();
        double[] no = elsewhere.stream()
                .mapToDouble(text -> judge.detects(explanation, text))
                .toArray();
        List<Example> markable = there.stream()
                .filter(text -> text.marked().contains(false) && text.marked().contains(true))
                .toList();
        double[] right = markable.stream()
                .mapToDouble(text -> judge.marksRightly(explanation, text))
                .toArray();
        double[] wrong = markable.stream()
                .mapToDouble(text -> judge.marksRightly(explanation, mismarked(text, random)))
                .toArray();
        return new Interpretation(
                explanation,
                area(yes, no),
                interval(yes, no, settings.seed),
                area(right, wrong),
                interval(right, wrong, settings.seed));
    }

    /// The null: the same explanation tested on the texts of another latent. A judge that only tells odd texts from
    /// ordinary ones finds these too.
    ///
    /// @param others texts on which another latent is active
    /// @return detection
    public double ofAnother(TextJudge judge, List<Example> others, List<Example> silent) {
        return area(
                others.stream()
                        .mapToDouble(text -> judge.detects(explanation, text))
                        .toArray(),
                silent.stream()
                        .mapToDouble(text -> judge.detects(explanation, text))
                        .toArray());
    }

    private static List<Example> shuffled(List<Example> texts, RandomGenerator random) {
        List<Example> order = new ArrayList<>(texts);
        Collections.shuffle(order, java.util.Random.from(random));
        return order;
    }

    /// As many tokens marked, of those that were not.
    static Example mismarked(Example text, RandomGenerator random) {
        List<Integer> free = new ArrayList<>(IntStream.range(0, text.tokens().size())
                .filter(i -> !text.marked().get(i))
                .boxed()
                .toList());
        Collections.shuffle(free, java.util.Random.from(random));
        long marks = text.marked().stream().filter(Boolean::booleanValue).count();
        List<Boolean> marked = new ArrayList<>(Collections.nCopies(text.tokens().size(), false));
        free.stream().limit(marks).forEach(i -> marked.set(i, true));
        return new Example(text.tokens(), marked);
    }

    /// Of the area; texts of both kinds are drawn anew together.
    private static Optional<Interval> interval(double[] above, double[] below, long seed) {
        if (above.length == 0 || below.length == 0) {
            return Optional.empty();
        }
        return Bootstrap.seeded(seed)
                .of(
                        above.length + below.length,
                        rows -> area(
                                Arrays.stream(rows)
                                        .filter(row -> row < above.length)
                                        .mapToDouble(row -> above[row])
                                        .toArray(),
                                Arrays.stream(rows)
                                        .filter(row -> row >= above.length)
                                        .mapToDouble(row -> below[row - above.length])
                                        .toArray()));
    }

    /// The chance that one of the first is above one of the second, ties counted half.
    static double area(double[] above, double[] below) {
        double won = 0;
        for (double high : above) {
            for (double low : below) {
                won += high > low ? 1 : high == low ? 0.5 : 0;
            }
        }
        return won / (above.length * (double) below.length);
    }
}

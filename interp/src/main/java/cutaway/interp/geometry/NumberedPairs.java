package cutaway.interp.geometry;

import cutaway.interp.prompts.PromptPair;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Shuffle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Prompts, each with another that differs from it in one number given alone, and of course in what comes out.
final class NumberedPairs {

    private NumberedPairs() {}

    /// @param changed the number in which the two differ
    /// @param most so many pairs at most
    /// @param seed of the draw
    /// @throws BadInputException when no two prompts differ so
    static List<PromptPair> of(Model model, NumberedPrompts prompts, String changed, int most, long seed) {
        int count = prompts.texts().size();
        double[] numbers = prompts.numbers(changed);
        Map<List<Double>, List<Integer>> alike =
                IntStream.range(0, count).boxed().collect(Collectors.groupingBy(text -> prompts.others(text, changed)));
        Random random = new Random(seed + changed.hashCode());
        int[] order = Shuffle.order(count, random.generator());
        Map<Integer, Integer> lengths = new LinkedHashMap<>();
        List<PromptPair> pairs = new ArrayList<>();
        for (int i = 0; i < count && pairs.size() < most; i++) {
            int text = order[i];
            List<Integer> others = alike.getOrDefault(prompts.others(text, changed), List.of()).stream()
                    .filter(other -> numbers[other] != numbers[text]
                            && !prompts.output()
                                    .get(other)
                                    .equals(prompts.output().get(text))
                            && length(model, prompts, lengths, other) == length(model, prompts, lengths, text))
                    .toList();
            if (!others.isEmpty()) {
                int other = others.get(random.generator().nextInt(others.size()));
                pairs.add(new PromptPair(
                        prompts.texts().get(text),
                        prompts.texts().get(other),
                        prompts.answers().get(text),
                        prompts.answers().get(other),
                        null,
                        Map.of()));
            }
        }
        if (pairs.isEmpty()) {
            throw new BadInputException("no two of the " + count + " prompts, of as many tokens, differ in " + changed
                    + " and " + prompts.outputName() + " alone; give some that do, such as 31 + 27 = and 45 + 27 =.");
        }
        return pairs;
    }

    private static int length(Model model, NumberedPrompts prompts, Map<Integer, Integer> known, int text) {
        return known.computeIfAbsent(
                text, one -> model.encode(prompts.texts().get(one)).ids().length);
    }
}

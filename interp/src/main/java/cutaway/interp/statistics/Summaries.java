package cutaway.interp.statistics;

import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.stream.IntStream;

/// Sums up the effects of many questions on the same prompts.
///
/// @param bootstrap for the intervals
/// @param signFlip for the tests
public record Summaries(Bootstrap bootstrap, SignFlip signFlip) {

    /// 95 % intervals from 2,000 resamples, tests from up to 9,999 flips.
    public static Summaries seeded(long seed) {
        return new Summaries(Bootstrap.seeded(seed), SignFlip.seeded(seed));
    }

    /// @param effects `[question, prompt]`; NaN where a prompt has no such question
    /// @return one a question, in their order
    /// @throws BadInputException when there are none, rows differ in length, one has only NaN, or a value is
    ///     infinite
    public List<Summary> of(double[][] effects) {
        int prompts = Effects.prompts(effects);
        SignFlip.Tests tests = signFlip.of(effects);
        double[] discoveries = Correction.BENJAMINI_HOCHBERG.adjust(tests.p());
        return IntStream.range(0, effects.length)
                .parallel()
                .mapToObj(question -> {
                    double[] present = Effects.present(effects[question]);
                    return new Summary(
                            present.length,
                            Effects.mean(present),
                            bootstrap.mean(present),
                            tests.p()[question],
                            Math.max(signFlip.smallestP(prompts), signFlip.smallestP(present.length)),
                            tests.familyWise()[question],
                            discoveries[question]);
                })
                .toList();
    }
}

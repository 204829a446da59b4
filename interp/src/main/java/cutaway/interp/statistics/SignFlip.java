package cutaway.interp.statistics;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Sign-flip tests: were the effects of a question drawn symmetrically about zero, each might as well have had
/// the other
/// sign; p is the share of all signs that give a mean at least as far from zero, on either side (Fisher 1935,
/// "The design
/// of experiments", section 21). Nothing is assumed of the distribution's form, but of its symmetry: a skewed one
/// with mean zero is rejected too often.
///
/// Up to [#EXACT] prompts all signs are tried; of more, `flips` random ones, and the drawn signs count as one
/// more, since a p
/// of zero would claim what was never seen (Phipson and Smyth 2010, arXiv:1603.05766):
///
///     p = (flips at least as far + 1) / (flips + 1)
///
/// @param flips random ones, for more than [#EXACT] prompts
/// @param seed of the random flips
public record SignFlip(int flips, long seed) {

    /// Prompts of which all signs are tried, 2^15 that differ.
    public static final int EXACT = 16;

    /// Sums that differ by rounding are the same: they have a variance of one, and errors far below this.
    private static final double ROUNDING = 1e-10;

    /// @throws BadInputException when no p below 0.05 could come of so few flips
    public SignFlip {
        if (flips < 19) {
            throw new BadInputException("%d random sign flips allow no p below %.2f; give at least 19, better 9999."
                    .formatted(flips, 1.0 / (Math.max(flips, 0) + 1)));
        }
    }

    /// 9,999 random flips where not all can be tried.
    public static SignFlip seeded(long seed) {
        return new SignFlip(9999, seed);
    }

    /// What came of many questions, in their order.
    ///
    /// @param p of each question alone, two-sided
    /// @param familyWise adjusted for the number of questions: rejecting where it is at most 0.05 rejects any true
    ///     null with a chance of at most 0.05
    public record Tests(double[] p, double[] familyWise) {}

    /// The smallest p that so many prompts allow, however large the effects: two of all signs, or one of the flips.
    public double smallestP(int prompts) {
        return Math.max(Math.scalb(1.0, 1 - prompts), prompts > EXACT ? 1.0 / (flips + 1) : 0);
    }

    /// Of one question.
    ///
    /// @param effects one a prompt; NaN is left out
    /// @return p, two-sided
    /// @throws BadInputException when there are none, or one is infinite
    public double p(double[] effects) {
        return of(new double[][] {Effects.present(effects)}).p()[0];
    }

    /// Of many questions on the same prompts. A flip turns the signs of a prompt in all questions, so what
    /// belongs together stays together, and the adjusted p need not assume the worst of it: each question is
    /// compared with the largest among it and all that have less to show, step down (Westfall and Young 1993,
    /// "Resampling-based multiple testing", algorithm 4.1, with signs for permutations). What is compared is
    ///
    ///     s = |sum x| / sqrt(sum x^2)
    ///
    /// which grows with Student's |t| of the question, and has the same variance under flips whatever the effects'
    /// scale and however many prompts lack the question.
    ///
    /// @param effects `[question, prompt]`; NaN where a prompt has no such question
    /// @throws BadInputException when there are none, rows differ in length, one has only NaN, or one is infinite
    public Tests of(double[][] effects) {
        int prompts = Effects.prompts(effects);
        int questions = effects.length;
        double[][] scaled = Arrays.stream(effects).map(SignFlip::scaled).toArray(double[][]::new);
        double[] far = Arrays.stream(scaled)
                .mapToDouble(row -> Math.abs(Arrays.stream(row).sum()))
                .toArray();
        int[] order = IntStream.range(0, questions)
                .boxed()
                .sorted(Comparator.comparingDouble(question -> -far[question]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[][] columns = IntStream.range(0, prompts)
                .mapToObj(prompt -> Arrays.stream(order)
                        .mapToDouble(question -> scaled[question][prompt])
                        .toArray())
                .toArray(double[][]::new); // [prompt, rank]
        double[] reach = Arrays.stream(order)
                .mapToDouble(question -> far[question] - ROUNDING)
                .toArray(); // [rank]

        int[] alone = new int[questions];
        int[] together = new int[questions];
        double[] sums = new double[questions];
        boolean exact = prompts <= EXACT;
        int tries = exact ? 1 << (prompts - 1) : flips; // of a vector and its negative, one will do
        Draws draws = new Draws(seed);
        for (int i = 0; i < tries; i++) {
            flip(columns, exact ? new Signs.Numbered(i) : new Signs.Drawn(draws), sums);
            double largest = 0;
            for (int rank = questions - 1; rank >= 0; rank--) {
                double sum = Math.abs(sums[rank]);
                largest = Math.max(largest, sum);
                alone[rank] += sum >= reach[rank] ? 1 : 0;
                together[rank] += largest >= reach[rank] ? 1 : 0;
            }
        }

        double[] p = new double[questions];
        double[] familyWise = new double[questions];
        double before = 0;
        for (int rank = 0; rank < questions; rank++) {
            int question = order[rank];
            double least = smallestP(Effects.present(effects[question]).length); // random flips may miss it by chance
            p[question] = Math.max(least, share(alone[rank], tries, exact));
            before = Math.max(before, Math.max(p[question], share(together[rank], tries, exact)));
            familyWise[question] = before;
        }
        return new Tests(p, familyWise);
    }

    private static double share(int count, int tries, boolean exact) {
        return exact ? count / (double) tries : (count + 1.0) / (tries + 1.0);
    }

    private static void flip(double[][] columns, Signs signs, double[] sums) {
        Arrays.fill(sums, 0);
        for (int prompt = 0; prompt < columns.length; prompt++) {
            double[] column = columns[prompt];
            double sign = signs.of(prompt);
            for (int rank = 0; rank < sums.length; rank++) {
                sums[rank] += sign * column[rank];
            }
        }
    }

    /// To a sum of squares of one; 0 for NaN, and where all are 0.
    private static double[] scaled(double[] effects) {
        double largest =
                Arrays.stream(Effects.present(effects)).map(Math::abs).max().orElse(0);
        double[] scaled = new double[effects.length];
        if (largest == 0) {
            return scaled;
        }
        double squares = 0;
        for (int i = 0; i < effects.length; i++) {
            scaled[i] = Double.isNaN(effects[i]) ? 0 : effects[i] / largest; // the square of a tiny one would be 0
            squares += scaled[i] * scaled[i];
        }
        for (int i = 0; i < effects.length; i++) {
            scaled[i] /= Math.sqrt(squares);
        }
        return scaled;
    }
}

package cutaway.interp.statistics;

import cutaway.tensor.BadInputException;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Adjusts p-values for their number: a question is rejected at level a where its adjusted p is at most a.
public enum Correction {
    /// A true null is rejected with a chance of at most a, whatever depends on what (Holm 1979, Scand. J. Stat. 6).
    HOLM,
    /// Of those rejected, at most a share a is true nulls on average, if the questions are independent or rise together
    /// (Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57).
    BENJAMINI_HOCHBERG,
    /// The same, whatever depends on what (Benjamini and Yekutieli 2001, Ann. Stat. 29); a factor of about ln n
    /// stricter.
    BENJAMINI_YEKUTIELI;

    /// With the p-values sorted, `p(1) <= … <= p(n)`:
    ///
    ///     HOLM                 max over j <= i of (n - j + 1) p(j)
    ///     BENJAMINI_HOCHBERG   min over j >= i of n / j p(j)
    ///     BENJAMINI_YEKUTIELI  that times 1 + 1/2 + … + 1/n
    ///
    /// each at most 1.
    ///
    /// @param p one a question, 0 … 1
    /// @return in the same order
    /// @throws BadInputException when one is not a probability
    public double[] adjust(double[] p) {
        for (int question = 0; question < p.length; question++) {
            if (!(p[question] >= 0 && p[question] <= 1)) {
                throw new BadInputException(
                        "the p-value of question %d is %s; a p-value is between 0 and 1, leave out a question without one."
                                .formatted(question, p[question]));
            }
        }
        int n = p.length;
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(question -> p[question]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] adjusted = new double[n];
        if (this == HOLM) {
            double before = 0;
            for (int i = 0; i < n; i++) {
                before = Math.max(before, Math.min(1, (n - i) * p[order[i]]));
                adjusted[order[i]] = before;
            }
            return adjusted;
        }
        double factor = this == BENJAMINI_YEKUTIELI
                ? IntStream.rangeClosed(1, n).mapToDouble(i -> 1.0 / i).sum()
                : 1;
        double after = 1;
        for (int i = n - 1; i >= 0; i--) {
            after = Math.min(after, factor * n / (i + 1) * p[order[i]]);
            adjusted[order[i]] = after;
        }
        return adjusted;
    }
}

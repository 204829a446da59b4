package cutaway.features.judge;

import cutaway.features.use.LinearError;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A dictionary's error in the part that a linear map of the activation foretells, and the rest (Engels et al. 2024,
/// "Decomposing the dark matter of sparse autoencoders", arXiv:2410.14670):
///
///     e = y - y^        e_lin = W (x - mean x) + mean e        e_non = e - e_lin
///
/// W is fitted by least squares on tokens of their own. A reconstruction that is the activation shrunk has an error
/// that is all linear, so the split says something only of a dictionary whose FVU is small ([#TRUSTED]).
public final class ErrorSplit implements AutoCloseable {

    /// The largest FVU of a dictionary whose split says something.
    public static final double TRUSTED = 0.35;

    private static final int ROWS = 4096;

    private final ErrorMap map;
    private final CodedTokens fit;

    private ErrorSplit(ErrorMap map, CodedTokens fit) {
        this.map = map;
        this.fit = fit;
    }

    /// @param fit tokens that the map is fitted to; they stay the caller's and open
    public static ErrorSplit of(CodedTokens fit) {
        return new ErrorSplit(fitted(fit, IntStream.range(0, fit.size()).toArray()), fit);
    }

    private static ErrorMap fitted(CodedTokens fit, int[] order) {
        if (fit.size() <= fit.x().dim(1) + 1) {
            throw new BadInputException(fit.size() + " tokens to fit " + fit.x().dim(1)
                    + " numbers of an activation to; give more tokens than that.");
        }
        try (ErrorMap.Fitting fitting =
                        new ErrorMap.Fitting((int) fit.x().dim(1), (int) fit.y().dim(1));
                Scope _ = Scope.open()) {
            Tensor error = fit.error();
            for (int from = 0; from < order.length; from += ROWS) {
                int to = Math.min(from + ROWS, order.length);
                long[] rows = IntStream.range(from, to).mapToLong(i -> order[i]).toArray();
                fitting.add(
                        fit.x().gatherRows(0, Tensor.of(rows, rows.length)).to(Dtype.F64),
                        error.slice(0, from, to).to(Dtype.F64));
            }
            return fitting.fitted();
        }
    }

    /// `e_lin`, `[n, dOut]` float64.
    ///
    /// @param x `[n, dIn]`
    public Tensor linear(Tensor x) {
        return Scope.keep(() -> {
            Tensor all = map.foretold(x.to(Dtype.F64));
            return all.slice(1, 0, all.dim(1) - 1).contiguous();
        });
    }

    /// The map alone, to be kept; closed by the caller.
    ///
    /// @param facts what its file is to say
    public LinearError kept(LinearError.Facts facts) {
        try (Scope _ = Scope.open()) {
            Tensor weights = map.map().slice(1, 0, map.map().dim(1) - 1).contiguous();
            Tensor mean = map.mean().slice(0, 0, map.map().dim(1) - 1);
            Tensor atMean = map.meanX().unsqueeze(0).matmul(weights).select(0, 0);
            return new LinearError(facts, weights, mean.minus(atMean));
        }
    }

    /// The mean of what the dictionary is to write, `[dOut]` float64, over the tokens fitted to.
    Tensor meanY() {
        return Scope.keep(() -> {
            Tensor sum = Tensor.full(0, Dtype.F64, fit.y().dim(1));
            for (int from = 0; from < fit.size(); from += ROWS) {
                sum = sum.plus(fit.y()
                        .slice(0, from, Math.min(from + ROWS, fit.size()))
                        .to(Dtype.F64)
                        .sum(0, false));
            }
            return sum.over(fit.size());
        });
    }

    /// R² of the norm of another dictionary's error from that of this one, by a straight line fitted where the map was:
    /// whether both fail on the same tokens.
    ///
    /// @param test this dictionary's tokens
    /// @param otherFit the other's, of the tokens fitted to
    /// @param otherTest the other's, of those of `test`
    public double normOf(CodedTokens test, CodedTokens otherFit, CodedTokens otherTest) {
        if (otherFit.size() != fit.size() || otherTest.size() != test.size()) {
            throw new IllegalArgumentException("dictionaries of other tokens");
        }
        return Scope.free(() ->
                r2(line(norms(fit.error()), norms(otherFit.error()), norms(test.error())), norms(otherTest.error())));
    }

    /// What is foretold, on tokens that the map was not fitted to.
    ///
    /// @param fvu fraction of the variance that the dictionary leaves
    /// @param fvuNonlinear of that with e_lin added: what no linear map repairs
    /// @param vector R² of the error's vector, the mean over dimensions as in the paper
    /// @param pooled the same pooled over dimensions
    /// @param norm R² of the error's norm
    /// @param norms the same from less: the mean norm of a token's id, the activation's norm, the number of active
    ///     latents, and what else was given
    /// @param permuted R² of the vector where the map was fitted to activations of other tokens, which must be none
    public record Measured(
            double fvu,
            double fvuNonlinear,
            double l0,
            double vector,
            double pooled,
            double norm,
            Map<String, Double> norms,
            double permuted) {

        /// Whether the dictionary reconstructs well enough that its error is not mainly what it shrinks.
        public boolean isTrusted() {
            return fvu <= TRUSTED;
        }
    }

    /// One more number of each token, from which the norm is to be foretold, such as the model's loss.
    public record Given(String name, double[] fit, double[] test) {}

    /// @param test tokens of other documents than those fitted to
    public Measured measure(CodedTokens test, List<Given> given, long seed) {
        return Scope.free(() -> {
            Tensor error = test.error().to(Dtype.F64);
            Tensor foretold = map.foretold(test.x().to(Dtype.F64));
            Tensor linear = foretold.slice(1, 0, error.dim(1));
            double variance = Scope.free(() -> {
                Tensor y = test.y().to(Dtype.F64);
                return y.minus(y.mean(0, true)).square().sum().item();
            });
            double[] norms = norms(error);
            double[] fitNorms = norms(fit.error());
            Map<String, Double> others = new LinkedHashMap<>();
            others.put("mean of the token's id", r2(byId(fit.ids(), fitNorms, test.ids()), norms));
            others.put("norm of the activation", r2(line(norms(fit.x()), fitNorms, norms(test.x())), norms));
            others.put("active latents", r2(line(fit.active(), fitNorms, test.active()), norms));
            given.forEach(one -> others.put(one.name, r2(line(one.fit, fitNorms, one.test), norms)));
            return new Measured(
                    Scope.free(() -> error.square().sum().item()) / variance,
                    Scope.free(() -> error.minus(linear).square().sum().item()) / variance,
                    test.l0(),
                    byDimension(error, linear),
                    pooled(error, linear),
                    r2(foretold.select(1, error.dim(1)).contiguous().toDoubles(), norms),
                    others,
                    permuted(test, error, seed));
        });
    }

    private double permuted(CodedTokens test, Tensor error, long seed) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, fit.size()).boxed().toList());
        Collections.shuffle(order, new Random(seed).generator());
        try (ErrorMap other =
                fitted(fit, order.stream().mapToInt(Integer::intValue).toArray())) {
            Tensor foretold = other.foretold(test.x().to(Dtype.F64));
            return byDimension(error, foretold.slice(1, 0, error.dim(1)));
        }
    }

    private static double byDimension(Tensor error, Tensor linear) {
        return Scope.free(() -> {
            Tensor left = error.minus(linear).square().sum(0, false);
            Tensor all = error.minus(error.mean(0, true)).square().sum(0, false).plus(1e-30);
            return 1 - left.over(all).mean().item();
        });
    }

    private static double pooled(Tensor error, Tensor linear) {
        return Scope.free(() -> 1
                - error.minus(linear).square().sum().item()
                        / error.minus(error.mean(0, true)).square().sum().item());
    }

    /// Of each row, `[n]`, in float64.
    public static double[] norms(Tensor rows) {
        double[] norms = new double[Math.toIntExact(rows.dim(0))];
        for (int from = 0; from < norms.length; from += ROWS) {
            int first = from;
            double[] some = Scope.free(() -> rows.slice(0, first, Math.min(first + ROWS, norms.length))
                    .to(Dtype.F64)
                    .square()
                    .sum(1, false)
                    .sqrt()
                    .toDoubles());
            System.arraycopy(some, 0, norms, from, some.length);
        }
        return norms;
    }

    /// Share of the variance of some numbers that others foretell.
    public static double r2(double[] foretold, double[] actual) {
        double mean = Arrays.stream(actual).average().orElse(Double.NaN);
        double left = 0;
        double all = 0;
        for (int i = 0; i < actual.length; i++) {
            left += (actual[i] - foretold[i]) * (actual[i] - foretold[i]);
            all += (actual[i] - mean) * (actual[i] - mean);
        }
        return 1 - left / all;
    }

    /// Values of a straight line fitted by least squares.
    public static double[] line(double[] x, double[] y, double[] at) {
        double meanX = Arrays.stream(x).average().orElse(Double.NaN);
        double meanY = Arrays.stream(y).average().orElse(Double.NaN);
        double with = 0;
        double own = 0;
        for (int i = 0; i < x.length; i++) {
            with += (x[i] - meanX) * (y[i] - meanY);
            own += (x[i] - meanX) * (x[i] - meanX);
        }
        double slope = own == 0 ? 0 : with / own;
        return Arrays.stream(at).map(one -> meanY + slope * (one - meanX)).toArray();
    }

    /// The mean of each id where it was fitted; of others the mean of all.
    private static double[] byId(int[] ids, double[] values, int[] at) {
        Map<Integer, double[]> sums = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            double[] sum = sums.computeIfAbsent(ids[i], _ -> new double[2]);
            sum[0] += values[i];
            sum[1]++;
        }
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        return Arrays.stream(at)
                .mapToDouble(id -> {
                    double[] sum = sums.getOrDefault(id, new double[] {mean, 1});
                    return sum[0] / sum[1];
                })
                .toArray();
    }

    @Override
    public void close() {
        map.close();
    }
}

package cutaway.features.select;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/// Scores a denoiser on noisy rows by what it says of columns that it does not see (Batson and Royer 2019,
/// "Noise2Self", arXiv:1901.11365, section 2). The columns are parted at random, and each part J is hidden in turn:
///
///     loss = mean over J, rows and columns of J of (f(x without J)_J - x_J)^2
///
/// Where the noise of J is independent of the other columns', that is the loss to the truth and the variance of the
/// noise, whatever f does; so the setting that has the least is the best. [SplitTest] says where it is not.
///
/// @param parts how many; each hides d / parts columns
/// @param seed of the parting
public record Masking(int parts, long seed) {

    /// @throws BadInputException for less than two parts
    public Masking {
        if (parts < 2) {
            throw new BadInputException("columns hidden in " + parts + " parts; expected at least 2.");
        }
    }

    /// Which columns are hidden, part after part.
    public List<boolean[]> of(int columns) {
        if (parts > columns) {
            throw new BadInputException(
                    columns + " columns cannot be hidden in " + parts + " parts; expected at most as many.");
        }
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, columns).boxed().toList());
        Collections.shuffle(order, new Random(seed).generator());
        List<boolean[]> all = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            boolean[] hidden = new boolean[columns];
            for (int i = part; i < columns; i += parts) {
                hidden[order.get(i)] = true;
            }
            all.add(hidden);
        }
        return all;
    }

    /// What the denoiser says of every column from the other parts', `[n, d]`: a J-invariant function of the rows.
    public Tensor blind(Denoiser denoiser, Tensor x) {
        return Scope.keep(() -> {
            Tensor all = x.times(0);
            for (boolean[] hidden : of(Math.toIntExact(x.dim(1)))) {
                Tensor mask = Tensor.of(hidden, 1, hidden.length).to(x.dtype());
                all = all.plus(denoiser.without(x, hidden).times(mask));
            }
            return all;
        });
    }

    /// Of each row the mean square over columns of what the blind denoiser is off by.
    ///
    /// @param against the rows themselves, or the same measured once more
    public double[] losses(Denoiser denoiser, Tensor x, Tensor against) {
        return Scope.free(
                () -> blind(denoiser, x).minus(against).square().mean(1, false).toDoubles());
    }

    /// The curve of a setting.
    ///
    /// @param setting what it is called
    /// @param of the denoiser with it, fitted to other rows than these
    /// @param x rows to score on, `[n, d]`
    public Selection select(String setting, double[] values, DoubleFunction<Denoiser> of, Tensor x) {
        return new Selection(
                setting,
                Arrays.stream(values)
                        .mapToObj(value -> {
                            Denoiser denoiser = of.apply(value);
                            double seen = Scope.free(() ->
                                    denoiser.denoise(x).minus(x).square().mean().item());
                            double unseen = Arrays.stream(losses(denoiser, x, x))
                                    .average()
                                    .orElse(Double.NaN);
                            return new Selection.Point(value, unseen, seen);
                        })
                        .toList());
    }
}

package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;

/// Which latents are a concept's, by what each adds to the score of a dense logistic probe of it, on rows for
/// fitting; and other rows with some latents taken out.
///
///     s_i = (mean f_i in the class - mean f_i outside) d_i . w        w the probe's weight
final class ConceptLatents {

    private final Coding coding;
    private final Labelled fit;
    private final Labelled test;
    private final LatentColumns fitted;
    private final SparseRows tested;
    private final Tensor whole; // what the codes of the rows for testing stand for, [n, d]

    /// @param fit rows that latents are chosen on
    /// @param test rows that they are taken out of
    ConceptLatents(Dictionary dictionary, Labelled fit, Labelled test) {
        this.fit = fit;
        this.test = test;
        coding = Coding.of(dictionary);
        fitted = new LatentColumns(fit.codes(coding));
        tested = test.codes(coding);
        whole = coding.decode(tested, test.x()).to(Dtype.F64);
    }

    Labelled test() {
        return test;
    }

    /// The n latents of the largest score, those of them that are above 0.
    boolean[] of(int wanted, Logistic probe, int n) {
        double[] scores = fitted.meanDifference(fit.are(wanted));
        Tensor w = Tensor.of(probe.weights(), probe.weights().length, 1);
        double[] reads =
                Scope.free(() -> coding.writes().to(Dtype.F64).matmul(w).toDoubles());
        for (int i = 0; i < scores.length; i++) {
            scores[i] *= reads[i];
        }
        return LatentColumns.chosen(scores, n);
    }

    /// As many drawn of those that are active at all.
    boolean[] drawn(int n, Random random) {
        return LatentColumns.chosen(fitted.drawn(random), n);
    }

    /// The rows for testing without what some latents write, `[n, d]`.
    Tensor without(boolean[] latents) {
        double[] values = tested.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = latents[tested.columns()[i]] ? 0 : values[i];
        }
        return Scope.keep(() -> {
            Tensor rest = coding.decode(tested.with(values), test.x()).to(Dtype.F64);
            return test.x().to(Dtype.F64).minus(whole.minus(rest));
        });
    }
}

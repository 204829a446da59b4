package cutaway.studies.saedarkmatter;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.judge.Bench;
import cutaway.features.judge.CodedTokens;
import cutaway.features.judge.ErrorSplit;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;

/// What is measured of a dictionary's error beside its split.
final class Shares {

    private static final int PURSUED = 4000;

    private Shares() {}

    /// FVU on test tokens of a dictionary of nonlinear errors, over that of one of linear errors.
    static double secondary(
            ErrorSplit split, CodedTokens fit, CodedTokens test, TopKTraining training, int width, long seed) {
        return Scope.free(() -> {
            Tensor linear = split.linear(fit.x());
            Tensor linearTest = split.linear(test.x());
            Tensor rest = fit.error().to(Dtype.F64).minus(linear);
            Tensor restTest = test.error().to(Dtype.F64).minus(linearTest);
            return fvu(rest, restTest, training, width, seed) / fvu(linear, linearTest, training, width, seed);
        });
    }

    private static double fvu(Tensor rows, Tensor test, TopKTraining training, int width, long seed) {
        return Scope.free(() -> {
            Tensor train = rows.to(Dtype.F32).contiguous();
            double scale = Math.sqrt(train.dim(1)) / train.norms(1).mean().item();
            try (Dictionary dictionary = training.trainOn(train.times(scale), width, seed)) {
                return 1
                        - Bench.fit(dictionary, test.to(Dtype.F32).times(scale).contiguous())
                                .r2();
            }
        });
    }

    /// Squared error of some tokens with codes by gradient pursuit, over that with the encoder's.
    static double pursued(Dictionary dictionary, CodedTokens encoded) {
        return Scope.free(() -> {
            int some = Math.min(PURSUED, encoded.size());
            Tensor x = encoded.x().slice(0, 0, some).contiguous();
            double own = encoded.error().slice(0, 0, some).square().sum().item();
            try (CodedTokens pursued = CodedTokens.pursued(dictionary, x, x, new int[some])) {
                return pursued.error().square().sum().item() / own;
            }
        });
    }

    /// R2 of the error of half of the activation: all of it is linear.
    static double shrunk(Tensor fit, Tensor test, long seed) {
        return Scope.free(() -> {
            try (CodedTokens ofFit = half(fit);
                    CodedTokens ofTest = half(test);
                    ErrorSplit split = ErrorSplit.of(ofFit)) {
                return split.measure(ofTest, List.of(), seed).vector();
            }
        });
    }

    private static CodedTokens half(Tensor x) {
        return new CodedTokens(x, x, x.times(0.5), new double[(int) x.dim(0)], new int[(int) x.dim(0)]);
    }
}

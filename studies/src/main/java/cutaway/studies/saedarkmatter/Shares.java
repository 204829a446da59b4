package cutaway.studies.saedarkmatter;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.judge.Bench;
import cutaway.features.judge.CodedTokens;
import cutaway.features.judge.ErrorSplit;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.List;

/// What is measured of a dictionary's error beside its split.
final class Shares {

    private static final int PURSUED = 4000;

    /// Tokens that maps of pursued codes are fitted to, of those that they are measured on: pursuit is slow.
    private static final int FITTED = 2;

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

    /// Squared nonlinear error of some tokens with codes by gradient pursuit, over that with the encoder's: of each,
    /// what a linear map of the activation leaves that was fitted to the same tokens.
    static double nonlinearPursued(Dictionary dictionary, CodedTokens fit, CodedTokens test) {
        return Scope.free(() -> {
            int some = Math.min(PURSUED, test.size());
            int fitted = Math.min(FITTED * PURSUED, fit.size());
            Tensor x = fit.x().slice(0, 0, fitted).contiguous();
            Tensor xTest = test.x().slice(0, 0, some).contiguous();
            try (CodedTokens own = CodedTokens.encoded(dictionary, x, x, new int[fitted]);
                    CodedTokens ownTest = CodedTokens.encoded(dictionary, xTest, xTest, new int[some]);
                    CodedTokens pursued = CodedTokens.pursued(dictionary, x, x, new int[fitted]);
                    CodedTokens pursuedTest = CodedTokens.pursued(dictionary, xTest, xTest, new int[some])) {
                return left(x, pursued.error(), xTest, pursuedTest.error())
                        / left(x, own.error(), xTest, ownTest.error());
            }
        });
    }

    /// Squared nonlinear error with the output of a dictionary of an earlier site beside the activation in the map,
    /// over that without: of its own output, and of that on other tokens, which must not help.
    static Earlier earlier(CodedTokens fit, CodedTokens test, Tensor output, Tensor outputTest, long seed) {
        return Scope.free(() -> {
            Tensor error = fit.error();
            Tensor errorTest = test.error();
            double own = left(fit.x(), error, test.x(), errorTest);
            return new Earlier(
                    left(beside(fit.x(), output), error, beside(test.x(), outputTest), errorTest) / own,
                    left(
                                    beside(fit.x(), Shuffle.rows(output, new Random(seed + 11).generator())),
                                    error,
                                    beside(test.x(), Shuffle.rows(outputTest, new Random(seed + 11).generator())),
                                    errorTest)
                            / own);
        });
    }

    /// @param own with the earlier output of the token
    /// @param shuffled with that of another token
    record Earlier(double own, double shuffled) {}

    private static Tensor beside(Tensor x, Tensor output) {
        return Tensor.cat(List.of(x, output), 1);
    }

    /// The squared error that a linear map leaves on test tokens.
    private static double left(Tensor x, Tensor error, Tensor xTest, Tensor errorTest) {
        return Scope.free(() -> {
            int n = Math.toIntExact(x.dim(0));
            CodedTokens fit = new CodedTokens(x, error, error.times(0), new double[n], new int[n]);
            try (fit;
                    ErrorSplit split = ErrorSplit.of(fit)) {
                return errorTest
                        .to(Dtype.F64)
                        .minus(split.linear(xTest))
                        .square()
                        .sum()
                        .item();
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

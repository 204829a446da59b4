package cutaway.features.judge;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.function.IntToDoubleFunction;

/// A way to write activations as few numbers and back: a dictionary, or one of its [Rivals].
interface Coding extends AutoCloseable {

    /// The latents of each token, as factors of their decoder rows.
    ///
    /// @param x `[n, dIn]` float32 or float64
    SparseRows encode(Tensor x);

    /// @return `[n, dOut]`
    Tensor decode(SparseRows codes, Tensor x);

    /// The norm of what each latent writes, `[latent]`.
    double[] norms();

    /// What each latent writes at a code of 1, `[latent, dOut]`, but for the scale of a token where a dictionary
    /// rescales it. The coding keeps it.
    Tensor writes();

    @Override
    void close();

    /// A dictionary as one; closing it leaves the dictionary open.
    static Coding of(Dictionary dictionary) {
        return of(dictionary, () -> {});
    }

    /// A dictionary as one; closing it closes the dictionary.
    static Coding owning(Dictionary dictionary) {
        return of(dictionary, dictionary::close);
    }

    private static Coding of(Dictionary dictionary, Runnable close) {
        double[] norms = dictionary.decoderNorms();
        boolean byNorm = dictionary.activation() instanceof Activation.TopK(int _, boolean ranked) && ranked;
        return new Coding() {
            @Override
            public SparseRows encode(Tensor x) {
                SparseRows codes = Scope.free(() -> dictionary.encode(x.to(dictionary.dtype())));
                return byNorm ? scaled(codes, latent -> norms[latent] == 0 ? 0 : 1 / norms[latent]) : codes;
            }

            @Override
            public Tensor decode(SparseRows codes, Tensor x) {
                SparseRows own = byNorm ? scaled(codes, latent -> norms[latent]) : codes;
                return Scope.keep(() -> dictionary.decode(own, x.to(dictionary.dtype())));
            }

            @Override
            public double[] norms() {
                return norms;
            }

            @Override
            public Tensor writes() {
                return dictionary.weights().decoder();
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }

    private static SparseRows scaled(SparseRows codes, IntToDoubleFunction factor) {
        double[] values = codes.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor.applyAsDouble(codes.columns()[i]);
        }
        return codes.with(values);
    }
}

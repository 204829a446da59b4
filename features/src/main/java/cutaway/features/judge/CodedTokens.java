package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.GradientPursuit;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Tokens with what a dictionary makes of them.
///
/// @param x what it reads, `[n, dIn]`; the caller's
/// @param y what it is to write, `[n, dOut]`; the caller's
/// @param made what it writes, `[n, dOut]`; freed when this is closed
/// @param active latents of each
/// @param ids of the tokens
public record CodedTokens(Tensor x, Tensor y, Tensor made, double[] active, int[] ids) implements AutoCloseable {

    private static final int ROWS = 1024;

    public CodedTokens {
        Scope.detach(made);
    }

    /// How codes are found.
    private interface Encoder {
        SparseRows of(Tensor x, Tensor y);
    }

    /// By the dictionary's own encoder.
    public static CodedTokens encoded(Dictionary dictionary, Tensor x, Tensor y, int[] ids) {
        return of(dictionary, x, y, ids, (some, _) -> dictionary.encode(some));
    }

    /// By [GradientPursuit] over the decoder, with as many latents of each token as the encoder takes.
    public static CodedTokens pursued(Dictionary dictionary, Tensor x, Tensor y, int[] ids) {
        return of(dictionary, x, y, ids, (some, target) -> pursued(dictionary, some, target));
    }

    /// The codes of [#pursued(Dictionary, Tensor, Tensor, int[])].
    ///
    /// @param x of the dictionary's type, `[n, dIn]`
    /// @param y the same, `[n, dOut]`
    public static SparseRows pursued(Dictionary dictionary, Tensor x, Tensor y) {
        return GradientPursuit.encode(dictionary, y, active(dictionary.encode(x)));
    }

    /// How many codes of each row are not 0.
    private static int[] active(SparseRows codes) {
        int[] active = new int[codes.rows()];
        for (int row = 0; row < active.length; row++) {
            for (int i = codes.starts()[row]; i < codes.starts()[row + 1]; i++) {
                active[row] += codes.values()[i] == 0 ? 0 : 1;
            }
        }
        return active;
    }

    private static CodedTokens of(Dictionary dictionary, Tensor x, Tensor y, int[] ids, Encoder encoder) {
        double[] active = new double[Math.toIntExact(x.dim(0))];
        List<Tensor> parts = new ArrayList<>();
        try (Scope _ = Scope.open()) {
            for (int from = 0; from < active.length; from += ROWS) {
                int to = Math.min(from + ROWS, active.length);
                int first = from;
                parts.add(Scope.keep(() -> {
                    Tensor some = x.slice(0, first, to).to(dictionary.dtype()).contiguous();
                    Tensor target = y.slice(0, first, to).to(dictionary.dtype()).contiguous();
                    SparseRows codes = encoder.of(some, target);
                    int[] counts = active(codes);
                    for (int row = 0; row < counts.length; row++) {
                        active[first + row] = counts[row];
                    }
                    return dictionary.decode(codes, some);
                }));
            }
            return new CodedTokens(x, y, Tensor.cat(parts, 0), active, ids);
        }
    }

    public int size() {
        return active.length;
    }

    /// Active latents of a token, on average.
    public double l0() {
        double sum = 0;
        for (double one : active) {
            sum += one;
        }
        return sum / active.length;
    }

    /// `y - made`, `[n, dOut]`.
    public Tensor error() {
        return y.minus(made);
    }

    @Override
    public void close() {
        made.close();
    }
}

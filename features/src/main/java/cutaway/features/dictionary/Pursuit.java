package cutaway.features.dictionary;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseEncoding;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// The state of a pursuit: of each token what is left, and the latents chosen so far with what they have. Decoder rows
/// have the norm 1 in here. Nothing dense of all latents is made.
final class Pursuit {

    private static final int SOME = 8;

    private final Tensor target; // [n, d]
    private final Tensor rows; // [latent, d], of norm 1
    private final double[] norms;
    private final boolean byNorm;
    private final double enough;
    private final int[] most;
    private final int[][] latents;
    private final double[][] values;
    private final int[] counts;
    private Tensor residual;
    private SparseRows chosen;

    /// @param y `[n, dOut]`
    /// @param most latents of each token
    Pursuit(Dictionary dictionary, Tensor y, double enough, int[] most) {
        if (dictionary.weights().skip().isPresent()) {
            throw new BadInputException("a pursuit over a skip transcoder, whose output depends on its input too; "
                    + "expected a dictionary without a skip connection.");
        }
        Tensor scaled = dictionary.scaling() == Scaling.NONE ? y : dictionary.scaled(y);
        target = scaled.minus(dictionary.weights().decoderBias()).contiguous();
        norms = dictionary.decoderNorms();
        double[] shares =
                Arrays.stream(norms).map(norm -> norm == 0 ? 0 : 1 / norm).toArray();
        Tensor perRow = Tensor.of(shares, shares.length, 1).to(dictionary.dtype());
        rows = dictionary.weights().decoder().times(perRow).contiguous();
        byNorm = dictionary.activation() instanceof Activation.TopK(int _, boolean ranked) && ranked;
        this.enough = enough;
        this.most = most;
        int tokens = Math.toIntExact(target.dim(0));
        latents = new int[tokens][SOME];
        values = new double[tokens][SOME];
        counts = new int[tokens];
        residual = target;
        chosen = new SparseRows(norms.length, new int[tokens + 1], new int[0], new double[0]);
    }

    static void check(int steps, double residual) {
        if (steps < 1 || !(residual >= 0)) {
            throw new BadInputException("a pursuit of " + steps + " steps down to a residual of " + residual
                    + "; expected at least 1 step, and 0 or more.");
        }
    }

    /// As many latents as there are steps, of each token.
    static int[] most(Tensor y, int steps) {
        int[] most = new int[Math.toIntExact(y.dim(0))];
        Arrays.fill(most, steps);
        return most;
    }

    /// Finds the latent of each token that explains most of what is left; none where that is little, nothing is
    /// explained, or the token has as many as it may have.
    ///
    /// @return whether there is any
    boolean choose() {
        SparseRows best = SparseEncoding.top(residual, rows, null, 1);
        double[] left = Scope.free(() -> residual.square().sum(1, false).sqrt().toDoubles());
        int[] starts = new int[counts.length + 1];
        int[] columns = new int[best.columns().length];
        double[] products = new double[columns.length];
        int count = 0;
        for (int token = 0; token < counts.length; token++) {
            if (left[token] >= enough
                    && counts[token] < most[token]
                    && best.starts()[token] < best.starts()[token + 1]) {
                columns[count] = best.columns()[best.starts()[token]];
                products[count++] = best.values()[best.starts()[token]];
            }
            starts[token + 1] = count;
        }
        chosen = new SparseRows(norms.length, starts, Arrays.copyOf(columns, count), Arrays.copyOf(products, count));
        return count > 0;
    }

    /// Gives the chosen latents what they explain.
    void addChosen() {
        for (int token = 0; token < counts.length; token++) {
            if (isChosen(token)) {
                int place = place(token); // which may make room
                values[token][place] += chosen.values()[chosen.starts()[token]];
            }
        }
        setResidual(residual.minus(chosen.times(rows)));
    }

    private boolean isChosen(int token) {
        return chosen.starts()[token] < chosen.starts()[token + 1];
    }

    /// Where the latent chosen for a token stands among the token's own; it is added where it was not there.
    private int place(int token) {
        int latent = chosen.columns()[chosen.starts()[token]];
        for (int i = 0; i < counts[token]; i++) {
            if (latents[token][i] == latent) {
                return i;
            }
        }
        if (counts[token] == latents[token].length) {
            latents[token] = Arrays.copyOf(latents[token], 2 * counts[token]);
            values[token] = Arrays.copyOf(values[token], 2 * counts[token]);
        }
        latents[token][counts[token]] = latent;
        return counts[token]++;
    }

    /// Adds the chosen latents, then moves all of a token's values along their gradient, as far as its error falls.
    void descend() {
        boolean[] moves = new boolean[counts.length];
        for (int token = 0; token < counts.length; token++) {
            moves[token] = isChosen(token);
            if (moves[token]) {
                place(token);
            }
        }
        try (Scope _ = Scope.open()) {
            SparseRows support = support();
            double[] gradient = support.products(residual, rows);
            Tensor change = support.with(gradient).times(rows);
            double[] along = residual.times(change).sum(1, false).toDoubles();
            double[] length = change.square().sum(1, false).toDoubles();
            for (int token = 0; token < counts.length; token++) {
                for (int i = 0; moves[token] && length[token] > 0 && i < counts[token]; i++) {
                    double step = along[token] / length[token] * gradient[support.starts()[token] + i];
                    values[token][i] = Math.max(0, values[token][i] + step);
                }
            }
        }
        setResidual(Scope.keep(() -> target.minus(support().times(rows))));
    }

    private void setResidual(Tensor other) {
        if (residual != target) {
            residual.close();
        }
        residual = other;
    }

    /// The values so far, in the order in which latents were chosen.
    private SparseRows support() {
        int[] starts = new int[counts.length + 1];
        for (int token = 0; token < counts.length; token++) {
            starts[token + 1] = starts[token] + counts[token];
        }
        int[] columns = new int[starts[counts.length]];
        double[] all = new double[columns.length];
        for (int token = 0; token < counts.length; token++) {
            System.arraycopy(latents[token], 0, columns, starts[token], counts[token]);
            System.arraycopy(values[token], 0, all, starts[token], counts[token]);
        }
        return new SparseRows(norms.length, starts, columns, all);
    }

    /// The codes for the dictionary's own rows (where it ranks by norm, decoding divides by their norms), columns
    /// rising, without zeros.
    SparseRows codes() {
        int[] starts = new int[counts.length + 1];
        int[] columns = new int[Arrays.stream(counts).sum()];
        double[] codes = new double[columns.length];
        int count = 0;
        for (int token = 0; token < counts.length; token++) {
            int of = token;
            int[] order = java.util.stream.IntStream.range(0, counts[token])
                    .filter(i -> values[of][i] > 0)
                    .boxed()
                    .sorted(java.util.Comparator.comparingInt(i -> latents[of][i]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int i : order) {
                columns[count] = latents[token][i];
                codes[count++] = values[token][i] / (byNorm ? 1 : norms[latents[token][i]]);
            }
            starts[token + 1] = count;
        }
        return new SparseRows(norms.length, starts, Arrays.copyOf(columns, count), Arrays.copyOf(codes, count));
    }
}

package cutaway.features.coder;

import static cutaway.features.coder.CoderSettings.require;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// Convex non-negative matrix factorisation (Ding, Li and Jordan 2010, "Convex and Semi-Nonnegative Matrix
/// Factorizations", IEEE TPAMI 32(1)): directions that are non-negative combinations of the data, and
/// non-negative codes.
///
///     x ~ G D        D = W^T x        W, G >= 0, [n, count]
///     G <- G * sqrt((K+ W + G W^T K- W) / (K- W + G W^T K+ W))        K = x x^T = K+ - K-, [n, n]
///     W <- W * sqrt((K+ G + K- W G^T G) / (K- G + K+ W G^T G))
///
/// No step makes `|x - G D|^2` larger. It begins at clusters, as the authors' does. K has a number for
/// each pair of rows: a few thousand rows fill what a few hundred megabytes hold.
public final class ConvexNmf {

    /// Keeps a ratio of two sums that vanish from being none.
    private static final double TINY = 1e-12;

    /// What numbers do not fall below: those that go to 0 would else become subnormal, which processors are
    /// slow with.
    private static final double LEAST = 1e-16;

    /// What is added to the clusters' indicators, so that no number begins at 0, where it would stay.
    private static final double OFF_ZERO = 0.2;

    private final Tensor positive; // K+
    private final Tensor negative; // K-
    private Tensor g;
    private Tensor w;

    private ConvexNmf(Tensor x, int count, Random random) {
        Tensor inner = x.linear(x, null); // [n, n]
        positive = inner.relu();
        negative = inner.negate().relu();
        Tensor indicators = indicators(x, Centroids.of(x, count, random)).plus(OFF_ZERO);
        g = indicators;
        w = indicators.over(indicators.sum(0, true));
    }

    /// The directions, `[count, d]`; they belong to the scope that is open.
    ///
    /// @param x `[n, d]`
    /// @param count at most n
    /// @param steps of both updates
    public static Tensor directions(Tensor x, int count, int steps, Random random) {
        require(count >= 1 && count <= x.dim(0), count + " directions of " + x.dim(0) + " rows; expected 1 to these.");
        return Scope.keep(() -> {
            ConvexNmf factors = new ConvexNmf(x, count, random);
            for (int step = 0; step < steps; step++) {
                factors.step();
            }
            return factors.w.transpose(0, 1).matmul(x);
        });
    }

    /// Both updates once; what they are made of is freed.
    private void step() {
        Tensor before = g;
        g = Scope.keep(() -> {
            Tensor up = positive.matmul(w); // [n, count]
            Tensor down = negative.matmul(w);
            Tensor turned = w.transpose(0, 1);
            return updated(
                    before, up.plus(before.matmul(turned.matmul(down))), down.plus(before.matmul(turned.matmul(up))));
        });
        before.close();
        Tensor last = w;
        Tensor codes = g;
        w = Scope.keep(() -> {
            Tensor own = last.matmul(codes.transpose(0, 1).matmul(codes)); // W G^T G
            return updated(
                    last,
                    positive.matmul(codes).plus(negative.matmul(own)),
                    negative.matmul(codes).plus(positive.matmul(own)));
        });
        last.close();
    }

    /// The non-negative codes of tokens in directions that stay: the update of G alone, from equal codes.
    ///
    ///     G <- G * sqrt((P+ + G Q-) / (P- + G Q+))        P = x D^T, Q = D D^T
    ///
    /// @param x `[n, d]`
    /// @param directions `[count, d]`
    /// @return `[n, count]`; it belongs to the scope that is open
    public static Tensor codes(Tensor x, Tensor directions, int steps) {
        return Scope.keep(() -> {
            Tensor reads = x.linear(directions, null); // [n, count]
            Tensor inner = directions.linear(directions, null); // [count, count]
            Tensor up = reads.relu();
            Tensor down = reads.negate().relu();
            Tensor with = inner.relu();
            Tensor against = inner.negate().relu();
            Tensor codes = Tensor.full(1.0 / directions.dim(0), x.dtype(), x.dim(0), directions.dim(0));
            for (int step = 0; step < steps; step++) {
                Tensor before = codes;
                codes = Scope.keep(
                        () -> updated(before, up.plus(before.matmul(against)), down.plus(before.matmul(with))));
                before.close();
            }
            return codes;
        });
    }

    private static Tensor updated(Tensor factor, Tensor up, Tensor down) {
        Tensor next = factor.times(up.plus(TINY).over(down.plus(TINY)).sqrt());
        return next.maximum(Tensor.full(LEAST, next.dtype(), 1));
    }

    /// 1 where a row's nearest centroid is, `[n, count]`.
    private static Tensor indicators(Tensor x, Tensor centroids) {
        long[] nearest = Centroids.nearest(x, centroids);
        int count = Math.toIntExact(centroids.dim(0));
        float[] ones = new float[nearest.length * count];
        for (int row = 0; row < nearest.length; row++) {
            ones[row * count + (int) nearest[row]] = 1;
        }
        return Tensor.of(ones, nearest.length, count).to(x.dtype());
    }
}

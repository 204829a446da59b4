package cutaway.model.parts;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Rotary position embedding (RoFormer, arXiv:2104.09864): turns pairs of coordinates of queries and keys by an
/// angle that grows with the position.
///
/// Pair i is made of coordinates i and i + dRot/2 (the half-split layout of Hugging Face checkpoints); coordinates from
/// dRot on stay as they are.
///
/// @param theta base of the geometric series of frequencies
/// @param dRot coordinates of a head that are turned, even
public record Rotary(double theta, int dRot, RotaryScaling scaling) {

    /// The angles at some positions, `[batch, pos, 1, dRot]` each.
    ///
    /// @param sin negated in the first half: what the other coordinate of each pair is multiplied by
    public record Angles(Tensor cos, Tensor sin) {}

    /// @param positions `[batch, pos]` int64
    /// @param dtype of the angles
    public Angles at(Tensor positions, Dtype dtype) {
        List<Tensor> pair = Scope.keepAll(() -> {
            Tensor frequencies = frequencies(positions).to(dtype); // [batch, 1, dRot / 2]
            Tensor half = positions.to(dtype).unsqueeze(-1).times(frequencies); // [batch, pos, dRot / 2]
            Tensor cos = half.cos().times(scaling.magnitude());
            Tensor sin = half.sin().times(scaling.magnitude());
            return List.of(
                    Tensor.cat(List.of(cos, cos), -1).unsqueeze(2).alias(), // [batch, pos, 1, dRot]
                    Tensor.cat(List.of(sin.negate(), sin), -1).unsqueeze(2).alias());
        });
        return new Angles(pair.get(0), pair.get(1));
    }

    /// Radians per position, `[batch, 1, dRot / 2]` float64: each text has its own length, so that it is the
    /// same alone and in a batch.
    private Tensor frequencies(Tensor positions) {
        long[] all = positions.toLongs();
        int rows = (int) positions.dim(0);
        int length = all.length / rows;
        double[] frequencies = new double[rows * dRot / 2];
        for (int row = 0; row < rows; row++) {
            long last =
                    Arrays.stream(all, row * length, (row + 1) * length).max().orElse(0);
            double[] scaled = frequencies(last + 1);
            System.arraycopy(scaled, 0, frequencies, row * dRot / 2, scaled.length);
        }
        return Tensor.of(frequencies, rows, 1, dRot / 2);
    }

    /// Radians per position of each pair in a text of some length, `[dRot / 2]`.
    public double[] frequencies(long length) {
        double[] plain = new double[dRot / 2];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = Math.pow(theta, -2.0 * i / dRot);
        }
        return scaling.scaled(theta, plain, length);
    }

    /// @param x queries or keys, `[batch, pos, head, dHead]`
    static Tensor rotate(Tensor x, Angles angles) {
        long dRot = angles.cos().dim(-1);
        if (dRot == x.dim(-1)) {
            return turned(x, angles);
        }
        return Tensor.cat(List.of(turned(x.slice(-1, 0, dRot), angles), x.slice(-1, dRot, x.dim(-1))), -1);
    }

    private static Tensor turned(Tensor x, Angles angles) {
        return Scope.keep(() -> {
            Tensor others = x.roll(-1, x.dim(-1) / 2); // each coordinate's partner in its place
            return x.times(angles.cos()).plus(others.times(angles.sin()));
        });
    }
}

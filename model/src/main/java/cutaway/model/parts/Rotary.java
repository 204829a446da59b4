package cutaway.model.parts;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;

/// Rotary position embedding (RoFormer, arXiv:2104.09864): turns pairs of coordinates of queries and keys by an
/// angle that grows with the position.
///
/// Pair i is made of coordinates i and i + dRot/2 (the half-split layout of Hugging Face checkpoints).
///
/// @param frequencies angle per position of each pair, in radians, `[dRot / 2]`; scaling is already in them
public record Rotary(Tensor frequencies) {

    /// Cosine and sine of the angles at some positions, `[batch, pos, 1, dRot]`.
    public record Angles(Tensor cos, Tensor sin) {}

    /// @param positions `[batch, pos]` int64
    public Angles at(Tensor positions) {
        List<Tensor> pair = Scope.keepAll(() -> {
            Tensor half = positions.to(Dtype.F32).unsqueeze(-1).times(frequencies); // [batch, pos, dRot / 2]
            Tensor angles = Tensor.cat(List.of(half, half), -1).unsqueeze(2); // [batch, pos, 1, dRot]
            return List.of(angles.cos(), angles.sin());
        });
        return new Angles(pair.get(0), pair.get(1));
    }

    /// @param x queries or keys, `[batch, pos, head, dHead]`
    static Tensor rotate(Tensor x, Angles angles) {
        long half = x.dim(-1) / 2;
        Tensor turned = Tensor.cat(List.of(x.slice(-1, half, 2 * half).negate(), x.slice(-1, 0, half)), -1);
        return x.times(angles.cos()).plus(turned.times(angles.sin()));
    }
}

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

    /// The angles at some positions, `[batch, pos, 1, dRot]` each.
    ///
    /// @param sin negated in the first half: what the other coordinate of each pair is multiplied by
    public record Angles(Tensor cos, Tensor sin) {}

    /// @param positions `[batch, pos]` int64
    public Angles at(Tensor positions) {
        List<Tensor> pair = Scope.keepAll(() -> {
            Tensor half = positions.to(Dtype.F32).unsqueeze(-1).times(frequencies); // [batch, pos, dRot / 2]
            Tensor cos = half.cos();
            Tensor sin = half.sin();
            return List.of(
                    Tensor.cat(List.of(cos, cos), -1).unsqueeze(2).alias(), // [batch, pos, 1, dRot]
                    Tensor.cat(List.of(sin.negate(), sin), -1).unsqueeze(2).alias());
        });
        return new Angles(pair.get(0), pair.get(1));
    }

    /// @param x queries or keys, `[batch, pos, head, dHead]`
    static Tensor rotate(Tensor x, Angles angles) {
        Tensor others = x.roll(-1, x.dim(-1) / 2); // each coordinate's partner in its place
        return x.times(angles.cos()).plus(others.times(angles.sin()));
    }
}

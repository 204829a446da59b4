package cutaway.interp.heads;

import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Norm;
import cutaway.model.parts.Point;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/// Whether heads write along given directions, one for each token that they read: a head that reads the move
/// to d3 and writes along "d3 is theirs" says so of the square.
///
/// Of each token the head's output is what it would write if all of its attention were there, `W_O W_V
/// Norm(x)`, less its mean over the tokens, which it writes whatever it reads. The score is the mean cosine
/// with the token's own direction, of which the mean over tokens is taken away too: what all directions share
/// tells no token from another.
///
/// The control deals the directions out anew among the tokens, the same way for all heads of a layer; the largest
/// absolute score of any head in any draw is the threshold.
///
/// @param cosine mean over tokens, `[layer][head]`
/// @param threshold the largest absolute mean of the control
/// @param tokens how many were read
public record HeadWrites(double[][] cosine, double threshold, int tokens) {

    private static final int DRAWS = 50;

    /// Of fewer tokens, directions that are dealt out anew often fall to the token that had them.
    public static final int FEWEST = 8;

    /// Whether a head writes along its tokens' directions, or against them, twice as much as chance gives.
    public boolean isTold(int layer, int head) {
        return Math.abs(cosine[layer][head]) > 2 * threshold;
    }

    /// A token of a sequence.
    ///
    /// @param row of the sequences
    /// @param pos from 0
    public record Place(int row, int pos) {}

    /// @param sequences token ids
    /// @param places of the tokens that are read
    /// @param directions of each layer, `[place, dModel]`, float32
    /// @param seed of the control's draws
    /// @param progress told how many layers are read
    /// @throws BadInputException when there are fewer tokens than [#FEWEST]
    public static HeadWrites along(
            Model model,
            List<int[]> sequences,
            List<Place> places,
            List<Tensor> directions,
            long seed,
            IntConsumer progress) {
        if (places.size() < FEWEST) {
            throw new BadInputException("only " + places.size() + " tokens have a direction; give texts with at least "
                    + FEWEST + " that do.");
        }
        int layers = model.sizes().layers();
        if (directions.size() != layers) {
            throw new IllegalArgumentException(directions.size() + " layers' directions of " + layers + " layers");
        }
        Batch batch = Batch.of(sequences, Batch.Side.RIGHT);
        long[] at = places.stream()
                .mapToLong(place -> (long) place.row * batch.length() + batch.place(place.row, place.pos))
                .toArray();
        double[][] cosine = new double[layers][];
        double[] chance = new double[1];
        Tap tap = (point, value) -> {
            if (point.kind() == Point.Kind.V) {
                int layer = point.layer();
                try (Scope _ = Scope.open()) {
                    Tensor own = unit(directions.get(layer)); // [place, dModel]
                    Tensor written = unit(written(model.transformer().blocks().get(layer), value, at));
                    cosine[layer] = means(written, own); // [head]
                    SplittableRandom random = new SplittableRandom(seed + layer);
                    for (int draw = 0; draw < DRAWS; draw++) {
                        for (double one : means(written, Shuffle.rows(own, random))) {
                            chance[0] = Math.max(chance[0], Math.abs(one));
                        }
                    }
                }
                progress.accept(layer + 1);
            }
            return value;
        };
        try (Scope _ = Scope.open();
                Tensor residual = model.residual(batch, tap)) {
            residual.shape();
        }
        return new HeadWrites(cosine, chance[0], places.size());
    }

    /// What each head writes of each token, but for the scale of a norm behind attention.
    ///
    /// @param values `[batch, pos, kvHead, dHead]`
    /// @return `[head, place, dModel]`
    private static Tensor written(Block block, Tensor values, long[] at) {
        Attention attention = block.attention();
        long dHead = attention.dHead();
        int kvHeads = attention.kvHeads();
        Tensor rows =
                values.reshape(-1, kvHeads, dHead).gatherRows(0, Tensor.of(at, at.length)); // [place, kvHead, dHead]
        Tensor z = rows.unsqueeze(2)
                .expand(-1, -1, attention.heads() / kvHeads, -1)
                .reshape(1, at.length, attention.heads(), dHead);
        Tensor result = attention.result(z).squeeze(0).transpose(0, 1).to(Dtype.F32); // [head, place, dModel]
        Norm after = block.afterAttention();
        return after == null ? result : after.centred(result).times(after.weight());
    }

    /// Rows less their mean, of norm 1; the tokens are the last axis but one.
    private static Tensor unit(Tensor rows) {
        Tensor own = rows.minus(rows.mean(-2, true));
        return own.over(own.square().sum(-1, true).sqrt().plus(1e-12));
    }

    /// @return mean over tokens of the cosine, `[head]`
    private static double[] means(Tensor written, Tensor own) {
        return written.times(own).sum(-1, false).mean(-1, false).to(Dtype.F64).toDoubles();
    }
}

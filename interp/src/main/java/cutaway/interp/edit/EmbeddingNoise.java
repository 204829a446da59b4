package cutaway.interp.edit;

import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.parts.Embedding;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.stream.LongStream;

/// Normal noise on token embeddings, measured in their own standard deviation (Meng et al. 2022, arXiv:2202.05262,
/// section 2.1).
public final class EmbeddingNoise {

    /// Rows of the embedding that its deviation is estimated from.
    private static final long MOST_ROWS = 1 << 16;

    private EmbeddingNoise() {}

    /// Standard deviation of the token embeddings as they enter the residual stream; of a large vocabulary, of every
    /// second, third, … row.
    public static double deviation(Model model) {
        return Scope.free(() -> {
            Embedding embedding = model.transformer().embedding();
            long vocab = embedding.tokens().out();
            long step = (vocab + MOST_ROWS - 1) / MOST_ROWS;
            long[] some =
                    LongStream.range(0, vocab / step).map(row -> row * step).toArray();
            Tensor rows = embedding.tokens().rows(Tensor.of(some, some.length));
            return embedding.scale()
                    * Math.sqrt(rows.minus(rows.mean()).square().mean().item());
        });
    }

    /// Noise at some positions, which have to be named.
    ///
    /// @param deviation of the noise, in the unit of the embeddings
    public static Edit.Add edit(Model model, Positions positions, double deviation, long seed) {
        return Scope.free(() -> new Edit.Add(
                new Site.Embed(),
                positions,
                Values.of(new Random(seed)
                        .normal(positions.at().size(), model.sizes().dModel())
                        .times(deviation))));
    }
}

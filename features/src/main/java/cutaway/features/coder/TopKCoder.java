package cutaway.features.coder;

import cutaway.features.dictionary.Activation;
import cutaway.tensor.SparseEncoding;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// A [RankedCoder] that keeps the k largest of each token, where they are above 0.
///
/// With `multi` the loss also has `multi mean |y - y_hat'|^2` where y_hat' is made from the 4 k largest: codes that
/// serve at more than one k (section 4.3 of the paper; sparsify's `multi_topk`).
final class TopKCoder extends RankedCoder {

    private static final int MULTIPLE = 4;

    private final Sparsity.TopK kind;

    TopKCoder(CoderSettings settings, Sparsity.TopK kind, Maps maps) {
        CoderSettings.require(
                kind.k() <= maps.width(),
                "k = " + kind.k() + " of " + maps.width() + " latents; expected at most as many.");
        super(settings, maps, kind.byNorm(), kind.auxiliary());
        this.kind = kind;
    }

    @Override
    Tensor kept(Tensor z) {
        return largest(z, kind.k());
    }

    @Override
    SparseRows kept(SparsePass pass, double @Nullable [] scale) {
        return SparseEncoding.top(pass.input(), pass.encoder(), pass.encoderBias(), scale, kind.k());
    }

    @Override
    boolean isPlain() {
        return kind.multi() == 0;
    }

    private static Tensor largest(Tensor z, int k) {
        Tensor.Top top = z.top(k);
        return zeros(z).scatter(1, top.indices(), top.values().relu());
    }

    /// Of the same shape, outside of the graph.
    static Tensor zeros(Tensor like) {
        return Tensor.full(0, like.dtype(), like.shape().dims());
    }

    @Override
    void addParts(LinkedHashMap<String, Tensor> parts, Forward forward, Tensor y) {
        parts.put(Loss.AUXILIARY, auxiliary(forward, y));
        if (kind.multi() > 0) {
            Tensor more = largest(forward.z(), Math.min(MULTIPLE * kind.k(), maps().width()));
            Tensor reconstruction = maps().decode(forward.p(), written(more, forward.norms()), forward.x());
            parts.put("multi", errors(reconstruction, y).mean().times(kind.multi()));
        }
    }

    @Override
    public boolean isMeanOverTokens() {
        return true;
    }

    @Override
    boolean foldsNorms() {
        return kind.byNorm();
    }

    @Override
    Activation activation(Tensor norms) {
        return new Activation.TopK(kind.k(), false);
    }
}

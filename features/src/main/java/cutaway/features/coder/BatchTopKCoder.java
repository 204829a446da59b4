package cutaway.features.coder;

import cutaway.features.dictionary.Activation;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseEncoding;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// A [RankedCoder] that keeps the k n largest codes of n tokens together, so that tokens may have more or fewer
/// (Bussmann et al. 2024, arXiv:2412.06410).
///
/// Alone, a token is encoded with a threshold: after each step it moves by `thresholdRate` to the smallest code that
/// was kept. The dictionary is a JumpReLU one.
class BatchTopKCoder extends RankedCoder {

    /// The running threshold, a float64 scalar in the units of z.
    static final String THRESHOLD = "threshold";

    private final Sparsity.BatchTopK kind;

    BatchTopKCoder(CoderSettings settings, Sparsity.BatchTopK kind, Maps maps) {
        CoderSettings.require(
                kind.k() <= maps.width(),
                "k = " + kind.k() + " of " + maps.width() + " latents; expected at most as many.");
        super(settings, maps, kind.byNorm(), kind.auxiliary());
        this.kind = kind;
        addBuffer(THRESHOLD, Tensor.full(0, Dtype.F64));
    }

    @Override
    final Tensor kept(Tensor z) {
        Tensor all = z.relu().reshape(-1);
        Tensor.Top top = all.top((int) (kind.k() * z.dim(0)));
        return TopKCoder.zeros(all)
                .scatter(0, top.indices(), top.values())
                .reshape(z.shape().dims());
    }

    /// None is expected below half of the running threshold.
    @Override
    final SparseRows kept(SparsePass pass, double @Nullable [] scale) {
        int count = (int) (kind.k() * pass.tokens());
        double floor = buffer(THRESHOLD).item() / 2;
        return SparseEncoding.topOfAll(pass.input(), pass.encoder(), pass.encoderBias(), scale, count, floor);
    }

    @Override
    boolean isPlain() {
        return true;
    }

    @Override
    void addParts(LinkedHashMap<String, Tensor> parts, Forward forward, Tensor y) {
        parts.put(Loss.AUXILIARY, auxiliary(forward, y));
    }

    @Override
    public final void afterStep(Activity activity) {
        super.afterStep(activity);
        if (Double.isInfinite(activity.least())) {
            return;
        }
        try (Scope _ = Scope.open()) {
            double rate = kind.thresholdRate();
            double moved = (1 - rate) * buffer(THRESHOLD).item() + rate * activity.least();
            buffer(THRESHOLD).assign(Tensor.full(moved, Dtype.F64));
        }
    }

    @Override
    public boolean isMeanOverTokens() {
        return false;
    }

    @Override
    final Activation activation(Tensor norms) {
        Tensor threshold = Tensor.full(buffer(THRESHOLD).item(), norms.dtype(), norms.dim(0));
        return new Activation.JumpRelu(byNorm() ? threshold : threshold.times(norms));
    }
}

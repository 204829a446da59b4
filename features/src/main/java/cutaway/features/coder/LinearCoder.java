package cutaway.features.coder;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/// What all kinds share: the maps, the counting of silent steps, and the folding of norms.
abstract class LinearCoder implements Coder {

    /// Steps since each latent was active, int64 `[latent]`.
    static final String SILENT = "silentSteps";

    private final CoderSettings settings;
    private final Maps maps;
    private final Workspace workspace = new Workspace();
    private final LinkedHashMap<String, Tensor> parameters;
    private final LinkedHashMap<String, Tensor> buffers;

    /// @param maps at their start; the coder takes their tensors over
    LinearCoder(CoderSettings settings, Maps maps) {
        this.settings = settings;
        this.maps = maps;
        parameters = new LinkedHashMap<>(maps.initial());
        buffers = new LinkedHashMap<>(maps.buffers());
        addBuffer(SILENT, Tensor.full(0, Dtype.I64, maps.width()));
        parameters.values().forEach(Scope::detach);
        buffers.values().forEach(Scope::detach);
    }

    final void addParameter(String name, double value) {
        Tensor like = parameter(Maps.DECODER_BIAS);
        parameters.put(name, Scope.detach(Tensor.full(value, like.dtype(), maps.width())));
    }

    final void addBuffer(String name, Tensor value) {
        buffers.put(name, Scope.detach(value));
    }

    final Tensor parameter(String name) {
        return Maps.parameter(parameters, name);
    }

    final Tensor buffer(String name) {
        return Maps.parameter(buffers, name);
    }

    final Maps maps() {
        return maps;
    }

    final Workspace workspace() {
        return workspace;
    }

    @Override
    public final int width() {
        return maps.width();
    }

    /// `|y_hat - y|^2` of each token, `[n]`.
    static Tensor errors(Tensor reconstruction, Tensor y) {
        return reconstruction.minus(y).square().sum(1, false);
    }

    /// Products with the encoder's bias, `[n, latent]`.
    final Tensor preActivations(Map<String, Tensor> p, Tensor x) {
        return maps.products(p, x).plus(Maps.parameter(p, Maps.ENCODER_BIAS));
    }

    /// Whether each latent is dead, `[latent]`.
    final boolean[] deadMask() {
        long[] silent = buffer(SILENT).toLongs();
        boolean[] dead = new boolean[silent.length];
        for (int i = 0; i < dead.length; i++) {
            dead[i] = silent[i] > settings.deadAfter();
        }
        return dead;
    }

    @Override
    public final CoderSettings settings() {
        return settings;
    }

    @Override
    public final Map<String, Tensor> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    @Override
    public final Map<String, Tensor> buffers() {
        return Collections.unmodifiableMap(buffers);
    }

    @Override
    public final Map<String, Tensor> adjustGradients(Map<String, Tensor> gradients) {
        return maps.adjust(parameters, gradients);
    }

    @Override
    public void afterStep(Activity activity) {
        try (Scope _ = Scope.open()) {
            maps.project(parameters);
            long[] silent = buffer(SILENT).toLongs();
            Arrays.setAll(silent, i -> activity.counts()[i] > 0 ? 0 : silent[i] + 1);
            buffer(SILENT).assign(Tensor.of(silent));
        }
    }

    @Override
    public final int[] dead() {
        boolean[] dead = deadMask();
        return IntStream.range(0, dead.length).filter(i -> dead[i]).toArray();
    }

    @Override
    public final double deadShare() {
        return (double) dead().length / maps.width();
    }

    @Override
    public final void revive(int[] latents, Tensor x, Tensor y, RewrittenRows rows) {
        try (Scope _ = Scope.open()) {
            maps.revive(parameters, latents, x, y, rows);
            long[] silent = buffer(SILENT).toLongs();
            for (int latent : latents) {
                silent[latent] = 0;
                beginAnew(latent, rows);
            }
            buffer(SILENT).assign(Tensor.of(silent));
        }
    }

    /// Puts a revived latent's biases and thresholds back to where they began.
    void beginAnew(int latent, RewrittenRows rows) {
        reset(Maps.ENCODER_BIAS, latent, 0, rows);
    }

    final void reset(String name, int latent, double value, RewrittenRows rows) {
        Maps.rewrite(
                parameters, name, latent, Tensor.full(value, parameter(name).dtype()), rows);
    }

    @Override
    public final Dictionary dictionary(Origin origin) {
        try (Scope _ = Scope.open()) {
            Tensor norms = foldsNorms() ? maps.norms(parameters) : ones();
            norms = norms.maskedFill(norms.equalTo(0), 1);
            Tensor column = norms.unsqueeze(1);
            var weights = new Dictionary.Weights(
                    maps.encoder(parameters).times(column),
                    parameters.containsKey(Maps.ENCODER_BIAS)
                            ? parameter(Maps.ENCODER_BIAS).times(norms)
                            : norms.times(0),
                    maps.decoder(parameters).over(column).contiguous(),
                    parameter(Maps.DECODER_BIAS).copy(),
                    maps.skip(parameters).map(Tensor::copy));
            return new Dictionary(weights, activation(norms), maps.centres(), Scaling.NONE, origin);
        }
    }

    private Tensor ones() {
        return Tensor.full(1, parameter(Maps.DECODER_BIAS).dtype(), maps.width());
    }

    /// Whether codes may be scaled so that decoder rows have the norm 1.
    boolean foldsNorms() {
        return true;
    }

    /// What makes the folded dictionary's codes sparse.
    ///
    /// @param norms what its codes are scaled by, `[latent]`
    abstract Activation activation(Tensor norms);

    @Override
    public final void close() {
        parameters.values().forEach(Tensor::close);
        buffers.values().forEach(Tensor::close);
        workspace.close();
    }
}

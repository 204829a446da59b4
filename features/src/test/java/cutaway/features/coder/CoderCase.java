package cutaway.features.coder;

import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// A kind of coder, to be held to the laws: every sparsity with the plain wiring, every wiring with some sparsity.
///
/// @param smoothed parameters whose gradient is not the slope of the loss but of a smoothed one
record CoderCase(String name, CoderSettings settings, int dIn, int dOut, Set<String> smoothed) {

    static final int WIDTH = 24;
    static final int TOKENS = 37;

    static Stream<CoderCase> all() {
        Sparsity.TopK topK = new Sparsity.TopK(3);
        Sparsity.BatchTopK batchTopK = new Sparsity.BatchTopK(2.5);
        Sparsity.JumpRelu step = new Sparsity.JumpRelu(0.05);
        Set<String> none = Set.of();
        Set<String> threshold = Set.of(JumpReluCoder.THRESHOLD);
        return Stream.of(
                of("relu", new Sparsity.Relu(0.1)),
                of("relu, p annealed", new Sparsity.Relu(0.1, 1, 0.5, 20)),
                of("gated", new Sparsity.Gated(0.1)),
                of("topk", topK),
                of("topk, not by norm, multi", new Sparsity.TopK(2, false, 1, 0.125)),
                of("batch topk", batchTopK),
                of("batch topk, not by norm", new Sparsity.BatchTopK(2, false, 1, 0.1)),
                of("matryoshka", new Sparsity.Matryoshka(2, List.of(5, 12))),
                of("matryoshka, own residual", new Sparsity.Matryoshka(batchTopK, List.of(5, 12), true)),
                new CoderCase("jump relu", new CoderSettings(step), 8, 8, threshold),
                new CoderCase(
                        "jump relu, tanh, dead latents lifted",
                        new CoderSettings(
                                new Sparsity.JumpRelu(new Sparsity.Penalty.Tanh(4), 0.1, 0.05, 0.1, false, 1e-3)),
                        8,
                        8,
                        threshold),
                wired("tied", new Sparsity.Relu(0.1), new Wiring.Autoencoder(true, true, false), 8, 8, none),
                wired("unit rows", topK, new Wiring.Autoencoder(true, false, true), 8, 8, none),
                wired("uncentred", topK, new Wiring.Autoencoder(false, false, false), 8, 8, none),
                wired("transcoder, relu", new Sparsity.Relu(0.1), new Wiring.Transcoder(false), 8, 5, none),
                wired("transcoder, topk", topK, new Wiring.Transcoder(false), 8, 5, none),
                wired("skip transcoder, batch topk", batchTopK, new Wiring.Transcoder(true), 8, 13, none),
                wired("skip transcoder, jump relu", step, new Wiring.Transcoder(true), 8, 5, threshold),
                wired("skip transcoder, gated", new Sparsity.Gated(0.1), new Wiring.Transcoder(true), 8, 5, none),
                wired("cross-layer, relu", new Sparsity.Relu(0.1), new Wiring.CrossLayer(3), 12, 12, none),
                wired("cross-layer, batch topk", batchTopK, new Wiring.CrossLayer(2), 12, 12, none),
                wired(
                        "cross-layer, matryoshka",
                        new Sparsity.Matryoshka(2, List.of(9)),
                        new Wiring.CrossLayer(2),
                        12,
                        12,
                        none),
                wired("crosscoder, relu", new Sparsity.Relu(0.1), new Wiring.Crosscoder(2), 12, 12, none),
                wired("crosscoder, batch topk", batchTopK, new Wiring.Crosscoder(3), 12, 12, none),
                wired("archetypal, topk", topK, new Wiring.Archetypal(14, 0), 8, 8, none),
                wired("relaxed archetypal, batch topk", batchTopK, new Wiring.Archetypal(30, 0.3), 8, 8, none));
    }

    private static CoderCase of(String name, Sparsity sparsity) {
        return new CoderCase(name, new CoderSettings(sparsity), 8, 8, Set.of());
    }

    private static CoderCase wired(
            String name, Sparsity sparsity, Wiring wiring, int dIn, int dOut, Set<String> smoothed) {
        return new CoderCase(name, new CoderSettings(sparsity).with(wiring), dIn, dOut, smoothed);
    }

    Coder create(long seed, Dtype dtype) {
        return Scope.free(() -> settings.create(WIDTH, seed, x(0).to(dtype), y(0).to(dtype)));
    }

    /// A batch of inputs, `[37, dIn]`, float64.
    Tensor x(long batch) {
        return Planted.tokens(TOKENS, dIn, 1000 + batch);
    }

    /// What belongs to it, `[37, dOut]`: of transcoders a linear map of the input, bent.
    Tensor y(long batch) {
        return dIn == dOut
                ? x(batch)
                : Scope.keep(() -> {
                    Tensor map = new Random(5).normal(dIn, dOut).to(Dtype.F64).times(0.4);
                    return x(batch).matmul(map).tanh().plus(0.2);
                });
    }

    /// Steps of plain gradient descent, each along a gradient of norm 1 at most.
    ///
    /// @return the last loss
    static double train(Coder coder, CoderCase of, int steps, double rate) {
        double last = Double.NaN;
        Dtype dtype = coder.parameters().get(Maps.DECODER_BIAS).dtype();
        for (int step = 0; step < steps; step++) {
            try (Scope _ = Scope.open()) {
                Tensor x = of.x(step % 8).to(dtype);
                Tensor y = of.y(step % 8).to(dtype);
                Found found = gradients(coder, x, y);
                Map<String, Tensor> gradients = coder.adjustGradients(found.gradients);
                double norm = Math.sqrt(gradients.values().stream()
                        .mapToDouble(g -> Math.pow(g.norm(), 2))
                        .sum());
                gradients.forEach((name, g) -> {
                    Tensor p = coder.parameters().get(name);
                    p.assign(p.minus(g.times(rate / Math.max(1, norm))));
                });
                coder.afterStep(found.loss.activity());
                last = found.loss.total().item();
            }
        }
        return last;
    }

    /// A loss and its gradients by name.
    record Found(Loss loss, Map<String, Tensor> gradients) {}

    static Found gradients(Coder coder, Tensor x, Tensor y) {
        Map<String, Tensor> tracked = new java.util.LinkedHashMap<>();
        coder.parameters().forEach((name, p) -> tracked.put(name, cutaway.tensor.Autograd.track(p)));
        Loss loss = coder.loss(tracked, x, y, 1);
        List<Tensor> found = cutaway.tensor.Autograd.gradients(loss.total(), List.copyOf(tracked.values()));
        Map<String, Tensor> gradients = new java.util.LinkedHashMap<>();
        List<String> names = List.copyOf(tracked.keySet());
        for (int i = 0; i < names.size(); i++) {
            gradients.put(names.get(i), found.get(i));
        }
        return new Found(loss, gradients);
    }

    @Override
    public String toString() {
        return name;
    }
}

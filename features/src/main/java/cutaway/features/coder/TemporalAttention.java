package cutaway.features.coder;

import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/// Attention in which a token's latents ask those of the places before it: queries from its own, keys and values
/// from the context's.
///
///     softmax(q k^T / sqrt(dHead), causal) v, of all heads side by side, then W_o + b_o
///
/// Queries and keys have `latent / bottleneck` numbers, values all of them.
///
/// @param name of the layer, before those of its parameters
record TemporalAttention(String name, int width, int narrow, int heads) {

    static TemporalAttention of(TemporalSettings settings, int width, int layer) {
        return new TemporalAttention(
                "attention." + layer + ".", width, width / settings.bottleneck(), settings.heads());
    }

    /// Rows of norm `1 / sqrt(numbers of a head)`, those of the output `1 / sqrt(latent)`; biases within
    /// `1 / sqrt(latent)` of 0: at 0 itself predictions only begin, and any change is a jump.
    void addTo(LinkedHashMap<String, Tensor> p, Dtype dtype, Random random) {
        add(p, "key", narrow, narrow / heads, dtype, random);
        add(p, "query", narrow, narrow / heads, dtype, random);
        add(p, "value", width, width / heads, dtype, random);
        add(p, "output", width, width, dtype, random);
    }

    private void add(LinkedHashMap<String, Tensor> p, String part, int rows, int of, Dtype dtype, Random random) {
        Tensor drawn = random.uniform(rows, width).to(dtype).minus(0.5);
        Tensor norms = drawn.square().sum(1, true).sqrt();
        p.put(name + part, drawn.over(norms).over(Math.sqrt(of)));
        p.put(name + part + "Bias", random.uniform(rows).to(dtype).minus(0.5).times(2 / Math.sqrt(width)));
    }

    /// @param from the latents of each place, `[batch, pos, latent]`
    /// @param over the context's, `[batch, pos, latent]`; a place sees its own and those before it
    /// @return `[batch, pos, latent]`
    Tensor forward(Map<String, Tensor> p, Tensor from, Tensor over) {
        Tensor q = split(project(p, "query", from)); // [batch, head, pos, dHead]
        Tensor k = split(project(p, "key", over));
        Tensor v = split(project(p, "value", over));
        Tensor scores = q.matmul(k.transpose(-2, -1)).over(Math.sqrt(q.dim(3)));
        Tensor pattern = scores.maskedFill(ahead(scores.dim(3)), Double.NEGATIVE_INFINITY)
                .softmax(-1);
        Tensor mixed = pattern.matmul(v).transpose(1, 2).reshape(from.dim(0), from.dim(1), width);
        return project(p, "output", mixed);
    }

    private Tensor project(Map<String, Tensor> p, String part, Tensor x) {
        return x.linear(Maps.parameter(p, name + part), Maps.parameter(p, name + part + "Bias"));
    }

    private Tensor split(Tensor x) {
        return x.reshape(x.dim(0), x.dim(1), heads, x.dim(2) / heads).transpose(1, 2);
    }

    /// Which places lie after which, `[pos, pos]`.
    private static Tensor ahead(long positions) {
        Tensor places = Tensor.range(0, positions);
        return places.unsqueeze(0).greater(places.unsqueeze(1));
    }
}

package cutaway.features.dictionary;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseEncoding;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A cross-layer transcoder (Ameisen et al. 2025, *Circuit Tracing*, section 2.1): the latents of a layer read that
/// layer's site and write to its output and to those of all later layers.
///
///     f_l = activation(x_l W_enc,l^T + b_enc,l)
///     y_l = sum_{i <= l} f_i W_dec,i->l + b_dec,l
///
/// It owns its weights until it is closed.
public final class CrossLayerDictionary implements AutoCloseable {

    /// One layer of `layers`.
    ///
    /// @param encoder `[latent, d]`
    /// @param encoderBias `[latent]`
    /// @param threshold of a JumpReLU, `[latent]`; none for a ReLU
    /// @param decoder to this layer and all later ones, `[latent, layers - layer, d]`
    /// @param decoderBias of this layer's output, `[d]`
    public record Layer(
            Tensor encoder, Tensor encoderBias, Optional<Tensor> threshold, Tensor decoder, Tensor decoderBias) {}

    private final List<Layer> layers;
    private final Origin origin;
    private final List<Tensor> owned = new ArrayList<>();

    /// @param layers float32 or float64, all of one type; the dictionary takes them over
    /// @param origin whose inputs and outputs are one site a layer, or empty where they are not known
    /// @throws IllegalArgumentException when their shapes do not fit together
    public CrossLayerDictionary(List<Layer> layers, Origin origin) {
        this.layers = List.copyOf(layers);
        this.origin = origin;
        for (int i = 0; i < layers.size(); i++) {
            check(i);
            Layer layer = layers.get(i);
            owned.addAll(List.of(layer.encoder, layer.encoderBias, layer.decoder, layer.decoderBias));
            layer.threshold.ifPresent(owned::add);
        }
        owned.forEach(Scope::detach);
    }

    /// The layers of a dictionary whose inputs and outputs are theirs, one after another, and whose latents belong to
    /// them in equal blocks: what a coder with that wiring folds into. A copy, which the caller closes.
    ///
    /// @throws IllegalArgumentException when its sizes are no multiples of the layers, a latent reads another layer
    ///     or writes an earlier one, or it is neither a ReLU nor a JumpReLU of unscaled inputs
    public static CrossLayerDictionary of(Dictionary joined, int layers) {
        if (joined.width() % layers != 0
                || joined.dIn() % layers != 0
                || joined.dIn() != joined.dOut()
                || joined.centres()
                || joined.scaling() != Scaling.NONE
                || joined.weights().skip().isPresent()) {
            throw new IllegalArgumentException("a dictionary from " + joined.dIn() + " to " + joined.dOut()
                    + " numbers with " + joined.width() + " latents is no cross-layer transcoder of " + layers
                    + " layers");
        }
        Optional<Tensor> thresholds = switch (joined.activation()) {
            case Activation.Relu() -> Optional.empty();
            case Activation.JumpRelu(Tensor threshold) -> Optional.of(threshold);
            default -> throw new IllegalArgumentException("a cross-layer transcoder with " + joined.activation());
        };
        try (Scope _ = Scope.open()) {
            List<Layer> parts = new ArrayList<>();
            for (int layer = 0; layer < layers; layer++) {
                parts.add(part(joined.weights(), thresholds, layer, layers));
            }
            return new CrossLayerDictionary(parts, joined.origin());
        }
    }

    private static Layer part(Dictionary.Weights weights, Optional<Tensor> thresholds, int layer, int layers) {
        long latents = weights.encoder().dim(0) / layers;
        long size = weights.encoder().dim(1) / layers;
        long first = layer * latents;
        long from = layer * size;
        Tensor reads = weights.encoder().slice(0, first, first + latents); // [latent, layers * d]
        Tensor writes = weights.decoder().slice(0, first, first + latents);
        requireNone(reads, 0, from);
        requireNone(reads, from + size, layers * size);
        requireNone(writes, 0, from);
        return new Layer(
                reads.slice(1, from, from + size).contiguous().copy(),
                weights.encoderBias().slice(0, first, first + latents).copy(),
                thresholds.map(all -> all.slice(0, first, first + latents).copy()),
                writes.slice(1, from, layers * size)
                        .contiguous()
                        .reshape(latents, layers - layer, size)
                        .copy(),
                weights.decoderBias().slice(0, from, from + size).copy());
    }

    private static void requireNone(Tensor rows, long from, long to) {
        if (from < to && !rows.slice(1, from, to).equalTo(0).all()) {
            throw new IllegalArgumentException("a latent reads another layer than its own, or writes an earlier one");
        }
    }

    private void check(int index) {
        Layer layer = layers.get(index);
        long width = width();
        long size = size();
        require(index, "encoder", layer.encoder, width, size);
        require(index, "encoder bias", layer.encoderBias, width);
        layer.threshold.ifPresent(threshold -> require(index, "threshold", threshold, width));
        require(index, "decoder", layer.decoder, width, layers.size() - index, size);
        require(index, "decoder bias", layer.decoderBias, size);
    }

    private void require(int layer, String name, Tensor tensor, long... dims) {
        if (!Arrays.equals(tensor.shape().dims(), dims) || tensor.dtype() != dtype()) {
            throw new IllegalArgumentException("the " + name + " of layer " + layer + " is " + tensor.dtype() + " "
                    + tensor.shape() + "; expected " + dtype() + " " + Arrays.toString(dims));
        }
    }

    public List<Layer> layers() {
        return layers;
    }

    public Origin origin() {
        return origin;
    }

    /// How many latents each layer has.
    public int width() {
        return Math.toIntExact(layers.getFirst().encoder.dim(0));
    }

    /// How many numbers each input and output has.
    public int size() {
        return Math.toIntExact(layers.getFirst().encoder.dim(1));
    }

    public Dtype dtype() {
        return layers.getFirst().encoder.dtype();
    }

    /// The latents of one layer, of each token.
    ///
    /// @param x the layer's input, `[n, d]`
    public SparseRows encode(int layer, Tensor x) {
        Layer of = layers.get(layer);
        double[] thresholds = of.threshold.map(Tensor::toDoubles).orElseGet(() -> new double[width()]);
        return Scope.free(() -> SparseEncoding.above(x.contiguous(), of.encoder, of.encoderBias, thresholds));
    }

    /// The outputs of all layers, each `[n, d]`.
    ///
    /// @param codes of each layer
    public List<Tensor> decode(List<SparseRows> codes) {
        return Scope.keepAll(() -> {
            int rows = codes.getFirst().rows();
            List<Tensor> outputs = new ArrayList<>();
            for (Layer layer : layers) {
                outputs.add(layer.decoderBias.unsqueeze(0).expand(rows, size()));
            }
            for (int from = 0; from < layers.size(); from++) {
                int reach = layers.size() - from;
                Tensor decoder = layers.get(from).decoder.reshape(width(), (long) reach * size());
                Tensor written = codes.get(from).times(decoder); // [n, reach * d]
                for (int step = 0; step < reach; step++) {
                    Tensor part = written.slice(1, (long) step * size(), (step + 1L) * size());
                    outputs.set(from + step, outputs.get(from + step).plus(part));
                }
            }
            return outputs;
        });
    }

    @Override
    public void close() {
        owned.forEach(Tensor::close);
    }
}

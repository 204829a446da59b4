package cutaway.features.train;

import cutaway.features.coder.ActivationScale;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Batch;
import cutaway.interp.site.Site;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Batches of a store of activations, each site multiplied by a factor of its own so that the same settings suit every
/// model and layer.
public final class StoreSource implements Trainer.Source {

    /// What activations are multiplied by while a dictionary is trained; afterwards it goes into the weights.
    public enum Scale {
        /// Nothing.
        NONE,
        /// So that the tokens of the first batch have the mean norm `sqrt(d)` at each site (SAELens).
        MEAN_NORM,
        /// So that the numbers of the first batch have the mean square 1 at each site (dictionary_learning).
        MEAN_SQUARE
    }

    private final ActivationStore store;
    private final List<Site> inputs;
    private final List<Site> outputs;
    private final int size;
    private final double[] inFactors;
    private final double[] outFactors;

    /// @param inputs sites that are joined into the dictionary's inputs
    /// @param outputs those that are to be reconstructed; for autoencoders the same
    /// @param size tokens of a batch
    public StoreSource(ActivationStore store, List<Site> inputs, List<Site> outputs, int size, Scale scale) {
        this.store = store;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.size = size;
        inFactors = factors(this.inputs, scale);
        outFactors = inputs.equals(outputs) ? inFactors : factors(this.outputs, scale);
    }

    private double[] factors(List<Site> sites, Scale scale) {
        return Scope.free(() -> {
            Batch first = store.batch(sites, size, 0);
            return sites.stream()
                    .mapToDouble(site -> switch (scale) {
                        case NONE -> 1;
                        case MEAN_NORM -> ActivationScale.toMeanNorm(first.at(site));
                        case MEAN_SQUARE -> ActivationScale.toUnitMeanSquare(first.at(site));
                    })
                    .toArray();
        });
    }

    /// The factors, to be folded into the trained dictionary.
    public ActivationScale scale() {
        return ActivationScale.sites(inFactors, width(inputs), outFactors, width(outputs));
    }

    private int width(List<Site> sites) {
        return sites.stream().mapToInt(store::width).sum();
    }

    @Override
    public Trainer.Batch batch(long step) {
        Batch batch = store.batch(inputs, size, step);
        Tensor x = joined(batch, inputs, inFactors);
        return new Trainer.Batch(x, inputs.equals(outputs) ? x : joined(batch, outputs, outFactors));
    }

    private static Tensor joined(Batch batch, List<Site> sites, double[] factors) {
        return Scope.keep(() -> {
            List<Tensor> parts = new ArrayList<>();
            for (int i = 0; i < factors.length; i++) {
                Tensor part = batch.at(sites.get(i));
                parts.add(factors[i] == 1 ? part : part.times(factors[i]));
            }
            return parts.size() == 1 ? parts.getFirst() : Tensor.cat(parts, 1);
        });
    }
}

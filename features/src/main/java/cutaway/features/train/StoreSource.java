package cutaway.features.train;

import cutaway.features.coder.ActivationScale;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Batch;
import cutaway.interp.site.Site;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Batches of a store of activations, each site multiplied by a factor of its own so that the same settings suit every
/// model and layer. It owns the first batch until it is closed; the store stays the caller's.
public final class StoreSource implements Trainer.Source, AutoCloseable {

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
    private final Trainer.Batch first;

    /// Reads the first batch, which [#batch] gives again without reading it.
    ///
    /// @param inputs sites that are joined into the dictionary's inputs
    /// @param outputs those that are to be reconstructed; for autoencoders the same
    /// @param size tokens of a batch
    /// @throws cutaway.tensor.BadInputException when the first batch cannot be scaled
    public StoreSource(ActivationStore store, List<Site> inputs, List<Site> outputs, int size, Scale scale) {
        this.store = store;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.size = size;
        try (Scope _ = Scope.open()) {
            Map<Site, Tensor> vectors = read(0);
            inFactors = factors(vectors, this.inputs, scale);
            outFactors = factors(vectors, this.outputs, scale);
            var _ = new ActivationScale(inFactors, outFactors); // refuses what is all zero before the work
            first = joined(vectors);
            Scope.detach(first.x());
            Scope.detach(first.y());
        }
    }

    /// The vectors of each site, read once.
    private Map<Site, Tensor> read(long step) {
        Set<Site> sites = new LinkedHashSet<>(inputs);
        sites.addAll(outputs);
        Batch batch = store.batch(List.copyOf(sites), size, step);
        Map<Site, Tensor> vectors = new HashMap<>();
        sites.forEach(site -> vectors.put(site, batch.at(site)));
        return vectors;
    }

    private static double[] factors(Map<Site, Tensor> vectors, List<Site> sites, Scale scale) {
        return sites.stream()
                .mapToDouble(site -> switch (scale) {
                    case NONE -> 1;
                    case MEAN_NORM -> ActivationScale.toMeanNorm(of(vectors, site));
                    case MEAN_SQUARE -> ActivationScale.toUnitMeanSquare(of(vectors, site));
                })
                .toArray();
    }

    private static Tensor of(Map<Site, Tensor> vectors, Site site) {
        return Objects.requireNonNull(vectors.get(site));
    }

    /// The factors, to be folded into the trained dictionary.
    public ActivationScale scale() {
        return new ActivationScale(spread(inputs, inFactors), spread(outputs, outFactors));
    }

    /// The factor of each number.
    private double[] spread(List<Site> sites, double[] factors) {
        double[] all = new double[width(sites)];
        int at = 0;
        for (int i = 0; i < factors.length; i++) {
            int end = at + store.width(sites.get(i));
            Arrays.fill(all, at, end, factors[i]);
            at = end;
        }
        return all;
    }

    private int width(List<Site> sites) {
        return sites.stream().mapToInt(store::width).sum();
    }

    @Override
    public Trainer.Batch batch(long step) {
        if (step == 0) {
            Tensor x = first.x().copy();
            return new Trainer.Batch(x, first.x() == first.y() ? x : first.y().copy());
        }
        try (Scope scope = Scope.open()) {
            Trainer.Batch batch = joined(read(step));
            scope.release(batch.x());
            scope.release(batch.y());
            return batch;
        }
    }

    private Trainer.Batch joined(Map<Site, Tensor> vectors) {
        Tensor x = joined(vectors, inputs, inFactors);
        return new Trainer.Batch(x, inputs.equals(outputs) ? x : joined(vectors, outputs, outFactors));
    }

    private static Tensor joined(Map<Site, Tensor> vectors, List<Site> sites, double[] factors) {
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < factors.length; i++) {
            Tensor part = of(vectors, sites.get(i));
            parts.add(factors[i] == 1 ? part : part.times(factors[i]));
        }
        return parts.size() == 1 ? parts.getFirst() : Tensor.cat(parts, 1);
    }

    @Override
    public void close() {
        first.x().close();
        first.y().close();
    }
}

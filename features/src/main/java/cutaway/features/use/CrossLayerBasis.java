package cutaway.features.use;

import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.interp.basis.Codes;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// A cross-layer transcoder whose latents are used. They are numbered from those of layer 0 on; one of layer l reads
/// the MLP's input there, and has a direction at the MLP's output of l and of each later layer.
public final class CrossLayerBasis extends FeatureBasis {

    private final CrossLayerDictionary dictionary;

    /// @param name what users call it
    /// @param dictionary closed with this
    /// @throws BadInputException when it does not say the sites of each layer
    public CrossLayerBasis(String name, CrossLayerDictionary dictionary) {
        int numbers = dictionary.layers().size() * dictionary.size();
        super(new Place(name, dictionary.origin(), numbers, numbers));
        this.dictionary = dictionary;
        if (inputs().size() != layers() || outputs().size() != layers()) {
            throw new BadInputException(
                    "the cross-layer transcoder %s has %d layers and names %d inputs and %d outputs;"
                                    .formatted(
                                            name,
                                            layers(),
                                            inputs().size(),
                                            outputs().size())
                            + " its file has to name one of each a layer.");
        }
    }

    private int layers() {
        return dictionary.layers().size();
    }

    @Override
    public int width() {
        return layers() * dictionary.width();
    }

    @Override
    public Site first(int index) {
        return outputs().get(index / dictionary.width());
    }

    @Override
    public Codes encode(Tensor input) {
        double[] scales = new double[Math.toIntExact(input.dim(0))];
        Arrays.fill(scales, 1);
        boolean[] all = new boolean[scales.length];
        Arrays.fill(all, true);
        return new Codes(SparseRows.beside(layered(input)), scales, all);
    }

    private List<SparseRows> layered(Tensor input) {
        return Scope.free(() -> {
            List<Tensor> x = Place.parts(input.to(dictionary.dtype()), layers());
            return IntStream.range(0, layers())
                    .mapToObj(layer -> dictionary.encode(layer, x.get(layer)))
                    .toList();
        });
    }

    @Override
    public List<Values> reconstruct(Tensor input) {
        return Scope.free(
                () -> dictionary.decode(layered(input)).stream().map(Values::of).toList());
    }

    @Override
    public List<Part> direction(int index) {
        int layer = index / dictionary.width();
        return Scope.free(() -> {
            Tensor rows = dictionary.layers().get(layer).decoder().select(0, index % dictionary.width());
            return IntStream.range(layer, layers())
                    .mapToObj(to -> new Part(
                            outputs().get(to), rows.select(0, to - layer).toDoubles()))
                    .toList();
        });
    }

    @Override
    public void close() {
        dictionary.close();
    }
}

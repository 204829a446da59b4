package cutaway.interp;

import cutaway.model.Model;
import cutaway.model.family.LabShape;
import cutaway.model.parts.Activation;
import cutaway.model.parts.Readout.Distances;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import java.nio.file.Path;

/// A random model whose logits are read off distances: 2 layers, 3 heads, dModel 12, vocab 31, context 16, in
/// float64.
public final class HarmonicModel {

    private HarmonicModel() {}

    /// @param folder where its files are written
    public static Model open(Path folder, LabShape.NormKind norm) {
        LabShape shape = new LabShape(
                2,
                12,
                3,
                4,
                20,
                31,
                16,
                norm,
                LabShape.Positions.LEARNED,
                Activation.GELU,
                true,
                false,
                true,
                new Distances(5, 1e-4));
        return Model.open(ShapedModel.write(folder, shape), WeightOptions.in(Arithmetic.F64));
    }
}

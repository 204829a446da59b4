package cutaway.interp;

import cutaway.model.Model;
import cutaway.model.family.LabShape;
import cutaway.model.parts.Activation;
import cutaway.model.parts.Readout.Distances;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

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
        LinkedHashMap<String, Tensor> weights = new LinkedHashMap<>();
        Random random = new Random(11);
        try (Scope _ = Scope.open()) {
            shape.weights()
                    .forEach((name, size) ->
                            weights.put(name, random.normal(size.dims()).times(name.contains("norm") ? 1 : 0.4)));
            TensorFile.write(folder.resolve("model.safetensors"), weights, Map.of());
            Files.writeString(folder.resolve("config.json"), JsonMapper.shared().writeValueAsString(shape.config()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Model.open(folder, WeightOptions.in(Arithmetic.F64));
    }
}

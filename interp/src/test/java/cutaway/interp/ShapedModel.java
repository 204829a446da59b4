package cutaway.interp;

import cutaway.model.family.LabShape;
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

/// The files of a model of the lab's shape, with random weights.
public final class ShapedModel {

    private ShapedModel() {}

    /// @return the folder, to be opened
    public static Path write(Path folder, LabShape shape) {
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
        return folder;
    }
}

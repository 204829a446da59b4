package cutaway.model.family;

import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.GgufTensor;
import cutaway.model.weights.WeightMemory;
import cutaway.tensor.Shape;
import java.util.Set;

/// Weights in a GGUF file.
public final class GgufWeights extends Weights {

    private final GgufFile file;

    /// @param file stays open until these weights are closed
    public GgufWeights(GgufFile file, WeightMemory memory) {
        super(memory);
        this.file = file;
    }

    @Override
    Set<String> names() {
        return file.names();
    }

    @Override
    Shape storedShape(String name) {
        return new Shape(
                file.tensor(name).shape().stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    Stored stored(String name) {
        GgufTensor tensor = file.tensor(name);
        return new Stored(tensor.readable(), tensor.bytes());
    }

    @Override
    String where() {
        return file.path().toString();
    }

    @Override
    void closeFile() {
        file.close();
    }
}

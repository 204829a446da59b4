package cutaway.model.family;

import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.GgufTensor;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.util.Set;

/// Weights in a GGUF file.
public final class GgufWeights extends Weights {

    private final GgufFile file;

    /// @param file stays open until these weights are closed
    public GgufWeights(GgufFile file) {
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
    void read(String name, Tensor target) {
        GgufTensor tensor = file.tensor(name);
        tensor.unpack(target.data());
        tensor.bytes().unload(); // its pages are read once; they need not stay in memory beside what they became
    }

    @Override
    String where() {
        return file.path().toString();
    }

    @Override
    public void close() {
        file.close();
    }
}

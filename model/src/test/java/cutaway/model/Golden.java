package cutaway.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.parts.Tap;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.Entry;
import cutaway.tensor.safetensors.SafetensorsFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Reference values that Hugging Face transformers wrote from the same weights; see resources/golden/README.md.
public final class Golden implements AutoCloseable {

    private final SafetensorsFile file;

    private Golden(SafetensorsFile file) {
        this.file = file;
    }

    public static Path folder(String model) {
        return Path.of("src/test/resources/golden", model);
    }

    public static Golden of(String model) {
        return new Golden(SafetensorsFile.open(folder(model).resolve("golden.safetensors")));
    }

    Entry entry(String name) {
        return file.entry(name);
    }

    public int[] ids(String name) {
        return Arrays.stream(file.entry(name).bytes().toArray(ValueLayout.JAVA_LONG_UNALIGNED))
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /// The rows of a `[batch, pos]` tensor of ids.
    public int[] ids(String name, int row) {
        int[] all = ids(name);
        int length = Math.toIntExact(file.entry(name).shape().get(1));
        return Arrays.copyOfRange(all, row * length, (row + 1) * length);
    }

    public float[] floats(String name) {
        return file.entry(name).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    /// The worst |a - b| / |b| over positions, where a position is a row of the last axis.
    public static double worst(float[] expected, Tensor actual) {
        float[] values = actual.toFloats();
        assertTrue(values.length == expected.length, "lengths " + values.length + " and " + expected.length);
        int width = (int) actual.dim(-1);
        double worst = 0;
        for (int at = 0; at < values.length; at += width) {
            double error = 0;
            double norm = 0;
            for (int i = at; i < at + width; i++) {
                error += Math.pow((double) values[i] - expected[i], 2);
                norm += Math.pow(expected[i], 2);
            }
            worst = Math.max(worst, error == 0 ? 0 : Math.sqrt(error / norm));
        }
        return worst;
    }

    @Override
    public void close() {
        file.close();
    }

    /// Asserts that the model in a folder gives the logits of a golden file, for its two prompts of different lengths.
    public static void assertLogits(String name, Path folder) {
        try (Golden golden = of(name);
                Model model = Model.open(folder);
                Scope scope = Scope.open()) {
            List<int[]> prompts = List.of(golden.ids("input_ids", 0), golden.ids("input_ids", 1));
            Tensor logits = model.forward(Batch.of(prompts, Batch.Side.RIGHT), Tap.NONE);
            double worst = worst(golden.floats("logits"), logits);
            assertTrue(worst <= 1e-4, () -> "logits: " + worst);
        }
    }
}

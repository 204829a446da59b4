package cutaway.features.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The small dictionaries of src/test/resources/exchange: as their libraries saved them, with inputs, codes and
/// outputs by those libraries. scripts/golden/dictionaries.py makes them (SAELens 6.54.12, sparsify 1.3.3,
/// dictionary-learning 0.1.0, circuit-tracer 0.5.0; seed 7).
final class Golden {

    /// Float32 sums of 13 terms in another order, of numbers of size 10 at most.
    private static final double TOLERANCE = 2e-6;

    private static final Path ROOT = Path.of("src/test/resources/exchange");

    private Golden() {}

    static Path of(String name) {
        return ROOT.resolve(name);
    }

    static Stream<Path> all() {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files
                    .filter(file -> file.getFileName().toString().equals("expected.safetensors"))
                    .map(Path::getParent)
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Codes and outputs of what was opened are those that stand in the golden's folder.
    static void assertAgrees(Path golden, Opened opened) {
        try (Scope _ = Scope.open();
                SafetensorsFile expected = SafetensorsFile.open(golden.resolve("expected.safetensors"))) {
            Tensor x = TensorFile.read(expected, "x");
            List<Tensor> codes = new ArrayList<>();
            List<Tensor> outputs = new ArrayList<>();
            switch (opened) {
                case Opened.One(Format _, Dictionary dictionary) -> run(dictionary, x, codes, outputs);
                case Opened.Layers(Format _, List<Dictionary> layers) -> {
                    for (int i = 0; i < layers.size(); i++) {
                        run(layers.get(i), x.select(0, i), codes, outputs);
                    }
                }
                case Opened.CrossLayer(Format _, CrossLayerDictionary dictionary) -> {
                    List<SparseRows> rows = new ArrayList<>();
                    for (int i = 0; i < dictionary.layers().size(); i++) {
                        rows.add(dictionary.encode(i, x.select(0, i)));
                        codes.add(rows.get(i).dense(x.dtype()));
                    }
                    outputs.addAll(dictionary.decode(rows));
                }
            }
            close(TensorFile.read(expected, "codes"), Tensor.cat(codes, 0));
            close(TensorFile.read(expected, "output"), Tensor.cat(outputs, 0));
        }
    }

    private static void run(Dictionary dictionary, Tensor x, List<Tensor> codes, List<Tensor> outputs) {
        SparseRows rows = dictionary.encode(x);
        codes.add(rows.dense(x.dtype()));
        outputs.add(dictionary.decode(rows, x));
    }

    private static void close(Tensor expected, Tensor actual) {
        double[] wanted = expected.toDoubles();
        double largest = 0;
        for (double value : wanted) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertTrue(largest > 0.1, "an expected value that says nothing");
        assertArrayEquals(wanted, actual.toDoubles(), TOLERANCE * largest);
    }
}

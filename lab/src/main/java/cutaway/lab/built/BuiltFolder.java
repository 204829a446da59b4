package cutaway.lab.built;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Format;
import cutaway.features.exchange.NewFolder;
import cutaway.features.exchange.Numbers;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// A built network as a folder:
///
///     model.safetensors     as of a trained one of one instance: compression.weight and reads.weight [1, n, m],
///                           hidden.0.weight [1, n, n] and .bias [1, n], head.weight [1, m', n] and .bias
///     circuit.json          each output with its inputs and neurons
///     inputs, outputs       the true dictionaries of y and of h: what a trained one is to find
///     examples.safetensors  x [trial, m], y and hidden [trial, n], truth [trial, m']
///
/// Whoever tests a method reads `examples.safetensors`, and the rest once it has answered.
public final class BuiltFolder {

    static final String CIRCUIT = "circuit.json";
    static final String MODEL = "model.safetensors";
    static final String EXAMPLES = "examples.safetensors";
    static final String INPUTS = "inputs";
    static final String OUTPUTS = "outputs";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private BuiltFolder() {}

    /// What `circuit.json` holds.
    ///
    /// @param network its kind
    /// @param codes what codes belong to
    public record Circuit(
            String network, int inputs, int neurons, AndNetwork.Codes codes, long seed, List<AndNetwork.And> ands) {}

    /// Builds a network and writes it; the folder is complete or not there.
    ///
    /// @param examples trials, drawn by the seed after the network's
    /// @return the share of the examples for which any output is wrong
    /// @throws BadInputException when there is something there already
    /// @throws java.io.UncheckedIOException when the disk refuses
    public static double write(int inputs, int neurons, AndNetwork.Codes codes, long seed, int examples, Path target) {
        if (examples < 1) {
            throw new BadInputException(examples + " examples of a network; expected at least 1.");
        }
        NewFolder.check(target);
        try (AndNetwork network = AndNetwork.of(inputs, neurons, codes, seed);
                Scope _ = Scope.open()) {
            NewFolder.write(target, folder -> {
                writeModel(network, folder.resolve(MODEL));
                Files.writeString(
                        folder.resolve(CIRCUIT),
                        JSON.writerWithDefaultPrettyPrinter()
                                        .writeValueAsString(
                                                new Circuit("and", inputs, neurons, codes, seed, network.circuit()))
                                + "\n");
                writeDictionaries(network, folder);
                writeExamples(network, examples, seed, folder.resolve(EXAMPLES));
            });
            return network.error(examples, new Random(seed + 1).generator());
        }
    }

    private static void writeModel(AndNetwork network, Path file) {
        LinkedHashMap<String, Tensor> all = new LinkedHashMap<>();
        all.put("compression.weight", network.compression().unsqueeze(0));
        all.put("reads.weight", network.reads().unsqueeze(0));
        all.put("hidden.0.weight", network.weights().unsqueeze(0));
        all.put("hidden.0.bias", Tensor.ones(1, network.neurons()).negate());
        all.put("head.weight", network.readout().unsqueeze(0));
        all.put("head.bias", Tensor.ones(1, network.inputs()).times(-AndNetwork.YES));
        TensorFile.write(file, all, Map.of("network", "and"));
    }

    private static void writeDictionaries(AndNetwork network, Path folder) throws IOException {
        try (Dictionary ofInputs = dictionary(network.inputDirections(), network.inputDirections());
                Dictionary ofOutputs = dictionary(
                        network.readout(),
                        network.readout().greater(0).to(network.weights().dtype()))) {
            DictionaryFiles.write(ofInputs, Format.CUTAWAY, Numbers.FULL, folder.resolve(INPUTS));
            DictionaryFiles.write(ofOutputs, Format.CUTAWAY, Numbers.FULL, folder.resolve(OUTPUTS));
        }
    }

    /// Codes above one half, as they are.
    private static Dictionary dictionary(Tensor encoder, Tensor decoder) {
        int width = Math.toIntExact(encoder.dim(0));
        Tensor threshold = Tensor.full(AndNetwork.YES, encoder.dtype(), width);
        return new Dictionary(
                new Dictionary.Weights(
                        encoder,
                        Tensor.full(0, encoder.dtype(), width),
                        decoder,
                        Tensor.full(0, encoder.dtype(), encoder.dim(1)),
                        Optional.empty()),
                new Activation.JumpRelu(threshold),
                false,
                Scaling.NONE,
                new Origin("", List.of(), List.of(), Map.of("built", "a network of ANDs: the truth, not trained")));
    }

    private static void writeExamples(AndNetwork network, int examples, long seed, Path file) {
        int[][] set = network.trials(examples, new Random(seed + 1).generator());
        int inputs = network.inputs();
        float[] x = new float[examples * inputs];
        boolean[] truth = new boolean[examples * inputs];
        for (int trial = 0; trial < examples; trial++) {
            for (int input : set[trial]) {
                x[trial * inputs + input] = 1;
            }
            System.arraycopy(network.truth(set[trial]), 0, truth, trial * inputs, inputs);
        }
        LinkedHashMap<String, Tensor> all = new LinkedHashMap<>();
        all.put("x", Tensor.of(x, examples, inputs));
        all.put("y", network.compressed(set));
        all.put("hidden", network.hidden(set));
        all.put("truth", Tensor.of(truth, examples, inputs));
        TensorFile.write(file, all, Map.of("network", "and"));
    }
}

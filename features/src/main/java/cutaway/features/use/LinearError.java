package cutaway.features.use;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The linear part of a dictionary's error, as a map that was fitted to it on text of its own and is kept in a file
/// (Engels et al. 2024, arXiv:2410.14670):
///
///     e_lin = W x + b        e_non = e - e_lin
///
/// @param facts what the file says beside the numbers
/// @param weights `[dIn, dOut]` float64, by which a row x is multiplied; freed when this is closed
/// @param constant `[dOut]` float64, the same
public record LinearError(Facts facts, Tensor weights, Tensor constant) implements AutoCloseable {

    private static final String HEADER = "error map";
    private static final String AGAIN = "; fit it anew with cutaway features error --out.";

    /// @param dictionary SHA-256 of its files
    /// @param inputs sites that it reads, by their TransformerLens names
    /// @param outputs sites that it writes
    /// @param store the activations that the map was fitted to
    /// @param tokens how many it was fitted to
    /// @param measured how many others what follows was measured on
    /// @param fvu what the dictionary leaves of the variance
    /// @param fvuNonlinear what it leaves with the linear part added
    /// @param vector R² of the error, the mean over dimensions
    public record Facts(
            String dictionary,
            List<String> inputs,
            List<String> outputs,
            String store,
            int tokens,
            int measured,
            double fvu,
            double fvuNonlinear,
            double vector) {}

    public LinearError {
        List.of(weights, constant).forEach(Scope::detach);
    }

    /// What is foretold of the error, `[n, dOut]` float64.
    ///
    /// @param x `[n, dIn]`
    public Tensor of(Tensor x) {
        return Scope.keep(() -> x.to(Dtype.F64).matmul(weights).plus(constant));
    }

    /// Where the map of a dictionary is looked for: beside its weights.
    public static Path beside(Path dictionary) {
        return dictionary.resolve(DictionaryFiles.ERROR_MAP);
    }

    /// The map that lies beside a dictionary's weights, if there is one.
    public static Optional<Path> found(Path dictionary) {
        return Optional.of(beside(dictionary)).filter(Files::isRegularFile);
    }

    /// Writes it to a safetensors file, with its facts in the header.
    ///
    /// @throws java.io.UncheckedIOException when the disk refuses
    public void write(Path file) {
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("weights", weights);
        tensors.put("constant", constant);
        TensorFile.write(file, tensors, Map.of(HEADER, JsonMapper.shared().writeValueAsString(facts)));
    }

    /// Reads what [#write] wrote, of one dictionary.
    ///
    /// @param folder of the dictionary
    /// @throws BadInputException when the file cannot be read, or is of another dictionary
    public static LinearError read(Path path, Path folder, Dictionary dictionary) {
        try (SafetensorsFile file = SafetensorsFile.open(path);
                Scope _ = Scope.open()) {
            String header = file.metadata().get(HEADER);
            if (header == null) {
                throw new BadInputException(path + " holds no map of a dictionary's error; give a file that cutaway"
                        + " features error --out wrote.");
            }
            Facts facts = JsonMapper.shared().readValue(header, Facts.class);
            Tensor weights = TensorFile.read(file, "weights").to(Dtype.F64);
            Tensor constant = TensorFile.read(file, "constant").to(Dtype.F64);
            check(path, folder, facts, weights, constant, dictionary);
            return new LinearError(facts, weights, constant);
        } catch (JacksonException e) {
            throw new BadInputException(path + " says nothing readable of its map" + AGAIN, e);
        }
    }

    private static void check(
            Path path, Path folder, Facts facts, Tensor weights, Tensor constant, Dictionary dictionary) {
        long[] wanted = {dictionary.dIn(), dictionary.dOut()};
        if (!Arrays.equals(weights.shape().dims(), wanted)
                || !Arrays.equals(constant.shape().dims(), new long[] {dictionary.dOut()})) {
            throw new BadInputException(
                    "the error map %s is %s with a constant of %s, where the dictionary %s reads %d numbers and writes %d"
                                    .formatted(
                                            path,
                                            weights.shape(),
                                            constant.shape(),
                                            folder,
                                            dictionary.dIn(),
                                            dictionary.dOut())
                            + AGAIN);
        }
        if (!facts.inputs.equals(names(dictionary.origin().inputs()))
                || !facts.outputs.equals(names(dictionary.origin().outputs()))) {
            throw new BadInputException("the error map %s is of a dictionary of %s, and %s is of %s"
                            .formatted(
                                    path,
                                    String.join(", ", facts.outputs),
                                    folder,
                                    String.join(", ", names(dictionary.origin().outputs())))
                    + AGAIN);
        }
        if (!facts.dictionary.equals(DictionaryFiles.sha256(folder))) {
            throw new BadInputException("the error map " + path + " was fitted to the error of another dictionary than "
                    + folder + ", or before its files changed" + AGAIN);
        }
        if (!weights.isFinite().all() || !constant.isFinite().all()) {
            throw new BadInputException("the error map " + path + " has numbers that are not finite" + AGAIN);
        }
    }

    private static List<String> names(List<Site> sites) {
        return sites.stream().map(Site::text).toList();
    }

    @Override
    public void close() {
        weights.close();
        constant.close();
    }
}

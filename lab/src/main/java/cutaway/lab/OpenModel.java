package cutaway.lab;

import cutaway.lab.head.Head;
import cutaway.lab.net.TransformerNet;
import cutaway.lab.task.TaskData;
import cutaway.model.Model;
import cutaway.model.family.LabShape;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.TemporaryFolder;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// One instance of a trained transformer as a folder that opens like a model from outside.
public final class OpenModel {

    private static final JsonMapper JSON = JsonMapper.shared();

    private OpenModel() {}

    /// Whether a recipe makes models that can be opened.
    public static boolean isOf(Recipe recipe) {
        return recipe.net() instanceof TransformerNet && !(recipe.head() instanceof Head.Spherical);
    }

    /// Opens an instance of a training, with the parameters at its end; the caller closes it.
    ///
    /// @param instance its number in [Recipe#instances]
    /// @throws BadInputException when it is no transformer that can be opened
    public static Model open(Trained trained, int instance) {
        return open(trained, instance, trained.parameters());
    }

    /// The same with other parameters, such as those of a snapshot.
    public static Model open(Trained trained, int instance, Map<String, Tensor> parameters) {
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            write(trained.recipe(), instance, parameters, folder.path());
            return Model.open(folder.path());
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write a model of " + trained.folder() + " to open it (" + e.getMessage()
                            + "); make room in the folder for temporary files.",
                    e);
        }
    }

    /// The name of an instance's folder.
    static String name(Recipe recipe, int instance) {
        TaskData.Instance one = recipe.instances().get(instance);
        return "seed-" + one.seed() + (recipe.task().variants().size() == 1 ? "" : "-variant-" + one.variant());
    }

    /// @param parameters `[instance, ...]` each
    /// @param folder that is there, and empty
    static void write(Recipe recipe, int instance, Map<String, Tensor> parameters, Path folder) throws IOException {
        if (!(recipe.net() instanceof TransformerNet net)) {
            throw new BadInputException("a training of another net than a transformer cannot be opened as a model;"
                    + " read its parameters.");
        }
        LabShape shape = net.shape(recipe.task().input(), recipe.head());
        Files.writeString(folder.resolve("config.json"), JSON.writeValueAsString(shape.config()));
        Files.writeString(
                folder.resolve("tokenizer.json"),
                JSON.writeValueAsString(tokenizer(recipe.task().words())));
        try (Scope _ = Scope.open()) {
            LinkedHashMap<String, Tensor> weights = new LinkedHashMap<>();
            for (String name : shape.weights().keySet()) {
                Tensor all = parameters.get(name);
                if (all == null) {
                    throw new IllegalArgumentException("no parameter " + name + " among " + parameters.keySet());
                }
                weights.put(name, all.select(0, instance).to(Dtype.F32).contiguous());
            }
            TensorFile.write(folder.resolve("model.safetensors"), weights, Map.of());
        }
    }

    /// Words with spaces between them.
    private static Map<String, Object> tokenizer(List<String> words) {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        words.forEach(word -> vocabulary.put(word, vocabulary.size()));
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "WordLevel");
        model.put("vocab", vocabulary);
        model.put("unk_token", "<unknown>");
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", "1.0");
        all.put("added_tokens", List.of());
        all.put("pre_tokenizer", Map.of("type", "WhitespaceSplit"));
        all.put("model", model);
        return all;
    }
}

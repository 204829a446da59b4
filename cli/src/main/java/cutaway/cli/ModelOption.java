package cutaway.cli;

import cutaway.interp.explain.Explanation;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.model.gguf.GgufFile;
import cutaway.model.hub.Hub;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// `--model`, and what it names.
final class ModelOption {

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = Hub.DEFAULT,
            description = "A GGUF file, a folder with config.json and safetensors, a known name, or OWNER/REPO[:FILE]"
                    + " after cutaway pull (default: ${DEFAULT-VALUE}).")
    private String model = Hub.DEFAULT;

    /// What a record says of the model, so that its numbers can be repeated.
    Explanation.ModelFacts facts(Model opened, WeightOption weights) {
        return facts(model, opened, weights);
    }

    /// As [#facts(Model, WeightOption)], of a model that another option named.
    static Explanation.ModelFacts facts(String name, Model opened, WeightOption weights) {
        Sizes sizes = opened.sizes();
        return new Explanation.ModelFacts(
                name,
                opened.sha256(),
                opened.family(),
                sizes.layers(),
                sizes.heads(),
                sizes.dModel(),
                "cpu",
                weights.typeName());
    }

    /// Whether [#path] finds it without fetching anything; only the default one is ever fetched.
    boolean isHere() {
        return !model.equals(Hub.DEFAULT) || Hub.here(Hub.DEFAULT).isPresent();
    }

    /// As it was given.
    String name() {
        return model;
    }

    Path path() {
        return Hub.resolve(model);
    }

    /// The tokenizer alone, without the weights; to be closed by the caller.
    Tokenizer tokenizer() {
        Path path = path();
        if (Files.isDirectory(path)) {
            if (!Files.isRegularFile(path.resolve("tokenizer.json"))) {
                throw new BadInputException(path + " holds no tokenizer.json; put the model's own beside config.json.");
            }
            return Tokenizer.ofJson(path);
        }
        try (GgufFile file = GgufFile.open(path)) {
            return Tokenizer.of(file);
        }
    }
}

package cutaway.cli;

import cutaway.model.export.Exported;
import cutaway.model.gguf.BlockType;
import cutaway.model.hub.Hub;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway export`: a model in another form.
@Command(
        name = "export",
        description = {
            "Writes a model in another form: a Hugging Face folder, or a GGUF file.",
            "What was written is opened again and compared with its source before it comes into its place."
        },
        subcommands = {Export.Hf.class, Export.Gguf.class},
        footer = {"", "Example:", "  cutaway export hf smollm2-135m-instruct --out smollm2"},
        mixinStandardHelpOptions = true)
final class Export extends VerbGroup {

    private static final String MODEL = "A GGUF file, a folder with config.json and safetensors, or a known name.";

    @Command(
            name = "hf",
            description = {
                "Writes a model as a Hugging Face folder: config.json, model.safetensors and the tokenizer.",
                "transformers opens it with from_pretrained(FOLDER)."
            },
            footer = {"", "Example:", "  cutaway export hf smollm2-135m-instruct --out smollm2"},
            mixinStandardHelpOptions = true)
    static final class Hf implements Callable<Integer> {

        @Parameters(paramLabel = "MODEL", description = MODEL)
        @SuppressWarnings("NullAway.Init") // set by picocli
        private String model;

        @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "The folder to make.")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Path out;

        @Option(
                names = "--type",
                defaultValue = "f32",
                paramLabel = "TYPE",
                description = "What the weights are written in: f32, bf16 or f16 (default: ${DEFAULT-VALUE}).")
        private String type = "f32";

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            BlockType asked = type(type, cutaway.model.export.Export.FOLDER_TYPES);
            print(console, cutaway.model.export.Export.toFolder(Hub.resolve(model), out, asked, console::progress));
            return 0;
        }
    }

    @Command(
            name = "gguf",
            description = {
                "Writes a model as a GGUF file, with the names and layouts of llama.cpp's converter.",
                "What GGUF cannot say of a model (a window in Mistral, dynamic rotary scaling) is refused by name."
            },
            footer = {"", "Example:", "  cutaway export gguf smollm2-135m-instruct --out smollm2.gguf --type q8_0"},
            mixinStandardHelpOptions = true)
    static final class Gguf implements Callable<Integer> {

        @Parameters(paramLabel = "MODEL", description = MODEL)
        @SuppressWarnings("NullAway.Init") // set by picocli
        private String model;

        @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to make.")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Path out;

        @Option(
                names = "--type",
                paramLabel = "TYPE",
                description = "What matrices are written in: f32, f16, bf16, q8_0, q4_0 or q4_1; all else is f32"
                        + " (default: f32, or the blocks of a quantised source as they are).")
        private @Nullable String type;

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            Optional<BlockType> asked =
                    Optional.ofNullable(type).map(name -> type(name, cutaway.model.export.Export.GGUF_TYPES));
            print(console, cutaway.model.export.Export.toGguf(Hub.resolve(model), out, asked, console::progress));
            return 0;
        }
    }

    private static BlockType type(String name, List<BlockType> known) {
        return known.stream()
                .filter(type -> type.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new BadInputException("--type is " + name + "; expected "
                        + known.stream()
                                .map(type -> type.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + "."));
    }

    private static void print(Console console, Exported exported) {
        exported.notes().forEach(console::note);
        if (console.isJson()) {
            console.json(exported);
            return;
        }
        console.line(
                "%s  %s, %s, %d weights, %.1f MB",
                exported.path(), exported.family(), exported.type(), exported.weights(), exported.bytes() / 1e6);
        console.line(
                "beside its source: weights within %.1e, logits within %.1e (|a-b|/|b|), KL %.1e nats",
                exported.weightError(), exported.logitError(), exported.kl());
    }
}

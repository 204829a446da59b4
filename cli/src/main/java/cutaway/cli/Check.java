package cutaway.cli;

import cutaway.interp.check.Against;
import cutaway.interp.check.Certificate;
import cutaway.interp.check.Comparison;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway check`: certifies models, or measures how far they are from a reference.
@Command(
        name = "check",
        description = {
            "Certifies a model by running it, or measures with --against how far it is from another.",
            "Certified: edits at every site do what they say, batches, padding and caches give the same numbers, and"
                    + " the values of a golden file agree. Exit code 1 when one does not, of any model.",
            "--against: the error of every layer, of the logits, and of what they predict, over the same tokens."
        },
        footer = {
            "",
            "Example:",
            "  cutaway check smollm2-135m-instruct --golden golden.safetensors",
            "  cutaway check model-q4_0.gguf --against model-folder --text book.txt"
        },
        mixinStandardHelpOptions = true)
final class Check implements Callable<Integer> {

    private static final int PROMPTS = 16;

    @Parameters(
            arity = "1..*",
            paramLabel = "MODEL",
            description = "A GGUF file, a folder with config.json and safetensors, or a known name; several are checked"
                    + " one after another.")
    private List<String> models = List.of();

    @Option(
            names = "--golden",
            paramLabel = "FILE",
            description = "Reference values (safetensors); default: golden.safetensors in the model's folder, if any.")
    private @Nullable Path golden;

    @Option(
            names = "--against",
            paramLabel = "MODEL",
            description = "Measure how far each model is from this one, of the same shape and vocabulary.")
    private @Nullable String against;

    @Option(
            names = "--text",
            paramLabel = "FILE",
            description = "UTF-8 text for --against, cut into sequences of up to 128 tokens; default: built-in English"
                    + " texts, or random ids where there is no tokenizer.")
    private @Nullable Path text;

    @Option(
            names = "--prompts",
            paramLabel = "N",
            description = "Most sequences for --against, 1 or more (default: " + PROMPTS + ").")
    private @Nullable Integer prompts;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of random prompts and replacements, any whole number (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What JSON says of one of several models that could not be checked.
    record Refused(String model, String refused) {}

    @Override
    public Integer call() {
        checkOptions();
        List<Path> paths = models.stream().map(Hub::resolve).toList();
        if (against == null) {
            return each(paths, this::certify);
        }
        try (Model reference = Model.open(Hub.resolve(against))) {
            return each(paths, path -> compare(path, reference));
        }
    }

    private void checkOptions() {
        if (golden != null && !Files.isRegularFile(golden)) {
            throw new BadInputException(
                    "there is no file " + golden + "; give a safetensors file of reference values.");
        }
        if (against == null && !weights.isExact()) {
            throw new BadInputException(
                    "a certificate is of float32 or float64; give --against MODEL to see what bf16 changes.");
        }
        if (golden != null && models.size() > 1) {
            throw new BadInputException("--golden belongs to one model, and " + models.size()
                    + " were given; put a golden.safetensors into each folder.");
        }
        if (golden != null && against != null) {
            throw new BadInputException(
                    "--golden and --against are two ways to say what to compare with; give one of them.");
        }
        if (against == null && (text != null || prompts != null)) {
            throw new BadInputException("--text and --prompts say what to compare on; give --against MODEL with them.");
        }
    }

    /// What is done with one model.
    private interface Work {
        /// Whether it passed.
        boolean passes(Path model);
    }

    /// One model after another. One alone that cannot be opened ends the program, as in every verb; among others it is
    /// told, and fails.
    private int each(List<Path> paths, Work work) {
        if (paths.size() == 1) {
            return work.passes(paths.getFirst()) ? 0 : 1;
        }
        List<Path> failed = new ArrayList<>();
        int refused = 0;
        for (Path path : paths) {
            try {
                if (!work.passes(path)) {
                    failed.add(path);
                }
            } catch (BadInputException e) {
                refused++;
                refuse(path, String.valueOf(e.getMessage()));
            }
            if (!console.isJson()) {
                console.line("");
            }
        }
        if (!console.isJson()) {
            summarise(paths.size(), failed, refused);
        }
        return failed.isEmpty() && refused == 0 ? 0 : 1;
    }

    private void refuse(Path path, String why) {
        if (console.isJson()) {
            console.json(new Refused(path.toString(), why));
        } else {
            console.line("REFUSED: %s", why);
        }
    }

    private void summarise(int all, List<Path> failed, int refused) {
        String names = String.join(", ", failed.stream().map(Path::toString).toList());
        console.line(
                "%d models: %d %s, %d failed%s, %d refused",
                all,
                all - failed.size() - refused,
                against == null ? "passed" : "compared",
                failed.size(),
                names.isEmpty() ? "" : " (" + names + ")",
                refused);
    }

    private boolean certify(Path path) {
        Optional<Path> file = golden == null ? cutaway.interp.check.Check.goldenOf(path) : Optional.of(golden);
        try (Model opened = weights.open(path, console)) {
            Certificate certificate = cutaway.interp.check.Check.certify(opened, file, seed, console::progress);
            if (console.isJson()) {
                console.json(certificate);
            } else {
                new CheckTables(console).print(certificate);
            }
            return certificate.passed();
        }
    }

    /// A comparison has no limit to pass.
    private boolean compare(Path path, Model reference) {
        try (Model opened = weights.open(path, console)) {
            Comparison comparison = Against.compare(
                    opened,
                    reference,
                    Optional.ofNullable(text),
                    prompts == null ? PROMPTS : prompts,
                    seed,
                    console::progress);
            if (console.isJson()) {
                console.json(comparison);
            } else {
                new CheckTables(console).print(comparison);
            }
            return true;
        }
    }
}

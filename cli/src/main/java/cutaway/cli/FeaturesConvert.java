package cutaway.cli;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.Description;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Format;
import cutaway.features.exchange.Numbers;
import cutaway.features.exchange.Opened;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features convert`: dictionaries in another form.
@Command(
        name = "convert",
        description = {
            "Writes dictionaries in another form, as a new folder that is complete or not there.",
            "Several are the transcoders of the layers from 0: circuit-tracer has them in one folder, each other form"
                    + " has a folder for each. What a form cannot hold is refused by name."
        },
        footer = {"", "Example:", "  cutaway features convert layers.5 resid-5 --format saelens"},
        mixinStandardHelpOptions = true)
final class FeaturesConvert implements Callable<Integer> {

    @Parameters(
            index = "0..*",
            arity = "2..*",
            hideParamSyntax = true,
            paramLabel = "IN... OUT",
            description = "The folders of the dictionaries, and last the folder to make.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<Path> paths;

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORM",
            description = "cutaway (a SAELens folder that holds all that Cutaway has), saelens (6.54.12 opens it),"
                    + " sparsify (1.3.3) or circuit-tracer (0.5.0).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String format;

    @Option(
            names = "--weights",
            defaultValue = "full",
            paramLabel = "TYPE",
            description =
                    "What matrices are written in: full (as they are), bf16, or int8 with a scale for each latent,"
                            + " of the form cutaway only (default: $" + "{DEFAULT-VALUE}).")
    private String weights = "full";

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Converted(String path, String format, String weights, List<Description> dictionaries) {}

    @Override
    public Integer call() {
        Format to = Format.named(format);
        Numbers numbers = Numbers.named(weights);
        Path target = paths.getLast();
        List<Description> written;
        try (Opened opened = open(paths.subList(0, paths.size() - 1))) {
            DictionaryFiles.write(opened, to, numbers, target);
            written = Description.of(opened);
        }
        if (console.isJson()) {
            console.json(new Converted(target.toString(), to.text(), numbers.text(), written));
            return 0;
        }
        for (Description dictionary : written) {
            console.line("%s  %s, %s, %d latents", target, to.text(), dictionary.kind(), dictionary.width());
        }
        return 0;
    }

    private static Opened open(List<Path> folders) {
        if (folders.size() == 1) {
            return DictionaryFiles.open(folders.getFirst());
        }
        List<Dictionary> layers = new ArrayList<>();
        try {
            for (Path folder : folders) {
                layers.add(DictionaryFiles.openOne(folder));
            }
        } catch (RuntimeException e) {
            layers.forEach(Dictionary::close);
            throw e;
        }
        return new Opened.Layers(Format.CUTAWAY, layers);
    }
}

package cutaway.cli;

import cutaway.features.exchange.Description;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Opened;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cutaway features show`: what a file or folder of dictionaries holds.
@Command(
        name = "show",
        description = {
            "Shows what a dictionary is: its kind, width, sites, type and size, and what its file says of its"
                    + " training.",
            "Read are folders of SAELens, sparsify, circuit-tracer, dictionary_learning, Gemma Scope and our own."
        },
        footer = {"", "Example:", "  cutaway features show layers.5"},
        mixinStandardHelpOptions = true)
final class FeaturesShow implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "The folder of a dictionary, or an .npz file of Gemma Scope.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path folder;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param bytes of the files
    private record Shown(String path, String format, long bytes, List<Description> dictionaries) {}

    @Override
    public Integer call() {
        Shown shown;
        try (Opened opened = DictionaryFiles.open(folder)) {
            shown = new Shown(folder.toString(), opened.format().text(), bytes(), Description.of(opened));
        }
        if (console.isJson()) {
            console.json(shown);
            return 0;
        }
        console.line("%s  %s, %s", shown.path(), shown.format(), size(shown.bytes()));
        for (Description dictionary : shown.dictionaries()) {
            print(dictionary);
        }
        return 0;
    }

    private void print(Description dictionary) {
        console.line(
                "%s  %s%d latents, %d to %d numbers%s, %s",
                dictionary.kind(),
                dictionary.layers() > 1 ? dictionary.layers() + " layers of " : "",
                dictionary.width(),
                dictionary.dIn(),
                dictionary.dOut(),
                dictionary.k().map(k -> ", k " + k).orElse(""),
                dictionary.type());
        field("model", dictionary.model().isEmpty() ? "not said" : dictionary.model());
        field("reads", sites(dictionary.inputs()));
        field("writes", sites(dictionary.outputs()));
        field(
                "input",
                (dictionary.centres() ? "less the decoder's bias" : "as it is") + ", scaling "
                        + dictionary.scaling().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        dictionary.notes().forEach((name, note) -> field(name, note));
    }

    private void field(String name, String value) {
        console.line("    %-26s %s", name, value.replaceAll("\\s*\\R\\s*", " "));
    }

    private static String sites(List<Site> sites) {
        return sites.isEmpty() ? "not known" : sites.stream().map(Site::text).collect(Collectors.joining(", "));
    }

    private static String size(long bytes) {
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    /// A file of a folder stands for the folder, but for one that is a dictionary alone.
    private long bytes() {
        boolean part = Files.isRegularFile(folder) && !folder.toString().endsWith(".npz");
        Path whole = part ? folder.toAbsolutePath().resolveSibling("") : folder;
        try (Stream<Path> files = Files.walk(whole)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new BadInputException("cannot read " + folder + " (" + e + ").", e);
        }
    }
}

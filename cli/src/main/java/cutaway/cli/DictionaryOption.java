package cutaway.cli;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.use.FeatureBasis;
import cutaway.features.use.LinearError;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// `--dictionary` and `--error-map`, and what they name. A dictionary is called as its folder is.
sealed class DictionaryOption permits SplicedOption {

    @Option(
            names = "--dictionary",
            paramLabel = "DIR",
            description = "The folder of a dictionary whose features are asked about; its name is that of the folder."
                    + " May be repeated.")
    private List<Path> folders = new ArrayList<>();

    @Option(
            names = "--error-map",
            paramLabel = "FILE",
            description = "What splits the error of --dictionary in a linear and a nonlinear part, as cutaway features"
                    + " error --out wrote it; of several dictionaries in their order (default: error-map.safetensors in"
                    + " the dictionary's folder, where there is one).")
    private List<Path> errorMaps = new ArrayList<>();

    final boolean isGiven() {
        return !folders.isEmpty();
    }

    /// The name of the first.
    final Optional<String> first() {
        return folders.stream().findFirst().map(DictionaryOption::name);
    }

    /// @throws BadInputException when an option is about a dictionary that is not given
    void check() {
        if (errorMaps.size() > folders.size()) {
            throw new BadInputException("--error-map is given " + errorMaps.size() + " times and --dictionary "
                    + folders.size() + " times; give at most one for each dictionary, in their order.");
        }
    }

    /// Opened dictionaries, to be closed.
    record Opened(List<FeatureBasis> bases) implements AutoCloseable {

        @Override
        public void close() {
            bases.forEach(FeatureBasis::close);
        }
    }

    /// @throws BadInputException when a folder holds no dictionary that can be used
    final Opened open() {
        List<FeatureBasis> bases = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            Path folder = folders.get(i);
            try {
                bases.add(FeatureBasis.open(name(folder), folder, errorMap(i)));
            } catch (RuntimeException e) {
                new Opened(bases).close();
                throw e;
            }
        }
        return new Opened(bases);
    }

    private Optional<Path> errorMap(int dictionary) {
        return dictionary < errorMaps.size()
                ? Optional.of(errorMaps.get(dictionary))
                : LinearError.found(folders.get(dictionary));
    }

    /// @throws BadInputException when a dictionary's files do not say of which site it is
    static void checkSites(Path folder, Dictionary dictionary) {
        if (dictionary.origin().inputs().isEmpty()
                || dictionary.origin().outputs().isEmpty()) {
            throw new BadInputException("the files of " + folder + " do not say which site it reads; convert it with"
                    + " cutaway features convert, which takes a site.");
        }
    }

    /// What is a sign of the language of sites becomes `_`.
    static String name(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return (name == null ? "dictionary" : name.toString()).replaceAll("[\\[\\]@,:\\s]", "_");
    }

    /// What a record says of the dictionaries, so that its numbers can be repeated: the SHA-256 of each, and of what
    /// splits its error.
    final Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        for (int i = 0; i < folders.size(); i++) {
            String name = name(folders.get(i));
            facts.put("dictionary " + name, DictionaryFiles.sha256(folders.get(i)));
            errorMap(i).ifPresent(map -> facts.put("error map " + name, DictionaryFiles.sha256(map)));
        }
        return facts;
    }
}

package cutaway.features.exchange;

import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Dictionaries from files and into files, in our form and in those of other libraries.
///
///     try (Opened opened = DictionaryFiles.open(Path.of("layer_20/width_16k/average_l0_71"))) { ... }
///     DictionaryFiles.write(dictionary, Format.CUTAWAY, Numbers.INT8, Path.of("resid-12"));
public final class DictionaryFiles {

    /// What the map that splits a dictionary's error is called where it lies in the dictionary's folder.
    public static final String ERROR_MAP = "error-map.safetensors";

    /// Files that lie in a dictionary's folder; named themselves, they stand for it.
    private static final Set<String> PARTS = Set.of(
            SaeLensFolder.SETTINGS,
            SaeLensFolder.WEIGHTS,
            SparsifyFolder.WEIGHTS,
            CircuitTracerFolder.SETTINGS,
            DictionaryLearningFolder.SETTINGS,
            DictionaryLearningFolder.WEIGHTS,
            GemmaScope.FIRST,
            GemmaScope.SECOND);

    private DictionaryFiles() {}

    /// Opens what lies there, whatever form it has.
    ///
    /// @param path a folder, a file in it, or an `.npz` of Gemma Scope
    /// @throws BadInputException when it is none of [Format], or not as its form has it
    public static Opened open(Path path) {
        if (Files.isRegularFile(path)) {
            Path parent = path.toAbsolutePath().getParent();
            String name = path.getFileName().toString();
            if (name.endsWith(".npz")) {
                return new Opened.One(Format.GEMMA_SCOPE, GemmaScope.first(path));
            }
            if (parent != null && PARTS.contains(name)) {
                return open(parent);
            }
            throw new BadInputException(
                    path + " is no file of a dictionary that Cutaway knows; expected its folder, or an"
                            + " .npz file of Gemma Scope.");
        }
        if (!Files.isDirectory(path)) {
            throw new BadInputException("there is no " + path + "; expected the folder of a dictionary.");
        }
        return switch (format(path)) {
            case CUTAWAY -> new Opened.One(Format.CUTAWAY, SaeLensFolder.read(path));
            case SAELENS -> new Opened.One(Format.SAELENS, SaeLensFolder.read(path));
            case SPARSIFY -> new Opened.One(Format.SPARSIFY, SparsifyFolder.read(path));
            case CIRCUIT_TRACER -> CircuitTracerFolder.read(path);
            case DICTIONARY_LEARNING -> new Opened.One(Format.DICTIONARY_LEARNING, DictionaryLearningFolder.read(path));
            case GEMMA_SCOPE ->
                new Opened.One(
                        Format.GEMMA_SCOPE,
                        has(path, GemmaScope.FIRST)
                                ? GemmaScope.first(path.resolve(GemmaScope.FIRST))
                                : GemmaScope.second(path));
        };
    }

    /// Opens a file or folder of one dictionary.
    ///
    /// @throws BadInputException when it holds several, too
    public static Dictionary openOne(Path path) {
        Opened opened = open(path);
        if (opened instanceof Opened.One(Format _, Dictionary dictionary)) {
            return dictionary;
        }
        opened.close();
        throw new BadInputException(path
                + (opened instanceof Opened.CrossLayer
                        ? " holds a cross-layer transcoder, whose layers are no dictionaries of their own; sweep,"
                                + " explain and features active take it. One dictionary was expected here."
                        : " holds transcoders of many layers; one dictionary was expected. Take them apart first:"
                                + " cutaway features convert " + path + " LAYERS --format cutaway"));
    }

    /// Of the files of a dictionary, in the order of their names; a map of its error beside them is none of them.
    public static String sha256(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> file.equals(folder)
                            || !file.getFileName().toString().equals(ERROR_MAP))
                    .sorted()
                    .toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        digest.update(buffer, 0, n);
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new BadInputException("cannot read " + folder + " (" + e + ").", e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    private static Format format(Path folder) {
        if (has(folder, SaeLensFolder.WEIGHTS)) {
            require(folder, SaeLensFolder.SETTINGS, SaeLensFolder.WEIGHTS);
            return SaeLensFolder.isOurs(folder) ? Format.CUTAWAY : Format.SAELENS;
        }
        if (has(folder, SparsifyFolder.WEIGHTS)) {
            require(folder, SparsifyFolder.SETTINGS, SparsifyFolder.WEIGHTS);
            return Format.SPARSIFY;
        }
        if (has(folder, CircuitTracerFolder.SETTINGS)) {
            return Format.CIRCUIT_TRACER;
        }
        if (has(folder, DictionaryLearningFolder.WEIGHTS)) {
            require(folder, DictionaryLearningFolder.SETTINGS, DictionaryLearningFolder.WEIGHTS);
            return Format.DICTIONARY_LEARNING;
        }
        if (has(folder, GemmaScope.FIRST) || has(folder, GemmaScope.SECOND)) {
            return Format.GEMMA_SCOPE;
        }
        if (has(folder, SaeLensFolder.SETTINGS)) {
            throw new BadInputException(folder + " holds " + SaeLensFolder.SETTINGS + " and no weights; expected "
                    + SaeLensFolder.WEIGHTS + " or " + SparsifyFolder.WEIGHTS + " beside it.");
        }
        List<String> inside = inside(folder);
        throw new BadInputException(
                inside.isEmpty()
                        ? folder + " holds no dictionary that Cutaway knows; expected " + SaeLensFolder.WEIGHTS + ", "
                                + SparsifyFolder.WEIGHTS + ", " + CircuitTracerFolder.SETTINGS + ", "
                                + DictionaryLearningFolder.WEIGHTS + ", " + GemmaScope.FIRST + " or "
                                + GemmaScope.SECOND + "."
                        : folder + " holds dictionaries in folders of its own; give one of them: "
                                + String.join(", ", inside) + ".");
    }

    private static boolean has(Path folder, String file) {
        return Files.exists(folder.resolve(file));
    }

    private static void require(Path folder, String file, String beside) {
        if (!has(folder, file)) {
            throw new BadInputException(
                    folder + " holds " + beside + " without " + file + ", which says what the dictionary is.");
        }
    }

    private static List<String> inside(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(inner -> PARTS.stream().anyMatch(part -> Files.isRegularFile(inner.resolve(part))))
                    .map(inner -> inner.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BadInputException("cannot read " + folder + " (" + e + ").", e);
        }
    }

    /// Writes one dictionary as a new folder, which is complete or not there.
    ///
    /// @param target a folder that is not there yet, or is empty
    /// @throws BadInputException when the form has no such dictionary, is not written, or the folder cannot be made
    public static void write(Dictionary dictionary, Format format, Numbers numbers, Path target) {
        switch (format) {
            case CUTAWAY -> SaeLensWriter.write(dictionary, target, numbers, false);
            case SAELENS -> SaeLensWriter.write(dictionary, target, numbers, true);
            case SPARSIFY -> SparsifyFolder.write(dictionary, target, numbers);
            case CIRCUIT_TRACER -> CircuitTracerWriter.write(List.of(dictionary), target, numbers);
            case DICTIONARY_LEARNING, GEMMA_SCOPE -> throw notWritten(format);
        }
    }

    /// Writes a transcoder for each layer, from layer 0: circuit-tracer's set, or a folder `layer_i` for each in
    /// another form.
    ///
    /// @throws BadInputException as [#write(Dictionary, Format, Numbers, Path)]
    public static void write(List<Dictionary> layers, Format format, Numbers numbers, Path target) {
        if (layers.isEmpty()) {
            throw new BadInputException("there is no dictionary to write; give at least one.");
        }
        switch (format) {
            case CUTAWAY, SAELENS, SPARSIFY ->
                NewFolder.write(target, folder -> {
                    for (int i = 0; i < layers.size(); i++) {
                        write(layers.get(i), format, numbers, folder.resolve("layer_" + i));
                    }
                });
            case CIRCUIT_TRACER -> CircuitTracerWriter.write(layers, target, numbers);
            case DICTIONARY_LEARNING, GEMMA_SCOPE -> throw notWritten(format);
        }
    }

    /// Writes a cross-layer transcoder in circuit-tracer's form, which is the one that has it.
    ///
    /// @throws BadInputException when another is asked for
    public static void write(CrossLayerDictionary dictionary, Format format, Numbers numbers, Path target) {
        if (format != Format.CIRCUIT_TRACER) {
            throw new BadInputException("the form " + format.text() + " has no cross-layer transcoders; write "
                    + Format.CIRCUIT_TRACER.text() + ".");
        }
        CircuitTracerWriter.write(dictionary, target, numbers);
    }

    /// Refuses before the work what [#write(CrossLayerDictionary, Format, Numbers, Path)] would refuse after it.
    ///
    /// @param inputs of a cross-layer transcoder, one a layer
    /// @param outputs one a layer
    /// @throws BadInputException when circuit-tracer's form has no such sites or numbers
    public static void checkCrossLayer(List<Site> inputs, List<Site> outputs, Numbers numbers) {
        CircuitTracerWriter.check(new Origin("", inputs, outputs, Map.of()), numbers);
    }

    /// Writes all that was opened; see the others.
    public static void write(Opened opened, Format format, Numbers numbers, Path target) {
        switch (opened) {
            case Opened.One(Format _, Dictionary dictionary) -> write(dictionary, format, numbers, target);
            case Opened.Layers(Format _, List<Dictionary> layers) -> write(layers, format, numbers, target);
            case Opened.CrossLayer(Format _, CrossLayerDictionary dictionary) ->
                write(dictionary, format, numbers, target);
        }
    }

    private static BadInputException notWritten(Format format) {
        return new BadInputException(
                format == Format.DICTIONARY_LEARNING
                        ? "dictionary_learning reads pickles alone, which Cutaway does not write; write saelens."
                        : "Gemma Scope's files say too little of a dictionary to be written; write saelens or"
                                + " cutaway.");
    }
}

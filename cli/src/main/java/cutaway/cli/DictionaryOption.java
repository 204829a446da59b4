package cutaway.cli;

import cutaway.features.use.FeatureBasis;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// `--dictionary` and `--without-error`, and what they name. A dictionary is called as its folder is.
final class DictionaryOption {

    @Option(
            names = "--dictionary",
            paramLabel = "DIR",
            description = "The folder of a dictionary whose features are asked about; its name is that of the folder."
                    + " May be repeated.")
    private List<Path> folders = new ArrayList<>();

    @Option(
            names = "--without-error",
            description = "Take the error term of the dictionary out: wherever its features are asked about or changed,"
                    + " what they say together stands in the place of what the model computed.")
    private boolean withoutError;

    boolean isGiven() {
        return !folders.isEmpty();
    }

    boolean withoutError() {
        return withoutError;
    }

    /// The name of the dictionary whose error term is taken out; the first of several.
    Optional<String> withoutErrorOf() {
        return withoutError ? folders.stream().findFirst().map(DictionaryOption::name) : Optional.empty();
    }

    /// @throws BadInputException when there is no dictionary whose error term could be taken out
    void check() {
        if (withoutError && !isGiven()) {
            throw new BadInputException("--without-error takes the error term of a dictionary out; add --dictionary.");
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
    Opened open() {
        List<FeatureBasis> bases = new ArrayList<>();
        for (Path folder : folders) {
            try {
                bases.add(FeatureBasis.open(name(folder), folder));
            } catch (RuntimeException e) {
                new Opened(bases).close();
                throw e;
            }
        }
        return new Opened(bases);
    }

    /// What is a sign of the language of sites becomes `_`.
    static String name(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return (name == null ? "dictionary" : name.toString()).replaceAll("[\\[\\]@,:\\s]", "_");
    }

    /// What a record says of the dictionaries, so that its numbers can be repeated: the SHA-256 of each.
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        for (Path folder : folders) {
            facts.put("dictionary " + name(folder), sha256(folder));
        }
        return facts;
    }

    /// Of the files of a dictionary, in the order of their names.
    static String sha256(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
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
}

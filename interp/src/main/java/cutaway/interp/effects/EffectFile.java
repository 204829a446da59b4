package cutaway.interp.effects;

import cutaway.interp.prompts.PromptPair;
import cutaway.interp.table.Table;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.WritableFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// A Parquet file that a sweep writes, a row an effect, and beside it, while the sweep runs, what it has measured so
/// far.
///
/// @param path ends in `.parquet`
public record EffectFile(Path path) {

    private static final String PARTIAL = ".partial";

    private static final JsonMapper JSON = JsonMapper.shared();

    /// @throws BadInputException when no table can be written there
    public EffectFile {
        if (!path.toString().endsWith(".parquet")) {
            throw new BadInputException(
                    "--out is \"" + path + "\"; a sweep writes Parquet, so give a file that ends in .parquet.");
        }
        try {
            WritableFolder.checkFor(path);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write " + path + ": " + e.getMessage() + "; give a file in a folder that can be written.",
                    e);
        }
    }

    /// Runs a sweep and writes what it finds. If it is interrupted, the same sweep goes on where it was.
    ///
    /// @param facts of the model and the program: they stand in the file, and what was measured under
    ///     others is left alone
    /// @param bytes of native memory that it may take beyond the weights
    public Effects run(
            EffectSweep sweep,
            Model model,
            List<PromptPair> pairs,
            Map<String, String> facts,
            long bytes,
            EffectSweep.Progress progress) {
        Path partial = partial(sweep, pairs, facts);
        List<Path> others = others(partial);
        if (!others.isEmpty()) {
            progress.others(others);
        }
        Effects found = sweep.run(model, pairs, bytes, partial, progress);
        write(found, facts);
        try {
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            throw new BadInputException("cannot delete " + partial + ": " + e.getMessage(), e);
        }
        return found;
    }

    /// What interrupted sweeps of other questions to the same file have left beside it.
    private List<Path> others(Path partial) {
        Path folder = path.toAbsolutePath().resolveSibling("");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith("." + path.getFileName() + ".")
                                && name.endsWith(PARTIAL)
                                && !name.equals(partial.getFileName().toString());
                    })
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of(); // nothing that the sweep needs
        }
    }

    /// Writes what a sweep has found.
    ///
    /// @param facts what the file says of itself besides what was asked
    public void write(Effects found, Map<String, String> facts) {
        Map<String, String> metadata = new LinkedHashMap<>(facts);
        metadata.put("method", found.sweep().method().toString());
        metadata.put("metric", found.sweep().metric().text());
        metadata.put(EffectAgreement.COUNTED_FROM, found.sweep().method().countedFrom());
        if (found.sweep().metric() == MetricChoice.KL) {
            metadata.put("kl from", found.sweep().method().reference());
        }
        metadata.put("seed", String.valueOf(found.sweep().seed()));
        metadata.put("sites", String.valueOf(found.sweep().sites()));
        if (!found.sweep().bases().all().isEmpty()) {
            metadata.put("dictionaries", found.sweep().bases().text());
        }
        for (Effects.Ends ends : found.pairs()) {
            metadata.put(
                    "pair " + ends.pair().index(),
                    "prompt %s, contrast %s: %s"
                            .formatted(
                                    ends.prompt(),
                                    ends.contrast(),
                                    JSON.writeValueAsString(ends.pair().text())));
        }
        try {
            Files.createDirectories(path.toAbsolutePath().resolveSibling(""));
        } catch (IOException e) {
            throw new BadInputException("cannot make the folder of " + path + ": " + e.getMessage(), e);
        }
        Table.write(path, Effect.class, found.rows(), metadata);
    }

    private Path partial(EffectSweep sweep, List<PromptPair> pairs, Map<String, String> facts) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((sweep + "\n" + pairs + "\n" + new TreeMap<>(facts)).getBytes(StandardCharsets.UTF_8));
            return path.resolveSibling(
                    "." + path.getFileName() + "." + HexFormat.of().formatHex(hash, 0, 6) + PARTIAL);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

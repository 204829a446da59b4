package cutaway.tensor.training;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A training run as it is kept on disk to go on from: one safetensors file with all its state, and in the header what
/// it belongs to, with a checksum over both. The file is replaced as a whole, so there is always a good one.
public final class Checkpoint {

    /// The name of the file in a run's folder.
    public static final String FILE = "checkpoint.safetensors";

    private static final String STEPS = "steps";
    private static final String RECIPE = "recipe";
    private static final String CHECKSUM = "crc32c";

    /// Bytes that are summed at a time: a buffer holds at most 2 GiB.
    private static final long PART = 1L << 30;

    private Checkpoint() {}

    /// @param folder is made where it is missing
    /// @param state all that must be kept to go on exactly, by name
    /// @param steps that were made
    /// @param recipe what the run is made by, as text; another one will not go on from this file
    /// @throws BadInputException when the disk refuses; the last checkpoint is still there then
    public static void write(Path folder, Map<String, Tensor> state, long steps, String recipe) {
        try {
            Files.createDirectories(folder);
            Map<String, String> header = new LinkedHashMap<>(); // in this order: the file has the same bytes each time
            header.put(STEPS, Long.toString(steps));
            header.put(RECIPE, recipe);
            header.put(CHECKSUM, Scope.free(() -> checksum(header.values(), bytes(state))));
            TensorFile.write(folder.resolve(FILE), new LinkedHashMap<>(state), header);
        } catch (IOException | UncheckedIOException e) {
            throw new BadInputException(
                    "cannot write the checkpoint of step " + steps + " into " + folder + " ("
                            + (e.getCause() == null ? e : e.getCause()).getMessage() + "); "
                            + (Files.exists(folder.resolve(FILE))
                                    ? "the one before it is kept"
                                    : "there was none before")
                            + ": make room, then give the same command to go on.",
                    e);
        }
    }

    /// Puts a state where it was when the folder's checkpoint was written; where there is none, nothing changes.
    ///
    /// @param state the run's own tensors, which receive what was kept
    /// @return how many steps were made before
    /// @throws BadInputException when the file is of another recipe, or damaged
    public static long restore(Path folder, Map<String, Tensor> state, String recipe) {
        Path path = folder.resolve(FILE);
        if (Files.notExists(path)) {
            return 0;
        }
        try (SafetensorsFile file = opened(path);
                Scope _ = Scope.open()) {
            check(path, file);
            String of = file.metadata().getOrDefault(RECIPE, "");
            if (!of.equals(recipe)) {
                throw new BadInputException(path + " was written by another run (" + of
                        + "); give the same recipe to go on with it, or another folder to begin anew.");
            }
            assign(state, TensorFile.readAll(file));
            return steps(path, file);
        }
    }

    private static SafetensorsFile opened(Path path) {
        try {
            return SafetensorsFile.open(path);
        } catch (BadInputException e) {
            throw new BadInputException(damaged(path), e);
        }
    }

    private static String damaged(Path path) {
        return path + " is damaged; remove it to begin anew.";
    }

    /// @throws BadInputException when any byte is not the one that was written
    private static void check(Path path, SafetensorsFile file) {
        @Nullable String said = file.metadata().get(CHECKSUM);
        if (said == null) {
            throw new BadInputException(
                    path + " has no checksum: it was written by another version; remove it to begin anew.");
        }
        Map<String, MemorySegment> bytes = new HashMap<>();
        file.names().forEach(name -> bytes.put(name, file.entry(name).bytes()));
        List<String> header =
                List.of(file.metadata().getOrDefault(STEPS, ""), file.metadata().getOrDefault(RECIPE, ""));
        if (!said.equals(checksum(header, bytes))) {
            throw new BadInputException(damaged(path));
        }
    }

    private static Map<String, MemorySegment> bytes(Map<String, Tensor> state) {
        Map<String, MemorySegment> bytes = new HashMap<>();
        state.forEach((name, tensor) -> bytes.put(name, tensor.contiguous().data()));
        return bytes;
    }

    /// CRC-32C of the header's values, then of each tensor's name and bytes by the order of names: it tells every
    /// change of one byte.
    private static String checksum(Iterable<String> header, Map<String, MemorySegment> tensors) {
        CRC32C crc = new CRC32C();
        header.forEach(value -> crc.update(value.getBytes(StandardCharsets.UTF_8)));
        new TreeMap<>(tensors).forEach((name, bytes) -> {
            crc.update(name.getBytes(StandardCharsets.UTF_8));
            for (long start = 0; start < bytes.byteSize(); start += PART) {
                crc.update(bytes.asSlice(start, Math.min(PART, bytes.byteSize() - start))
                        .asByteBuffer());
            }
        });
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /// What is left after a step that cannot be made, for the end of a sentence.
    public static String left(Path folder) {
        Path path = folder.resolve(FILE);
        if (Files.exists(path)) {
            return "the last good state is kept in " + path;
        }
        return "no checkpoint had been written to go on from"
                + (Files.exists(folder.resolve(Curve.FILE)) ? "; the curve until then is kept in " + folder : "");
    }

    /// Overwrites each tensor of a state by the one of its name.
    ///
    /// @throws BadInputException when one is missing, or of another shape or type
    public static void assign(Map<String, Tensor> state, Map<String, Tensor> from) {
        state.forEach((name, tensor) -> {
            @Nullable Tensor kept = from.get(name);
            if (kept == null || !kept.shape().equals(tensor.shape()) || kept.dtype() != tensor.dtype()) {
                throw new BadInputException("the checkpoint has "
                        + (kept == null ? "no " + name : name + " of " + kept.dtype() + " " + kept.shape())
                        + "; expected " + tensor.dtype() + " " + tensor.shape()
                        + ". It was made by another recipe or version: begin anew in another folder.");
            }
            tensor.assign(kept);
        });
    }

    private static long steps(Path path, SafetensorsFile file) {
        try {
            return Long.parseLong(file.metadata().getOrDefault(STEPS, ""));
        } catch (NumberFormatException e) {
            throw new BadInputException(path + " does not say how many steps it was written after.", e);
        }
    }
}

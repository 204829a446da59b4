package cutaway.model.export;

import cutaway.model.Model;
import cutaway.model.gguf.BlockType;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Writes a model that Cutaway opens, from either form, as a Hugging Face folder or as a GGUF file.
///
/// What is written grows beside its target, one weight at a time, is opened again and compared with the model that it
/// was made from, weight by weight and in its logits, and only then moved into its place.
public final class Export {

    /// Types that a GGUF file's matrices can be written in.
    public static final List<BlockType> GGUF_TYPES =
            List.of(BlockType.F32, BlockType.F16, BlockType.BF16, BlockType.Q8_0, BlockType.Q4_0, BlockType.Q4_1);

    /// Types that a folder's safetensors can be written in.
    public static final List<BlockType> FOLDER_TYPES = List.of(BlockType.F32, BlockType.BF16, BlockType.F16);

    /// Everything is unpacked when it is needed, and nothing kept.
    private static final WeightOptions LEAN = new WeightOptions(Arithmetic.F32, 0);

    private Export() {}

    /// Writes config.json, model.safetensors and the tokenizer.
    ///
    /// @param target a folder that is not there yet, or is empty
    /// @param type one of [#FOLDER_TYPES]
    /// @throws BadInputException when config.json of this family cannot say what the model computes
    public static Exported toFolder(Path source, Path target, BlockType type, Progress progress) {
        check(target, FOLDER_TYPES.contains(type));
        try (Model model = Model.open(source, LEAN)) {
            FolderTarget folder = new FolderTarget(model, type);
            return written(model, target, folder, progress);
        }
    }

    /// Writes a GGUF file with the names, layouts and metadata that llama.cpp's converter gives it.
    ///
    /// @param target a file that is not there yet
    /// @param type of matrices, one of [#GGUF_TYPES]; none for float32, or the source's own blocks where it has
    ///     such
    /// @throws BadInputException when GGUF cannot say what the model computes
    public static Exported toGguf(Path source, Path target, Optional<BlockType> type, Progress progress) {
        check(target, type.isEmpty() || GGUF_TYPES.contains(type.get()));
        try (Model model = Model.open(source, LEAN)) {
            GgufTarget file = new GgufTarget(model, type);
            return written(model, target, file, progress);
        }
    }

    private static void check(Path target, boolean typeIsKnown) {
        if (!typeIsKnown) {
            throw new IllegalArgumentException("a type that is not written in this form");
        }
        if (Files.exists(target) && !isEmptyFolder(target)) {
            throw new BadInputException(
                    target + " is there already; remove it, or give another name: an export replaces nothing.");
        }
        Path parent = target.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new BadInputException(
                    "there is no folder " + parent + " to write " + target.getFileName() + " into; make it first.");
        }
    }

    private static boolean isEmptyFolder(Path target) {
        if (!Files.isDirectory(target)) {
            return false;
        }
        try (Stream<Path> files = Files.list(target)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw new BadInputException("cannot read " + target + " (" + e + ").", e);
        }
    }

    private static Exported written(Model model, Path target, Target form, Progress progress) {
        Path absolute = target.toAbsolutePath();
        Path beside = absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            form.write(beside, (what, part) -> progress.at(what, 0.6 * part));
            Proof proof;
            try (Model written = Model.open(beside, LEAN)) {
                proof = Proof.of(model, written, form.coarsest(), progress);
            }
            Exported exported = new Exported(
                    target.toString(),
                    form.name(),
                    form.plan().family(),
                    form.typeName(),
                    form.plan().weights().size(),
                    size(beside),
                    proof.weightError(),
                    proof.logitError(),
                    proof.kl(),
                    form.notes());
            Files.deleteIfExists(absolute); // an empty folder
            Files.move(beside, absolute, StandardCopyOption.ATOMIC_MOVE);
            return exported;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        } finally {
            remove(beside);
        }
    }

    private static long size(Path written) throws IOException {
        try (Stream<Path> files = Files.walk(written)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static void remove(Path beside) {
        try {
            Folders.remove(beside);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + beside, e);
        }
    }
}

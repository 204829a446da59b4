package cutaway.lab;

import cutaway.lab.train.Progress;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.WritableFolder;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import cutaway.tensor.training.Checkpoint;
import cutaway.tensor.training.Curve;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Where one training is kept: under the SHA-256 of its recipe.
///
///     recipe.json             the recipe, with the format of the folder
///     model.safetensors       parameters at the end; there once training is done
///     curve.jsonl             what it said of itself
///     snapshots/step-N.safetensors
///     checkpoint.safetensors  to go on from, until it is done
record LabFolder(Path path) {

    /// Of the folder and of what is in it; a change of what a recipe means raises it.
    static final int FORMAT = 1;

    static final String RECIPE = "recipe.json";
    static final String MODEL = "model.safetensors";
    static final String SNAPSHOTS = "snapshots";
    private static final String LOCK = "lock";

    /// @param cache the folder of all trainings
    static LabFolder of(Path cache, Recipe recipe) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(RecipeFile.text(recipe).getBytes(StandardCharsets.UTF_8));
            return new LabFolder(cache.resolve(HexFormat.of().formatHex(hash)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Path model() {
        return path.resolve(MODEL);
    }

    Path snapshot(long step) {
        return path.resolve(SNAPSHOTS).resolve("step-" + step + ".safetensors");
    }

    boolean isDone() {
        return Files.exists(model());
    }

    /// Makes the folder where it is missing.
    ///
    /// @throws BadInputException when it was written by another version, or cannot be made
    void prepare(Recipe recipe) {
        try {
            Files.createDirectories(path.resolve(SNAPSHOTS));
            Path file = path.resolve(RECIPE);
            if (Files.exists(file)) {
                check(file, recipe);
            } else {
                Path whole = path.resolve("." + RECIPE + ".tmp");
                Files.writeString(whole, RecipeFile.kept(recipe, FORMAT));
                Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw refused(e);
        }
    }

    private void check(Path file, Recipe recipe) throws IOException {
        String text = Files.readString(file);
        int format = RecipeFile.format(text).orElseThrow(() -> damaged(RECIPE + " says no format"));
        if (format != FORMAT) {
            throw new BadInputException(path + " was written by another version of the lab (format " + format
                    + ", this one writes " + FORMAT + "); remove that folder to train the recipe again.");
        }
        if (!isOf(text, recipe)) {
            throw damaged(RECIPE + " is not the recipe that the folder is named by: it was changed");
        }
    }

    private static boolean isOf(String kept, Recipe recipe) {
        try {
            return RecipeFile.text(RecipeFile.keptRecipe(kept, RECIPE)).equals(RecipeFile.text(recipe));
        } catch (BadInputException e) {
            return false;
        }
    }

    /// What cannot be used any more, and how to have it again.
    private BadInputException damaged(String what) {
        return new BadInputException("the training in " + path + " is damaged (" + what
                + "); remove that folder to train the recipe again.");
    }

    /// The tensors of a file of this folder, the caller's to free.
    ///
    /// @throws BadInputException when it is missing or damaged
    Map<String, Tensor> read(Path file) {
        try (SafetensorsFile open = SafetensorsFile.open(file);
                Scope _ = Scope.open()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>(TensorFile.readAll(open));
            tensors.values().forEach(Scope::detach);
            return tensors;
        } catch (BadInputException e) {
            throw damaged(path.relativize(file) + " cannot be read");
        }
    }

    /// Keeps others from training the same recipe at the same time.
    ///
    /// @throws BadInputException when another process does
    FileChannel lock() {
        @Nullable FileChannel channel = null;
        try {
            channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            @Nullable FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
            channel.close();
        } catch (OverlappingFileLockException e) {
            close(channel);
        } catch (IOException e) {
            throw refused(e);
        }
        throw new BadInputException(
                path + " is being trained by another process; wait until it is done, then give the same command.");
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(Path file, Map<String, Tensor> parameters, Recipe recipe, long step) {
        try {
            Map<String, String> header = new LinkedHashMap<>(); // in this order: the file has the same bytes each time
            header.put("recipe", RecipeFile.text(recipe));
            header.put("step", Long.toString(step));
            header.put("instances", String.join("; ", recipe.names()));
            TensorFile.write(file, new LinkedHashMap<>(parameters), header);
        } catch (UncheckedIOException e) {
            throw refused(e.getCause() instanceof IOException cause ? cause : new IOException(e));
        }
    }

    /// What a training that is done said of itself.
    ///
    /// @param steps of the whole training, the last of which has a point
    /// @throws BadInputException when it is missing or damaged
    List<Progress> curve(long steps) {
        List<Progress> points;
        try {
            Path file = path.resolve(Curve.FILE);
            points = Curve.read(file, Progress.class);
            if (!points.isEmpty() && (points.getLast().step() != steps || !endsItsLine(file))) {
                throw damaged(Curve.FILE + " has lost its end");
            }
        } catch (IOException | JacksonException e) {
            throw damaged(Curve.FILE + " cannot be read");
        }
        if (points.isEmpty()) {
            throw damaged(Curve.FILE + " is empty");
        }
        return points;
    }

    private static boolean endsItsLine(Path file) throws IOException {
        return Files.readString(file).endsWith("\n");
    }

    void removeCheckpoint() {
        try {
            Files.deleteIfExists(path.resolve(Checkpoint.FILE));
        } catch (IOException e) {
            throw refused(e);
        }
    }

    private BadInputException refused(IOException e) {
        String why = WritableFolder.why(e);
        return new BadInputException(
                "cannot use the lab's folder " + path + " (" + why + "); "
                        + (why.contains("space") ? "make room there, or give" : "give")
                        + " another place by --cache or CUTAWAY_CACHE.",
                e);
    }
}

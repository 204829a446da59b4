package cutaway.studies;

import cutaway.lab.Lab;
import cutaway.lab.Recipe;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Trainings that take long and come with Cutaway, each as the lab keeps it, under the hash of its recipe: the same
/// command trains it again (`cutaway lab train --recipe`), bit for bit on the same machine.
public final class Shipped {

    private static final String AT = "/cutaway/studies/trained/";

    /// The model last: a folder without it is not taken for done.
    private static final List<String> FILES = List.of("recipe.json", "curve.jsonl", "model.safetensors");

    private Shipped() {}

    /// Whether a recipe's training comes with Cutaway.
    public static boolean has(Lab lab, Recipe recipe) {
        return Shipped.class.getResource(AT + hash(lab, recipe) + "/model.safetensors") != null;
    }

    private static Path hash(Lab lab, Recipe recipe) {
        return lab.folder(recipe).getFileName();
    }

    /// Puts a training that comes with Cutaway where the lab finds it; does nothing where it is there already, or where
    /// none comes with it.
    public static void provide(Lab lab, Recipe recipe) {
        Path folder = lab.folder(recipe);
        if (Files.exists(folder.resolve("model.safetensors")) || !has(lab, recipe)) {
            return;
        }
        try {
            Files.createDirectories(folder);
            for (String name : FILES) {
                try (InputStream file = Shipped.class.getResourceAsStream(AT + hash(lab, recipe) + "/" + name)) {
                    if (file == null) {
                        throw new IllegalStateException("the shipped training " + hash(lab, recipe) + " lacks " + name);
                    }
                    Path whole = folder.resolve("." + name + ".tmp");
                    Files.copy(file, whole, StandardCopyOption.REPLACE_EXISTING);
                    Files.move(whole, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write the lab's folder " + folder + " (" + e.getMessage()
                            + "); make room there, or name another cache by CUTAWAY_CACHE.",
                    e);
        }
    }
}

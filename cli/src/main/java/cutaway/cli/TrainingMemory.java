package cutaway.cli;

import cutaway.features.train.Recipe;
import cutaway.tensor.BadInputException;
import cutaway.tensor.ProcessMemory;
import java.util.List;
import java.util.Locale;

/// What dictionaries take while they are trained.
final class TrainingMemory {

    /// Tensors as large as a batch that are there together: inputs, centred inputs, reconstruction, error, slope.
    private static final int BATCHES = 5;

    private TrainingMemory() {}

    /// Bytes at least: every coder with its gradients and Adam's means; the largest once more, folded, while it is
    /// looked at; and a few tensors as large as a batch. Codes come on top.
    ///
    /// @param dIn numbers of an input
    /// @param dOut numbers of an output
    static double bytes(List<Recipe> recipes, int dIn, int dOut) {
        double held =
                recipes.stream().mapToDouble(recipe -> recipe.bytes(dIn, dOut)).sum();
        double folded = recipes.stream().mapToDouble(Recipe::width).max().orElse(0) * (dIn + dOut) * Float.BYTES;
        double batch = (double) BATCHES * recipes.getFirst().batch() * Math.max(dIn, dOut) * Float.BYTES;
        return held + folded + batch;
    }

    /// Says on stderr what several dictionaries take that are trained together.
    ///
    /// @throws BadInputException when the machine has not so much
    static void state(List<Recipe> recipes, int dIn, int dOut, Console console) {
        double needed = bytes(recipes, dIn, dOut);
        double available = ProcessMemory.availableMb() * 1e6;
        boolean isOne = recipes.size() == 1;
        String what = String.format(
                Locale.ROOT,
                isOne
                        ? "a dictionary of %d latents takes, in training, at least %.2f GB"
                        : "%d dictionaries that are trained together take at least %.2f GB",
                isOne ? recipes.getFirst().width() : recipes.size(),
                needed / 1e9);
        if (available > 0 && needed > available) {
            throw new BadInputException(String.format(
                    Locale.ROOT,
                    "%s of memory, and %.2f GB are free; %s.",
                    what,
                    available / 1e9,
                    isOne ? "give a smaller --width" : "train fewer at once, or smaller ones"));
        }
        if (!isOne) {
            console.note(what + " of memory");
        }
    }
}

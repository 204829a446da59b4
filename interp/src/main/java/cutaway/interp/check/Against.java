package cutaway.interp.check;

import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Holds a model against another of the same shape, the reference, over the same tokens: what quantisation, another
/// numeric type or more training changed, layer by layer.
///
/// Each model computes from the tokens on, so a layer's error is its own and what it was handed.
public final class Against {

    private Against() {}

    /// @param text UTF-8, cut into sequences of at most 128 tokens; without it, built-in English texts where there is a
    ///     tokenizer, else random ids
    /// @param prompts most sequences, 1 or more
    /// @param seed of random ids
    /// @param progress is told what is done, and which part of it (0 to 1)
    /// @throws BadInputException when the two differ in shape, vocabulary or tokenizer, or the text cannot be read
    public static Comparison compare(
            Model model,
            Model reference,
            Optional<Path> text,
            int prompts,
            long seed,
            BiConsumer<String, Double> progress) {
        if (prompts < 1) {
            throw new BadInputException("--prompts " + prompts + ": expected 1 or more.");
        }
        checkAlike(model, reference);
        Sequences sequences = text.isPresent()
                ? Sequences.of(text.get(), model, reference, prompts)
                : Sequences.builtIn(model, reference, prompts, seed);
        return compare(model, reference, sequences, seed, progress);
    }

    static Comparison compare(
            Model model, Model reference, Sequences sequences, long seed, BiConsumer<String, Double> progress) {
        long start = System.nanoTime();
        List<int[]> ids = sequences.ids();
        Distance distance = new Distance(reference.sizes());
        for (int i = 0; i < ids.size(); i++) {
            Batch batch = Batch.of(ids.get(i));
            try (Trace ours = Runs.run(model, batch, List.of(), distance.sites());
                    Trace theirs = Runs.run(reference, batch, List.of(), distance.sites())) {
                distance.add(
                        ids.get(i),
                        site -> ours.at(site).select(0, 0),
                        site -> theirs.at(site).select(0, 0));
            }
            progress.accept("sequences", (i + 1.0) / ids.size());
        }
        return new Comparison(
                Check.version(),
                model.path().toString(),
                reference.path().toString(),
                model.family(),
                model.sizes(),
                sequences.source(),
                seed,
                ids.stream().map(sequence -> sequence.length).toList(),
                distance.layers(),
                distance.end(),
                distance.logits(),
                distance.predictions(),
                (System.nanoTime() - start) / 1e9);
    }

    /// That the two have the same values to compare; what does not change their shape (context, windows) may differ.
    private static void checkAlike(Model model, Model reference) {
        Sizes ours = model.sizes();
        Sizes theirs = reference.sizes();
        String[] names = {"layers", "dModel", "heads", "kvHeads", "dHead", "dMlp", "vocab"};
        int[] a = numbers(ours);
        int[] b = numbers(theirs);
        int differs = Arrays.mismatch(a, b);
        if (differs >= 0) {
            throw new BadInputException(model.path() + " has " + names[differs] + " " + a[differs] + ", "
                    + reference.path() + " has " + b[differs] + "; compare models of the same shape and vocabulary.");
        }
        if (ours.wiring().layout() != theirs.wiring().layout() || ours.isCausal() != theirs.isCausal()) {
            throw new BadInputException(model.path() + " (" + model.family() + ") is not built like " + reference.path()
                    + " (" + reference.family() + "); compare models of the same architecture.");
        }
    }

    private static int[] numbers(Sizes sizes) {
        return new int[] {
            sizes.layers(), sizes.dModel(), sizes.heads(), sizes.kvHeads(), sizes.dHead(), sizes.dMlp(), sizes.vocab()
        };
    }
}

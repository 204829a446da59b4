package cutaway.features.pages;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Batch;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/// A store's vectors as a dictionary reads them.
///
/// @param sites that the dictionary reads
/// @param outputs sites that it writes; none where they are not known
record Inputs(Dictionary dictionary, ActivationStore store, List<Site> sites, List<Site> outputs) {

    /// Tokens that are encoded together, about.
    private static final int TOKENS = 4096;

    /// @throws BadInputException when the store lacks a site of the dictionary, or its widths differ
    static Inputs of(Dictionary dictionary, ActivationStore store) {
        List<Site> sites = dictionary.origin().inputs();
        List<Site> outputs = dictionary.origin().outputs();
        if (sites.isEmpty()) {
            List<Site> fitting = store.sites().stream()
                    .filter(site -> store.width(site) == dictionary.dIn())
                    .toList();
            if (fitting.size() != 1) {
                throw new BadInputException("the dictionary does not say what site it reads, and " + fitting.size()
                        + " sites of the store have its " + dictionary.dIn()
                        + " numbers; harvest the one that it reads alone.");
            }
            sites = fitting;
            outputs = outputs.isEmpty() && dictionary.dOut() == dictionary.dIn() ? fitting : outputs;
        }
        int width = sites.stream().mapToInt(store::width).sum();
        if (width != dictionary.dIn()) {
            throw new BadInputException("the dictionary reads " + dictionary.dIn() + " numbers, and "
                    + sites.stream().map(Site::text).collect(Collectors.joining(" + ")) + " in the store has " + width
                    + "; harvest the model that it was trained on.");
        }
        return new Inputs(dictionary, store, sites, outputs);
    }

    /// What the dictionary reads of a context, `[n, dIn]`.
    Tensor vectors(Batch batch) {
        return Scope.keep(() -> batch.joined(sites).to(dictionary.dtype()));
    }

    /// The codes of every token, in order. Those that the folder has from a run before are not computed again.
    ///
    /// @param folder where there is room for them
    /// @param progress is told how many tokens are encoded, first those of the run before
    StoredCodes codes(Path folder, LongConsumer progress) {
        try (StoredCodes.Writer writer = StoredCodes.in(folder)) {
            int there = writer.rows();
            progress.accept(there);
            List<Batch> some = new ArrayList<>();
            int tokens = 0;
            long done = 0;
            for (Batch sequence : store.sequences()) {
                some.add(sequence);
                tokens += sequence.size();
                if (tokens >= TOKENS) {
                    done = add(writer, some, done + tokens, there, progress);
                    some.clear();
                    tokens = 0;
                }
            }
            if (tokens > 0) {
                add(writer, some, done + tokens, there, progress);
            }
            return writer.stored();
        }
    }

    /// The same tokens are encoded together in every run, so that the codes are the same to the bit.
    private long add(StoredCodes.Writer writer, List<Batch> some, long until, int there, LongConsumer progress) {
        if (until > there) {
            writer.add(encoded(some));
            progress.accept(until);
        }
        return until;
    }

    private SparseRows encoded(List<Batch> batches) {
        return Scope.free(() ->
                dictionary.encode(Tensor.cat(batches.stream().map(this::vectors).toList(), 0)));
    }

    /// What a latent writes at a token, `f W_dec` with all that the dictionary does about it, `[dOut]`.
    ///
    /// @param x the token's vector, `[1, dIn]`
    double[] written(int latent, double activation, Tensor x) {
        return Scope.free(() -> {
            SparseRows alone =
                    new SparseRows(dictionary.width(), new int[] {0, 1}, new int[] {latent}, new double[] {activation});
            SparseRows none = new SparseRows(dictionary.width(), new int[] {0, 0}, new int[0], new double[0]);
            return dictionary.decode(alone, x).minus(dictionary.decode(none, x)).toDoubles();
        });
    }
}

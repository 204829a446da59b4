package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How well each latent of a dictionary is found again in its twins: dictionaries of the same site, trained
/// alike from other seeds. What one training finds and others do not is no property of the model (Fel et al.
/// 2025, arXiv:2502.12892; Paulo and Belrose 2025, arXiv:2501.16615).
///
/// @param names of the twins, in the order given
/// @param cosines of each latent the mean cosine with its partners ([Pairing]), `[latent]`; NaN of one that
///     has none because all twins are narrower
/// @param random the mean over latents of the same with a random direction for each latent as the twin: what
///     chance gives
public record Twins(List<String> names, double[] cosines, double random) {

    /// No twins: nothing is known.
    public static final Twins NONE = new Twins(List.of(), new double[0], Double.NaN);

    public Twins {
        names = List.copyOf(names);
    }

    /// @param names of the others, for who reads it
    /// @param seed of the random directions
    /// @throws cutaway.tensor.BadInputException when one writes another number of dimensions
    public static Twins of(Dictionary dictionary, List<String> names, List<Dictionary> others, long seed) {
        Tensor decoder = dictionary.weights().decoder();
        List<double[]> each = new ArrayList<>();
        for (Dictionary other : others) {
            each.add(Pairing.of(decoder, other.weights().decoder()).first());
        }
        Tensor random = Rivals.unitRows(dictionary, seed);
        try (random;
                Scope _ = Scope.open()) {
            double luck = Pairing.of(decoder, random.to(decoder.dtype())).mean();
            return new Twins(names, perLatent(each), luck);
        }
    }

    /// Of each latent the mean over those pairings in which it has a partner, `[latent]`; NaN where there is
    /// none.
    ///
    /// @param cosines of each pairing, `[latent]`
    public static double[] perLatent(List<double[]> cosines) {
        double[] means = new double[cosines.isEmpty() ? 0 : cosines.getFirst().length];
        Arrays.setAll(
                means,
                latent -> Pairing.meanOfKnown(
                        cosines.stream().mapToDouble(one -> one[latent]).toArray()));
        return means;
    }

    /// The mean over latents.
    public double mean() {
        return Pairing.meanOfKnown(cosines);
    }
}

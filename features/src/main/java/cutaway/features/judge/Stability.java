package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// How much of a dictionary is found again in another one of the same site, of another seed: by [MaxCosine] of the
/// decoders.
///
/// Two dictionaries of one seed's initial weights agree for that alone, and wider ones find more by luck: as many
/// random directions stand beside them.
public final class Stability {

    /// A latent counts as found where its largest cosine is above this (Paulo and Belrose 2025, arXiv:2501.16615).
    private static final double FOUND = 0.7;

    private Stability() {}

    /// @throws BadInputException when they do not write the same number of dimensions
    public static List<Judgement.Row> rows(Dictionary dictionary, Dictionary other, long seed) {
        if (dictionary.dOut() != other.dOut()) {
            throw new BadInputException("one dictionary writes " + dictionary.dOut() + " numbers, the other "
                    + other.dOut() + "; give two of the same site.");
        }
        Tensor decoder = dictionary.weights().decoder();
        double[] own = MaxCosine.of(decoder, other.weights().decoder());
        Tensor random = Rivals.unitRows(other, seed);
        try (random) {
            double[] luck = MaxCosine.of(decoder, random);
            return List.of(
                    row("max cosine with the other", "cosine", own, luck),
                    row("found in the other (over 0.7)", "share of latents", found(own), found(luck)));
        }
    }

    private static Judgement.Row row(String metric, String unit, double[] own, double[] luck) {
        return new Judgement.Row(metric, unit, WeightCosines.mean(own), Map.of("random", WeightCosines.mean(luck)));
    }

    private static double[] found(double[] cosines) {
        return Arrays.stream(cosines).map(cosine -> cosine > FOUND ? 1 : 0).toArray();
    }
}

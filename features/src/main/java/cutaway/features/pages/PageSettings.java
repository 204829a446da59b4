package cutaway.features.pages;

import cutaway.tensor.BadInputException;
import java.util.List;

/// What pages show, and how much of it.
///
/// @param top examples with the greatest activations, at most one of a context
/// @param bands equal parts of the range from 0 to a latent's maximum, of which examples are drawn
/// @param perBand examples of each
/// @param before tokens of an example before the one that it is about, at most
/// @param after tokens after it, at most
/// @param bins of the histogram of activations
/// @param neighbours latents of the nearest, and of those that fire together
/// @param tokens that a latent raises most, and that it lowers most
/// @param seed of the draws of examples and of random directions
/// @param dose what is measured
public record PageSettings(
        int top,
        int bands,
        int perBand,
        int before,
        int after,
        int bins,
        int neighbours,
        int tokens,
        long seed,
        Dose dose) {

    /// Which latents are removed and amplified, where, and how much.
    ///
    /// @param mostActive as many latents, those whose activations have the greatest sum
    /// @param latents beside them, by number
    /// @param examples of each: its top ones
    /// @param factors that its activation is multiplied by; 0 removes it. 1 is measured too
    public record Dose(int mostActive, List<Integer> latents, int examples, List<Double> factors) {

        /// Nothing is measured.
        public static final Dose NONE = new Dose(0, List.of(), 5, List.of(0.0, 2.0, 4.0, 8.0));

        public Dose {
            latents = List.copyOf(latents);
            factors = List.copyOf(factors);
            if (mostActive < 0 || examples < 1 || factors.isEmpty()) {
                throw new BadInputException("doses of " + mostActive + " latents at " + examples
                        + " examples with the factors " + factors + "; expected 0 or more latents, and 1 or more"
                        + " examples and factors.");
            }
            factors.stream()
                    .filter(factor -> !Double.isFinite(factor))
                    .findFirst()
                    .ifPresent(factor -> {
                        throw new BadInputException("a dose multiplies by " + factor + "; expected a finite number.");
                    });
        }

        boolean isNone() {
            return mostActive == 0 && latents.isEmpty();
        }
    }

    /// As SAEDashboard has them, with shorter texts: 10 top examples, and 5 of each of 5 bands.
    public static final PageSettings USUAL = new PageSettings(10, 5, 5, 24, 8, 40, 10, 10, 0, Dose.NONE);

    public PageSettings {
        check("top examples", top, 1);
        check("bands", bands, 1);
        check("examples of a band", perBand, 0);
        check("tokens before", before, 0);
        check("tokens after", after, 0);
        check("bins", bins, 1);
        check("neighbours", neighbours, 0);
        check("tokens that are raised", tokens, 0);
    }

    private static void check(String what, int given, int least) {
        if (given < least || given > 10_000) {
            throw new BadInputException("pages with " + given + " " + what + "; expected " + least + " to 10,000.");
        }
    }

    /// These with other doses.
    public PageSettings with(Dose other) {
        return new PageSettings(top, bands, perBand, before, after, bins, neighbours, tokens, seed, other);
    }
}

package cutaway.features.pages;

import cutaway.tensor.Cores;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/// Which latents fire on the same tokens.
///
/// Of latents a and b, on `n` tokens of which `n_a` and `n_b` have one and `n_ab` both:
///
///     Jaccard  n_ab / (n_a + n_b - n_ab)
///     phi      (n n_ab - n_a n_b) / sqrt(n_a n_b (n - n_a) (n - n_b))
///
/// The pairs are counted for some latents at a time, so that no table of all pairs lies in memory. Where there are too
/// many, every s-th token counts.
final class CoActivation {

    /// Another latent that fires with one.
    ///
    /// @param tokens on which both do, of those that count
    record Partner(int latent, int tokens, double jaccard, double phi) {}

    /// Pairs to count before tokens are passed over: some ten seconds on two cores.
    private static final long MOST_PAIRS = 4_000_000_000L;

    /// Bytes of counts that a core has at a time.
    private static final long BYTES = 32_000_000;

    private final StoredCodes codes;
    private final int stride;
    private final int[] fired; // on tokens that count
    private final List<List<Partner>> partners;

    private CoActivation(StoredCodes codes, int width, int most, long mostPairs) {
        this.codes = codes;
        this.stride = stride(codes, mostPairs);
        this.fired = new int[width];
        this.partners = new ArrayList<>(Collections.nCopies(width, List.of()));
        for (int row = 0; row < codes.rows(); row += stride) {
            for (long i = codes.start(row); i < codes.start(row + 1); i++) {
                fired[codes.latent(i)]++;
            }
        }
        int block = Math.clamp(BYTES / Integer.BYTES / width, 1, width);
        Cores.forEach(Math.ceilDiv(width, block), piece -> {
            int first = (int) piece * block;
            count(first, Math.min(width, first + block), most);
        });
    }

    /// @param most partners of each latent: those with the greatest Jaccard index
    static CoActivation of(StoredCodes codes, int width, int most) {
        return new CoActivation(codes, width, most, MOST_PAIRS);
    }

    /// @param mostPairs to count, about
    static CoActivation of(StoredCodes codes, int width, int most, long mostPairs) {
        return new CoActivation(codes, width, most, mostPairs);
    }

    private static int stride(StoredCodes codes, long mostPairs) {
        double pairs = 0;
        for (int row = 0; row < codes.rows(); row++) {
            double active = codes.start(row + 1) - codes.start(row);
            pairs += active * active;
        }
        return (int) Math.max(1, Math.ceil(pairs / mostPairs));
    }

    private void count(int first, int end, int most) {
        int[][] together = new int[end - first][];
        for (int row = 0; row < codes.rows(); row += stride) {
            long from = codes.start(row);
            long to = codes.start(row + 1);
            for (long i = from; i < to && codes.latent(i) < end; i++) {
                int latent = codes.latent(i);
                if (latent < first) {
                    continue;
                }
                int[] counts = together[latent - first];
                if (counts == null) {
                    counts = new int[fired.length];
                    together[latent - first] = counts;
                }
                for (long j = from; j < to; j++) {
                    counts[codes.latent(j)]++;
                }
            }
        }
        for (int latent = first; latent < end; latent++) {
            int[] counts = together[latent - first];
            if (counts != null) {
                partners.set(latent, best(latent, counts, most));
            }
        }
    }

    private List<Partner> best(int latent, int[] counts, int most) {
        List<Partner> found = new ArrayList<>();
        for (int other = 0; other < counts.length; other++) {
            if (other != latent && counts[other] > 0) {
                found.add(partner(latent, other, counts[other]));
            }
        }
        found.sort(Comparator.comparingDouble(Partner::jaccard).reversed().thenComparingInt(Partner::latent));
        return List.copyOf(found.subList(0, Math.min(most, found.size())));
    }

    private Partner partner(int latent, int other, double both) {
        double n = tokens();
        double a = fired[latent];
        double b = fired[other];
        double spread = Math.sqrt(a * b * (n - a) * (n - b));
        return new Partner(other, (int) both, both / (a + b - both), spread == 0 ? 0 : (n * both - a * b) / spread);
    }

    /// How many tokens count.
    int tokens() {
        return Math.ceilDiv(codes.rows(), stride);
    }

    List<Partner> of(int latent) {
        return partners.get(latent);
    }
}

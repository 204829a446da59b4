package cutaway.features.pages;

import java.util.Arrays;

/// How the activations of each latent spread from 0 to its maximum: a histogram, and tokens drawn from equal parts of
/// that range.
///
/// With B bands, band b has activations from `b/B max` up to `(b+1)/B max`, the last one with its end. Each token of a
/// band is drawn with the same probability: its number is scrambled with the seed, and the greatest stay.
final class Bands {

    private final int bands;
    private final int bins;
    private final int[] histogram; // [latent, bin]
    private final int[] counts; // [latent, band]
    private final LargestKeys drawn;

    private Bands(int width, int bands, int perBand, int bins) {
        this.bands = bands;
        this.bins = bins;
        histogram = new int[Math.multiplyExact(width, bins)];
        counts = new int[Math.multiplyExact(width, bands)];
        drawn = new LargestKeys(counts.length, perBand);
    }

    static Bands of(StoredCodes codes, Activity activity, int width, PageSettings settings) {
        Bands found = new Bands(width, settings.bands(), settings.perBand(), settings.bins());
        for (int row = 0; row < codes.rows(); row++) {
            for (long i = codes.start(row); i < codes.start(row + 1); i++) {
                int latent = codes.latent(i);
                double share = codes.value(i) / (double) activity.max(latent);
                found.histogram[latent * found.bins + part(share, found.bins)]++;
                int band = latent * found.bands + part(share, found.bands);
                found.counts[band]++;
                found.drawn.offer(band, LargestKeys.key(scrambled(settings.seed(), latent, row), row));
            }
        }
        return found;
    }

    /// Which of equal parts of 0 to 1 a number is in.
    static int part(double share, int parts) {
        return Math.min(parts - 1, (int) (share * parts));
    }

    /// A number from 0 on of 31 bits (the finaliser of SplitMix64, Steele et al. 2014).
    private static int scrambled(long seed, int latent, int row) {
        long z = (seed + 1) * 0x9e3779b97f4a7c15L + ((long) latent << 32 | row);
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return (int) ((z ^ z >>> 31) >>> 33);
    }

    /// Tokens by activation, in equal parts of 0 to the maximum.
    int[] histogram(int latent) {
        return Arrays.copyOfRange(histogram, latent * bins, (latent + 1) * bins);
    }

    /// Tokens of a band.
    int count(int latent, int band) {
        return counts[latent * bands + band];
    }

    /// The rows that were drawn of a band, in the order of the text.
    int[] rows(int latent, int band) {
        return Arrays.stream(drawn.of(latent * bands + band))
                .mapToInt(LargestKeys::second)
                .sorted()
                .toArray();
    }
}

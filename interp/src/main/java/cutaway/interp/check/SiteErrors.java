package cutaway.interp.check;

import cutaway.interp.site.Site;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gathers how far the values at one site are from each other, a position at a time.
final class SiteErrors {

    private final Site site;
    private final List<Double> errors = new ArrayList<>();
    private double worst;
    private @Nullable Place at;
    private double cosines;

    SiteErrors(Site site) {
        this.site = site;
    }

    /// @param a the values of a position are those from `start` on
    /// @param b the reference
    void add(double[] a, double[] b, int start, int width, Place place) {
        double error = Gap.relative(a, b, start, width);
        errors.add(error);
        cosines += cosine(a, b, start, width);
        if (at == null || (!(error <= worst) && !Double.isNaN(worst))) { // NaN is the worst of all
            worst = error;
            at = place;
        }
    }

    /// @throws IllegalStateException before anything was added
    SiteError error() {
        if (at == null) {
            throw new IllegalStateException(site.text() + " was compared nowhere");
        }
        return new SiteError(site, median(), worst, at, cosines / errors.size());
    }

    private double median() {
        List<Double> sorted = errors.stream().sorted().toList(); // NaN comes last
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /// 1 where both are 0; 0 where one is.
    private static double cosine(double[] a, double[] b, int start, int width) {
        double dot = 0;
        double normA = 0;
        double normB = 0;
        for (int i = start; i < start + width; i++) {
            dot += a[i] * b[i];
            normA += a[i] * a[i];
            normB += b[i] * b[i];
        }
        if (normA == 0 || normB == 0) {
            return normA == normB ? 1 : 0;
        }
        return dot / Math.sqrt(normA * normB);
    }
}

package cutaway.interp.check;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// A random value of equal norm, of the kind that a site can hold:
///
/// - vectors: a Gaussian direction with the norm of the old vector, for each position (and head);
/// - scales of norms: positive numbers that together, over the positions, have the norm of the old ones;
/// - scores: Gaussian numbers with the norm of the old row, where the query may look; the rest stays masked;
/// - patterns: a new distribution over the keys up to the query, also those that a window hides: its sum stays 1.
///
/// The first position's query has one key to look at: its scores and pattern stay as they are.
final class Replacement {

    private final RandomGenerator random;

    Replacement(RandomGenerator random) {
        this.random = random;
    }

    /// @param value of one prompt, `[1, …]` as the site has it
    /// @param window how many keys a query of the site's layer may look at, its own among them
    /// @return what puts the random value in place
    List<Edit> of(Site site, Tensor value, int window) {
        long[] dims = value.shape().dims();
        int width = (int) dims[dims.length - 1];
        double[] values = value.toDoubles();
        return switch (site.point().kind().axes()) {
            case MODEL, MLP, VOCAB, HEAD, KV_HEAD, HEAD_MODEL -> {
                for (int start = 0; start < values.length; start += width) {
                    direction(values, start, width);
                }
                yield List.of(replace(site, values, dims[1]));
            }
            case ONE, HEAD_ONE -> {
                direction(values, 0, values.length);
                for (int i = 0; i < values.length; i++) {
                    values[i] = Math.abs(values[i]);
                }
                yield List.of(replace(site, values, dims[1]));
            }
            case PAIR -> pairs((Site.Heads) site, values, (int) dims[1], width, window);
        };
    }

    /// Puts a site's own value in place, bit for bit.
    ///
    /// @param value of one prompt, `[1, …]` as the site has it
    static List<Edit> same(Site site, Tensor value) {
        if (site instanceof Site.Heads(int layer, Site.HeadPart part) && isPair(site)) {
            List<Edit> edits = new ArrayList<>();
            for (int head = 0; head < value.dim(1); head++) {
                int at = head;
                Values own = Values.of(
                        Scope.keep(() -> value.select(0, 0).select(0, at).alias()));
                edits.add(new Edit.Replace(new Site.Head(layer, head, part), Positions.ALL, own));
            }
            return edits;
        }
        return List.of(replace(site, value.toDoubles(), value.dim(1)));
    }

    private static boolean isPair(Site site) {
        return site.point().kind() == Kind.SCORES || site.point().kind() == Kind.PATTERN;
    }

    private List<Edit> pairs(Site.Heads site, double[] values, int heads, int length, int window) {
        List<Edit> edits = new ArrayList<>();
        boolean pattern = site.part() == Site.HeadPart.PATTERN;
        for (int head = 0; head < heads; head++) {
            double[] own = new double[length * length];
            System.arraycopy(values, head * own.length, own, 0, own.length);
            for (int query = 1; query < length; query++) {
                if (pattern) {
                    distribution(own, query * length, query + 1);
                } else {
                    int first = Math.max(0, query + 1 - window); // -inf before it
                    direction(own, query * length + first, query + 1 - first);
                }
            }
            edits.add(replace(new Site.Head(site.layer(), head, site.part()), own, length));
        }
        return edits;
    }

    private static Edit replace(Site site, double[] values, long positions) {
        return new Edit.Replace(site, Positions.ALL, new Values(List.of(positions, values.length / positions), values));
    }

    /// A Gaussian direction, as long as what stood there.
    private void direction(double[] values, int start, int width) {
        double old = norm(values, start, width);
        for (int i = start; i < start + width; i++) {
            values[i] = random.nextGaussian();
        }
        double drawn = norm(values, start, width);
        for (int i = start; i < start + width; i++) {
            values[i] *= old / drawn;
        }
    }

    private void distribution(double[] values, int start, int width) {
        double sum = 0;
        for (int i = start; i < start + width; i++) {
            values[i] = random.nextExponential();
            sum += values[i];
        }
        for (int i = start; i < start + width; i++) {
            values[i] /= sum;
        }
    }

    private static double norm(double[] values, int start, int width) {
        double sum = 0;
        for (int i = start; i < start + width; i++) {
            sum += values[i] * values[i];
        }
        return Math.sqrt(sum);
    }
}

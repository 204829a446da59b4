package cutaway.interp.probe;

import java.util.List;
import java.util.stream.IntStream;

/// From which layer on each thing can be read: the first at which what probes have right, beyond the
/// commonest answer, comes within a share of the best of all layers.
///
/// @param share of the best layer's gain over the commonest answer
/// @param least gain of the best layer, in accuracy, below which a thing counts as read nowhere
/// @param first layer of each thing, by its place in the list; -1 where it is read nowhere
public record FirstLayers(double share, double least, List<Integer> first) {

    /// Where nothing else is said.
    public static final double SHARE = 0.9;

    /// A probe gains as much by chance on a few hundred examples.
    public static final double LEAST = 0.02;

    /// A thing that no layer reads.
    public static final int NOWHERE = -1;

    public FirstLayers {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("a share of " + share + "; expected more than 0, at most 1");
        }
        first = List.copyOf(first);
    }

    /// @param accuracies of each thing at each layer, from the embedding on, `[layer][thing]`
    /// @param commonest accuracy of the commonest answer of each thing, `[thing]`
    public static FirstLayers of(List<double[]> accuracies, double[] commonest, double share, double least) {
        return new FirstLayers(
                share,
                least,
                IntStream.range(0, commonest.length)
                        .map(thing -> first(
                                accuracies.stream()
                                        .mapToDouble(layer -> layer[thing] - commonest[thing])
                                        .toArray(),
                                share,
                                least))
                        .boxed()
                        .toList());
    }

    private static int first(double[] gains, double share, double least) {
        double best = NOWHERE;
        for (double gain : gains) {
            best = Math.max(best, gain);
        }
        double enough = share * best;
        return best < least
                ? NOWHERE
                : IntStream.range(0, gains.length)
                        .filter(layer -> gains[layer] >= enough)
                        .findFirst()
                        .orElse(NOWHERE);
    }

    /// How many things each layer is the first of, `[layer]`.
    public int[] counts(int layers) {
        int[] counts = new int[layers];
        first.stream().filter(layer -> layer != NOWHERE).forEach(layer -> counts[layer]++);
        return counts;
    }

    /// How many things are read nowhere.
    public long nowhere() {
        return first.stream().filter(layer -> layer == NOWHERE).count();
    }
}

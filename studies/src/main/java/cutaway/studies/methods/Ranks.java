package cutaway.studies.methods;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/// How well an order puts what is to be found first.
final class Ranks {

    private Ranks() {}

    /// Average precision: over the items to be found, the mean share of found ones among those up to it. 1 where all
    /// of them stand first.
    ///
    /// @param score of an item; the largest first
    static <T> double precision(List<T> items, Set<? super T> wanted, ToDoubleFunction<T> score) {
        List<T> order = items.stream()
                .sorted(Comparator.comparingDouble(score).reversed())
                .toList();
        double sum = 0;
        int found = 0;
        for (int rank = 0; rank < order.size(); rank++) {
            if (wanted.contains(order.get(rank))) {
                found++;
                sum += (double) found / (rank + 1);
            }
        }
        return sum / wanted.size();
    }

    /// The harmonic mean of the share of what was found that is wanted, and of what is wanted that was found.
    static <T> double overlap(Set<T> found, Set<T> wanted) {
        long both = found.stream().filter(wanted::contains).count();
        return 2.0 * both / (found.size() + wanted.size());
    }
}

package cutaway.interp.whatif;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The cheapest thresholds, one for each slice, at which a rate differs between slices by no more than a
/// tolerance.
///
/// Exact, over all thresholds that differ in what they predict. Let the lowest of the slices' rates be `r`:
/// then all lie in `[r, r + tolerance]`, and in that window the slices no longer hang together, so each
/// takes its cheapest cut. There are as many windows as cuts; going through them in rising order costs `O(n
/// log n)` for all, with a queue of cuts for each slice. Among equally cheap cuts of a slice the one nearest
/// to 1/2 is taken.
final class Thresholds {

    /// Rates are quotients: what is equal on paper may differ by this.
    private static final double ROUNDING = 1e-12;

    private static final Comparator<Cut> NEAREST_HALF = Comparator.<Cut>comparingDouble(
                    cut -> Math.abs(cut.threshold() - 0.5))
            .thenComparingDouble(Cut::threshold);

    /// A cut of a slice, with what is asked of it.
    private record Candidate(int slice, Cut cut, double rate, double cost) {}

    /// The rate that a strategy holds alike.
    private interface Rate {
        @Nullable
        Double of(Confusion.Rates rates);
    }

    private Thresholds() {}

    /// The cheapest of one slice's cuts.
    static double cheapest(List<Cut> cuts, double ratio) {
        return cuts.stream().min(cheaper(ratio)).orElseThrow().threshold();
    }

    private static Comparator<Cut> cheaper(double ratio) {
        return Comparator.<Cut>comparingDouble(cut -> cut.confusion().cost(ratio))
                .thenComparing(NEAREST_HALF);
    }

    /// @param cuts of each slice
    /// @param ratio cost of a false positive over that of a false negative
    /// @param tolerance the greatest difference between slices; where no thresholds come so near to each
    ///     other, the least difference that there is stands in its place
    static double[] alike(List<List<Cut>> cuts, Strategy strategy, double ratio, double tolerance) {
        Rate rate = rate(strategy);
        double[] thresholds = new double[cuts.size()];
        List<Candidate> candidates = new ArrayList<>();
        int bound = 0;
        for (int slice = 0; slice < cuts.size(); slice++) {
            thresholds[slice] = cheapest(cuts.get(slice), ratio);
            int before = candidates.size();
            for (Cut cut : cuts.get(slice)) {
                Double value = rate.of(cut.confusion().rates());
                if (value != null) {
                    candidates.add(
                            new Candidate(bound, cut, value, cut.confusion().cost(ratio)));
                }
            }
            bound += candidates.size() > before ? 1 : 0;
        }
        if (bound < 2) {
            return thresholds;
        }
        candidates.sort(Comparator.comparingDouble(Candidate::rate));
        List<Candidate> best = best(candidates, bound, Math.max(tolerance, leastGap(candidates, bound)) + ROUNDING);
        int next = 0;
        for (int slice = 0; slice < cuts.size(); slice++) {
            boolean isBound = rate.of(cuts.get(slice).getFirst().confusion().rates()) != null;
            if (isBound) {
                thresholds[slice] = best.get(next++).cut.threshold();
            }
        }
        return thresholds;
    }

    private static Rate rate(Strategy strategy) {
        return switch (strategy) {
            case DEMOGRAPHIC_PARITY -> Confusion.Rates::positive;
            case EQUAL_OPPORTUNITY -> Confusion.Rates::truePositive;
            case EQUAL_ACCURACY -> Confusion.Rates::accuracy;
            case SINGLE, GROUP -> throw new IllegalArgumentException(strategy + " holds no rate alike");
        };
    }

    /// How near the rates of all slices come to each other.
    private static double leastGap(List<Candidate> candidates, int slices) {
        int[] inside = new int[slices];
        int missing = slices;
        double least = Double.POSITIVE_INFINITY;
        int first = 0;
        for (Candidate last : candidates) {
            if (inside[last.slice]++ == 0) {
                missing--;
            }
            while (missing == 0) {
                least = Math.min(least, last.rate - candidates.get(first).rate);
                if (--inside[candidates.get(first++).slice] == 0) {
                    missing++;
                }
            }
        }
        return least;
    }

    private static List<Candidate> best(List<Candidate> candidates, int slices, double tolerance) {
        Comparator<Candidate> order =
                Comparator.comparingDouble(Candidate::cost).thenComparing(Candidate::cut, NEAREST_HALF);
        List<Deque<Candidate>> queues = new ArrayList<>();
        for (int slice = 0; slice < slices; slice++) {
            queues.add(new ArrayDeque<>());
        }
        List<Candidate> best = List.of();
        double least = Double.POSITIVE_INFINITY;
        int next = 0;
        for (Candidate lowest : candidates) { // the window is [lowest.rate, lowest.rate + tolerance]
            while (next < candidates.size() && candidates.get(next).rate <= lowest.rate + tolerance) {
                Candidate entering = candidates.get(next++);
                Deque<Candidate> queue = queues.get(entering.slice);
                while (!queue.isEmpty() && order.compare(queue.getLast(), entering) >= 0) {
                    queue.removeLast(); // dearer, and leaves the window first
                }
                queue.addLast(entering);
            }
            double cost = 0;
            for (Deque<Candidate> queue : queues) {
                cost += queue.isEmpty() ? Double.POSITIVE_INFINITY : queue.getFirst().cost;
            }
            if (cost < least) {
                least = cost;
                best = queues.stream().map(Deque::getFirst).toList();
            }
            if (lowest.equals(queues.get(lowest.slice).peekFirst())) {
                queues.get(lowest.slice).removeFirst();
            }
        }
        return best;
    }
}

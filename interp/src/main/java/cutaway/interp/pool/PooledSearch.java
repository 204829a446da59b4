package cutaway.interp.pool;

import cutaway.interp.pool.Outcome.Cause;
import cutaway.interp.pool.Outcome.Cost;
import cutaway.interp.pool.Outcome.Missed;
import cutaway.interp.pool.Outcome.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Finds the few items among many whose edit moves a metric, by editing many at a time.
///
/// Items go through passes. Each puts those that no run of their own has decided into new pools, without
/// the causes found, and takes the pools with an effect apart.
///
/// - Effects that cancel: a pool that shows nothing may hold two that do. Every pass has pools of other
///   company, and from the second on edits with an opposite are turned at random; an item is believed after
///   [Settings#repeats] null pools. No pool holds more than an eighth of the items.
/// - Effects that mask: what a large effect hides is asked about again in a pass without it. Passes go on
///   until one finds nothing.
/// - Effects of several together: a pool whose pieces have no effect and do not add up to its own is
///   searched for the smallest group ([JointSearch]). At the end all that is left is edited at once, so
///   that also those that never met in a pool are seen.
/// - Dense effects: the rate of causes is estimated from the first round on. Where pooling is expected to
///   save less than a tenth, or the runs made and those that measuring the undecided one by one would take
///   are a tenth more than items, it ends ([Settings.WhenDense]).
/// - What is left: a sample of those cleared is measured one by one.
public final class PooledSearch {

    /// Fewer items are measured one by one.
    private static final int FEWEST = 30;

    /// A share of causes below which a search that saved nothing does not blame them.
    private static final double DENSE = 0.1;

    /// Pools of a pass, at least.
    private static final int POOLS = 8;

    /// Passes after those asked for, at most, while they find more.
    private static final int MORE_PASSES = 4;

    /// Times that all that is left is edited at once, at most.
    private static final int TOGETHER = 8;

    private final Oracle oracle;
    private final Method method;
    private final Settings settings;
    private final RandomGenerator random;
    private final List<Integer> asked;
    private final Ledger ledger;
    private final JointSearch joint;
    private final Splitting splitting;
    private int passes;

    private PooledSearch(Oracle oracle, Method method, Settings settings) {
        this.oracle = oracle;
        this.method = method;
        this.settings = settings;
        this.random = new SplittableRandom(settings.seed());
        this.asked = IntStream.range(0, oracle.items())
                .filter(oracle::canMatter)
                .boxed()
                .toList();
        this.ledger = new Ledger(oracle, settings.threshold(), asked);
        this.joint = new JointSearch(ledger, asked.size(), settings.largestGroup());
        this.splitting = splitting();
    }

    /// @param oracle what is asked; its answers should be the same whenever it is asked the same
    public static Outcome find(Oracle oracle, Method method, Settings settings) {
        return new PooledSearch(oracle, method, settings).run();
    }

    private Splitting splitting() {
        return switch (method) {
            case Method.Halving() -> new Splitting(ledger, joint, Splitting.HALVES, Rate::halvingCost);
            case Method.BinarySplitting(var _) -> new Splitting(ledger, joint, Splitting.HALVES, Rate::halvingCost);
            case Method.Dorfman(var _) -> new Splitting(ledger, joint, Splitting.DORFMAN, Rate::dorfmanCost);
            case Method.TwoStageDorfman() -> new Splitting(ledger, joint, Splitting.DORFMAN, Rate::dorfmanCost);
        };
    }

    private Outcome run() {
        if (asked.size() < FEWEST) {
            measureAlone(asked);
            return outcome(Verdict.TOO_FEW, share(), audit(List.of()));
        }
        if (method instanceof Method.Dorfman(double rate) && !splitting.isWorth(rate)) {
            return dense();
        }
        int before;
        do {
            before = found();
            if (!pass()) {
                return dense();
            }
        } while (!suspects().isEmpty()
                && (passes < settings.repeats() || (found() > before && passes < settings.repeats() + MORE_PASSES)));
        if (!editAllThatIsLeft()) {
            return dense();
        }
        List<Integer> cleared = shuffled(suspects());
        List<Integer> drawn = cleared.subList(0, Math.min(settings.audit(), Math.min(cleared.size(), ledger.left())));
        measureAlone(drawn);
        if (drawn.stream().anyMatch(ledger::isCause) && !pass()) {
            return dense();
        }
        boolean dense = ledger.runs() > Rate.WORTH * asked.size() && share() > DENSE;
        return outcome(dense ? Verdict.DENSE : Verdict.SPARSE, share(), audit(drawn));
    }

    /// @return false where pooling was not worth it
    private boolean pass() {
        List<Integer> rest = shuffled(suspects());
        if (rest.isEmpty()) {
            return true;
        }
        passes++;
        Set<Integer> reversed = passes == 1
                ? Set.of()
                : rest.stream()
                        .filter(item -> oracle.isReversible(item) && random.nextBoolean())
                        .collect(Collectors.toSet());
        Pool all = new Pool(rest, reversed);
        int largest = largestPool(rest.size());
        return switch (method) {
            case Method.Halving() -> splitting.search(passes == 1 ? all.everySize(largest) : all.pieces(largest));
            case Method.BinarySplitting(int most) ->
                new BinarySplitting(ledger, splitting, passes == 1 ? most : 1).search(all, largest);
            case Method.Dorfman(double rate) ->
                splitting.search(all.pieces(passes == 1 ? Math.min(largest, Rate.dorfmanSize(rate)) : largest));
            case Method.TwoStageDorfman() ->
                splitting.search(passes == 1 ? all.everySize(largest) : all.pieces(largest));
        };
    }

    private static int largestPool(int items) {
        return Math.ceilDiv(items, POOLS);
    }

    /// Edits at once all that is neither a cause nor in a group: together these should have no effect.
    ///
    /// @return false where pooling was not worth it
    private boolean editAllThatIsLeft() {
        for (int time = 0; time < TOGETHER; time++) {
            Set<Integer> grouped = joint.grouped();
            List<Integer> left = shuffled(asked.stream()
                    .filter(item -> !ledger.isCause(item) && !grouped.contains(item))
                    .toList());
            if (left.size() < 2 || ledger.left() < 1) {
                return true;
            }
            Tested all = ledger.measure(List.of(Pool.of(left))).getFirst();
            if (!ledger.passes(all.effect())) {
                return true;
            }
            int before = found();
            Optional<List<Tested>> pieces = ledger.test(all.pool().pieces(largestPool(left.size())));
            if (pieces.isEmpty() || !splitting.takeApart(pieces.get(), List.of())) {
                return false;
            }
            if (found() == before) {
                joint.explain(all, pieces.get());
            }
            if (found() == before) {
                return true;
            }
        }
        return true;
    }

    private Outcome dense() {
        if (settings.whenDense() == Settings.WhenDense.STOP) {
            return outcome(Verdict.DENSE_STOPPED, splitting.rate(), audit(List.of()));
        }
        Set<Integer> each = new LinkedHashSet<>(ledger.open());
        each.addAll(suspects()); // also those that a pool had cleared, as far as runs go
        measureAlone(each.stream().limit(ledger.left()).toList());
        return outcome(Verdict.DENSE, suspects().isEmpty() ? share() : splitting.rate(), audit(List.of()));
    }

    private void measureAlone(List<Integer> items) {
        ledger.measure(items.stream().map(Pool::of).toList());
    }

    /// What may be a cause yet: neither measured alone nor known to act in a group.
    private List<Integer> suspects() {
        Set<Integer> grouped = joint.grouped();
        return asked.stream()
                .filter(item -> !ledger.wasAlone(item) && !grouped.contains(item))
                .toList();
    }

    private int found() {
        return (int) asked.stream().filter(ledger::isCause).count()
                + joint.groups().size();
    }

    /// Share of causes among the items, as far as found.
    private double share() {
        long causes = asked.stream().filter(ledger::isCause).count();
        return asked.isEmpty() ? 0 : (double) causes / asked.size();
    }

    private List<Integer> shuffled(List<Integer> items) {
        List<Integer> shuffled = new ArrayList<>(items);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    private Missed audit(List<Integer> drawn) {
        int left = suspects().size();
        List<Integer> found = drawn.stream().filter(ledger::isCause).sorted().toList();
        double atMost = left == 0 ? 0 : drawn.isEmpty() ? 1 : Rate.atMost(found.size(), drawn.size());
        return new Missed(left, ledger.pairsNeverApart(asked), drawn.size(), found, atMost);
    }

    private Outcome outcome(Verdict verdict, double rate, Missed missed) {
        List<Cause> causes = asked.stream()
                .filter(ledger::isCause)
                .map(item -> new Cause(item, ledger.alone(item)))
                .sorted(Comparator.comparingDouble((Cause cause) -> -Math.abs(cause.effect())))
                .toList();
        Set<Integer> reachable = new HashSet<>(asked);
        List<Integer> outOfReach = IntStream.range(0, oracle.items())
                .filter(item -> !reachable.contains(item))
                .boxed()
                .toList();
        Cost cost = new Cost(
                ledger.runs(), ledger.rounds(), passes, asked.size(), Rate.leastRuns(asked.size(), causes.size()));
        return new Outcome(
                verdict, rate, causes, joint.groups(), joint.unexplained(), ledger.open(), outOfReach, cost, missed);
    }
}

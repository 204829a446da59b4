package cutaway.interp.pool;

import cutaway.interp.pool.Outcome.Group;
import cutaway.interp.pool.Outcome.Unexplained;
import cutaway.interp.pool.Outcome.Why;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/// Finds the items of a pool that act only together: the pool has an effect, its parts have none.
///
/// Delta debugging (Zeller and Hildebrandt 2002) asks for a set from which nothing can be left out. As in
/// QuickXplain (Junker 2004) its members come one by one: in `core + rest`, which has the effect, binary
/// search finds the shortest prefix of the rest that still does; the last item of it belongs to the core,
/// and what follows it is not needed. For m of s items that takes about m log2 s runs. At the end each
/// member is left out once.
final class JointSearch {

    /// Runs that are enough for a few groups, however few the items.
    private static final int LEAST_ALLOWANCE = 64;

    private final Ledger ledger;
    private final int largest;
    private final List<Group> groups = new ArrayList<>();
    private final List<Unexplained> unexplained = new ArrayList<>();
    private int allowance;

    /// @param items that are asked about in all
    /// @param largest most items of a group
    JointSearch(Ledger ledger, int items, int largest) {
        this.ledger = ledger;
        this.largest = largest;
        this.allowance = Math.max(LEAST_ALLOWANCE, items / 10);
    }

    /// Accounts for a pool whose pieces, each measured, have no effect.
    void explain(Tested whole, List<Tested> pieces) {
        double sum = 0;
        for (Tested piece : pieces) {
            boolean turned = piece.pool().size() == 1
                    && whole.pool().reversed().contains(piece.pool().items().getFirst());
            sum += turned ? -piece.effect() : piece.effect();
        }
        if (ledger.agree(whole.effect(), sum)) {
            if (whole.pool().reversed().isEmpty()) { // a sum of opposites is not what was asked
                leave(whole, Why.ADDS_UP);
            }
        } else {
            search(whole);
        }
    }

    private void search(Tested whole) {
        List<Integer> rest = whole.pool().items();
        OptionalDouble again = ask(rest);
        if (again.isEmpty()) {
            leave(whole, Why.NOT_SEARCHED);
            return;
        }
        if (!ledger.passes(again.getAsDouble())) {
            if (whole.pool().reversed().isEmpty()) {
                leave(whole, Why.NOT_REPRODUCED);
            } // else only opposites of the edits act together, which is not what was asked
            return;
        }
        List<Integer> core = new ArrayList<>();
        while (true) {
            OptionalDouble effect = core.isEmpty() ? OptionalDouble.of(0) : ask(core);
            if (effect.isPresent() && ledger.passes(effect.getAsDouble())) {
                accept(whole, core, effect.getAsDouble());
                return;
            }
            int needed = effect.isEmpty() ? -1 : shortestPrefix(core, rest);
            if (needed < 0 || core.size() == largest || rest.isEmpty()) {
                leave(whole, needed < 0 ? Why.NOT_SEARCHED : rest.isEmpty() ? Why.NOT_REPRODUCED : Why.NO_SMALL_GROUP);
                return;
            }
            core.add(rest.get(needed - 1));
            rest = rest.subList(0, needed - 1);
        }
    }

    /// How many of the rest have, with the core, the effect that they have all together; -1 where runs ran
    /// out.
    private int shortestPrefix(List<Integer> core, List<Integer> rest) {
        if (core.size() == largest || rest.isEmpty()) {
            return 0;
        }
        int without = 0;
        int with = rest.size();
        while (with - without > 1) {
            int middle = (without + with) / 2;
            OptionalDouble effect = ask(union(core, rest.subList(0, middle)));
            if (effect.isEmpty()) {
                return -1;
            }
            if (ledger.passes(effect.getAsDouble())) {
                with = middle;
            } else {
                without = middle;
            }
        }
        return with;
    }

    private void accept(Tested whole, List<Integer> core, double effect) {
        List<Integer> group = core;
        double together = effect;
        for (int i = 0; i < group.size() && group.size() > 1; ) {
            List<Integer> fewer = new ArrayList<>(group);
            fewer.remove(i);
            OptionalDouble left = ask(fewer);
            if (left.isEmpty()) {
                leave(whole, Why.NOT_SEARCHED);
                return;
            }
            if (ledger.passes(left.getAsDouble())) {
                group = fewer;
                together = left.getAsDouble();
                i = 0;
            } else {
                i++;
            }
        }
        if (group.size() == 1) {
            return; // a cause that others had hidden; the ledger has its effect
        }
        group = group.stream().sorted().toList();
        List<Double> alone = new ArrayList<>();
        for (int item : group) {
            OptionalDouble found = ask(List.of(item));
            if (found.isEmpty()) {
                leave(whole, Why.NOT_SEARCHED);
                return;
            }
            alone.add(found.getAsDouble());
        }
        if (ledger.agree(
                together, alone.stream().mapToDouble(Double::doubleValue).sum())) {
            unexplained.add(new Unexplained(group, together, Why.ADDS_UP));
        } else {
            groups.add(new Group(group, together, alone));
        }
    }

    /// The effect of items together; empty where no more runs may be spent.
    private OptionalDouble ask(List<Integer> items) {
        boolean known = items.size() == 1 && ledger.wasAlone(items.getFirst());
        if (!known && (allowance <= 0 || ledger.room() <= 0)) {
            return OptionalDouble.empty();
        }
        allowance -= known ? 0 : 1;
        return OptionalDouble.of(
                ledger.measure(List.of(Pool.of(items))).getFirst().effect());
    }

    private void leave(Tested whole, Why why) {
        unexplained.add(new Unexplained(whole.pool().items().stream().sorted().toList(), whole.effect(), why));
    }

    private static List<Integer> union(List<Integer> core, List<Integer> rest) {
        List<Integer> all = new ArrayList<>(core);
        all.addAll(rest);
        return all;
    }

    List<Group> groups() {
        return groups;
    }

    List<Unexplained> unexplained() {
        return unexplained;
    }

    /// All items of groups.
    Set<Integer> grouped() {
        Set<Integer> items = new HashSet<>();
        groups.forEach(group -> items.addAll(group.items()));
        return items;
    }
}

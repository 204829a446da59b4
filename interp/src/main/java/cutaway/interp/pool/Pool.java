package cutaway.interp.pool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Items that are edited together in one run.
///
/// @param items their numbers, each once
/// @param reversed those among them whose edit is turned into its opposite, see [Oracle#isReversible]
public record Pool(List<Integer> items, Set<Integer> reversed) {

    private static final int MANY = 400;

    public Pool {
        items = List.copyOf(items);
        reversed = Set.copyOf(reversed);
        if (items.isEmpty()
                || new HashSet<>(items).size() != items.size()
                || !new HashSet<>(items).containsAll(reversed)) {
            throw new IllegalArgumentException("a pool holds at least one item, each once; reversed are some of them");
        }
    }

    /// The edits as they were given.
    public static Pool of(List<Integer> items) {
        return new Pool(items, Set.of());
    }

    public static Pool of(int item) {
        return of(List.of(item));
    }

    public int size() {
        return items.size();
    }

    /// Cuts it into pools of a size, as even as they come. One item alone is always edited as it was given.
    List<Pool> pieces(int size) {
        int count = Math.ceilDiv(size(), size);
        List<Pool> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pieces.add(part((int) ((long) i * size() / count), (int) ((long) (i + 1) * size() / count)));
        }
        return pieces;
    }

    /// Cuts it into pools of 1, 2, 4, ... items, three of each where items are many, and the rest into the
    /// largest: whatever the rate of causes, some have an effect and some have none.
    ///
    /// @param largest items of a pool
    List<Pool> everySize(int largest) {
        int each = size() < MANY ? 1 : 3;
        List<Pool> pieces = new ArrayList<>();
        int from = 0;
        for (int power = 1; power < largest; power *= 2) {
            for (int i = 0; i < each && from + power < size(); i++) {
                pieces.add(part(from, from + power));
                from += power;
            }
        }
        pieces.addAll(part(from, size()).pieces(largest));
        return pieces;
    }

    /// Some of its items, by their places in it; a single one as its edit was given.
    Pool part(int from, int to) {
        return only(items.subList(from, to));
    }

    /// Some of its items; a single one as its edit was given.
    Pool only(List<Integer> some) {
        return some.size() == 1
                ? of(some)
                : new Pool(some, some.stream().filter(reversed::contains).collect(Collectors.toSet()));
    }
}

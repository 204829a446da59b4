package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.RowMap;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Tap;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Applies edits to the rows of a pass, and keeps the values that were asked for.
///
/// What an edit does not select stays as it is, bit for bit. Edits that put values of one run in place at one
/// point are applied together, however many heads and rows they touch.
final class EditTap implements Tap {

    /// An edit of one row.
    ///
    /// @param row the row, or [#EVERY_ROW]
    /// @param number identifies the edit when applications are counted
    record RowEdit(int row, int number, Edit edit) {}

    static final int EVERY_ROW = -1;

    private Placement placement;
    private Placement last;
    private @Nullable LastBlock lastBlock;
    private final Operands operands;
    private final Map<Point, List<Group>> groups = new HashMap<>();
    private final Set<Point> reads;
    private final boolean differentiate;
    private final boolean spares; // whether values that edits replace everywhere need not be computed
    private final Map<Kind, Tensor> known;
    private final Map<Point, Tensor> seen = new HashMap<>();
    private final Map<Integer, Integer> applied = new HashMap<>();

    /// @param differentiate makes what is read part of a graph that gradients can be asked of
    EditTap(Placement placement, List<RowEdit> edits, Operands operands, Set<Point> reads, boolean differentiate) {
        this(placement, edits, operands, reads, differentiate, false, Map.of());
    }

    /// Of one block, for rows that have some of its values already. Nothing but what is edited counts of its values:
    /// where edits put others in the place of all, they are not computed.
    ///
    /// @param known values before the edits, `[1, pos, …]` with every position of the prompt
    EditTap(Placement placement, List<RowEdit> edits, Operands operands, Map<Kind, Tensor> known) {
        this(placement, edits, operands, Set.of(), false, true, known);
    }

    /// Of the blocks, for gradients at what is read; values that edits replace whole are not computed.
    static EditTap differentiating(Placement placement, List<RowEdit> edits, Operands operands, Set<Point> reads) {
        return new EditTap(placement, edits, operands, reads, true, true, Map.of());
    }

    private EditTap(
            Placement placement,
            List<RowEdit> edits,
            Operands operands,
            Set<Point> reads,
            boolean differentiate,
            boolean spares,
            Map<Kind, Tensor> known) {
        this.placement = placement;
        this.last = placement;
        this.operands = operands;
        this.reads = reads;
        this.differentiate = differentiate;
        this.spares = spares;
        this.known = known;
        for (RowEdit edit : edits) {
            add(edit);
        }
    }

    /// Edits of one point that do the same with the same operand.
    private record Group(Edit like, @Nullable Tensor operand, List<RowEdit> edits) {
        boolean takes(Edit edit, @Nullable Tensor other) {
            return switch (edit) {
                case Edit.Patch _ -> like instanceof Edit.Patch && other == operand;
                case Edit.Mean _ -> like instanceof Edit.Mean && other == operand;
                case Edit.Zero _ -> like instanceof Edit.Zero;
                case Edit.Knockout knockout ->
                    like instanceof Edit.Knockout same && same.keys().equals(knockout.keys());
                case Edit.Apply apply ->
                    like instanceof Edit.Apply same && same.map().equals(apply.map());
                case Edit.Replace _, Edit.Add _, Edit.Scale _, Edit.ProjectOut _ -> false;
            };
        }

        boolean touches(int row) {
            return edits.stream().anyMatch(edit -> edit.row == row || edit.row == EVERY_ROW || row == EVERY_ROW);
        }
    }

    private void add(RowEdit edit) {
        List<Group> here = groups.computeIfAbsent(edit.edit.site().point(), point -> new ArrayList<>());
        Tensor operand = operands.of(edit.edit);
        for (int i = here.size() - 1; i >= 0; i--) {
            Group group = here.get(i);
            if (group.takes(edit.edit, operand)) {
                group.edits.add(edit);
                return;
            }
            if (group.touches(edit.row)) {
                break; // the order of edits of one row matters
            }
        }
        here.add(new Group(edit.edit, operand, new ArrayList<>(List.of(edit))));
    }

    /// Goes on to another pass of the same rows.
    void move(Placement next) {
        placement = next;
    }

    /// In the last block the pass leaves no more positions than the metric needs.
    EditTap with(LastBlock block) {
        lastBlock = block;
        last = Placement.Packed.tails(placement.rows(), 1, placement.promptLength(0));
        return this;
    }

    /// Where positions stand in a value.
    private Placement placement(Point point) {
        return lastBlock != null && lastBlock.isOfLast(point) ? last : placement;
    }

    @Override
    public Tensor at(Point point, Tensor value) {
        List<Group> here = groups.get(point);
        boolean read = reads.contains(point);
        boolean track = differentiate && point.kind() == Kind.EMBED;
        if (here == null && !read && !track) {
            return value;
        }
        Tensor now = track ? Autograd.track(value) : value;
        if (here != null) {
            for (Group group : here) {
                now = apply(group, point, now);
            }
        }
        if (read) {
            if (differentiate && !Autograd.isTracked(now)) {
                now = Autograd.track(now);
            }
            seen.put(point, Scope.detach(now.alias()));
        }
        return now;
    }

    @Override
    public Tensor at(Point point, Supplier<Tensor> value) {
        Tensor there = known.get(point.kind());
        if (there == null && spares) {
            there = replacement(point);
        }
        return at(point, there == null ? value.get() : Alignment.atPlaces(there, placement(point)));
    }

    /// What edits put in the place of a whole value, with every position of the prompt; null where they leave some of
    /// it, or where something on the way to it is wanted too.
    private @Nullable Tensor replacement(Point point) {
        List<Group> edits = groups.get(point);
        if (edits == null || !(edits.getFirst().like instanceof Edit.Patch) || isWantedOnTheWayTo(point)) {
            return null;
        }
        Group first = edits.getFirst();
        Tensor operand = operand(first);
        Axes axes = point.kind().axes();
        int heads = hasHeads(axes) ? (int) operand.dim(2) : 1;
        Placement here = placement(point);
        BitSet covered = new BitSet();
        for (RowEdit edit : first.edits) {
            if (edit.edit.site().onlyNeuron().isPresent()) {
                return null;
            }
            rows(edit, here)
                    .flatMap(row -> Arrays.stream(places(edit.edit, here, row)))
                    .flatMap(place -> cells(edit, place, heads))
                    .forEach(covered::set);
        }
        return covered.cardinality() == here.valueRows() * here.length() * heads ? operand : null;
    }

    /// Whether values that attention, or the MLP, makes before this one are edited or read.
    private boolean isWantedOnTheWayTo(Point point) {
        Kind read = point.kind().compareTo(Kind.RESID_MID) < 0 ? Kind.RESID_PRE : Kind.RESID_MID;
        return Stream.concat(groups.keySet().stream(), reads.stream())
                .anyMatch(other -> other.layer() == point.layer()
                        && other.kind().inBlock()
                        && other.kind().compareTo(read) > 0
                        && other.kind().compareTo(point.kind()) < 0);
    }

    @Override
    public boolean wantsResult(int layer) {
        Point result = new Point(Kind.RESULT, layer);
        return groups.containsKey(result) || reads.contains(result);
    }

    /// Whether some edit is at this point.
    boolean edits(Point point) {
        return groups.containsKey(point);
    }

    /// What was read; it now belongs to the caller, who frees it.
    Map<Point, Tensor> seen() {
        return seen;
    }

    /// At how many positions, over all rows, edits were applied: by number, those that were.
    Map<Integer, Integer> applied() {
        return applied;
    }

    /// At how many positions, over all rows, an edit was applied.
    int applied(int number) {
        return applied.getOrDefault(number, 0);
    }

    private Tensor apply(Group group, Point point, Tensor value) {
        Axes axes = point.kind().axes();
        Placement here = axes == Axes.PAIR ? placement(point).ofPairs() : placement(point);
        Tensor mask = mask(group, here, axes, value);
        if (mask == null) {
            return value;
        }
        Tensor changed = switch (group.like) {
            case Edit.Zero _ -> Tensor.full(0, value.dtype());
            case Edit.Scale scale -> value.times(scale.factor());
            case Edit.Add add -> value.plus(given(add, here, axes, value));
            case Edit.Replace replace -> given(replace, here, axes, value);
            case Edit.Mean _ -> operand(group);
            case Edit.Patch _ -> Alignment.toPass(operand(group), here, axes, value);
            case Edit.ProjectOut out -> value.minus(along(value, operand(group), out.site()));
            case Edit.Apply apply -> mapped(apply.map(), value);
            case Edit.Knockout knockout -> value.maskedFill(keys(knockout, here, value), Double.NEGATIVE_INFINITY);
        };
        if (group.like instanceof Edit.Knockout knockout) {
            checkSeesSomething(knockout, mask, value, changed);
        }
        // A key that a query must not look at stays out of sight: 0 * -inf is no number, and 0 itself would show it.
        Tensor where = point.kind() == Kind.SCORES ? mask.and(value.greater(Double.NEGATIVE_INFINITY)) : mask;
        return Tensor.where(where, changed, value);
    }

    private static Tensor mapped(RowMap map, Tensor value) {
        long[] shape = value.shape().dims();
        long rows = shape[0] * shape[1];
        return map.of(value.reshape(rows, -1)).reshape(shape);
    }

    /// The keys that a knockout hides, `[batch or 1, 1, 1, kPos]`.
    private static Tensor keys(Edit.Knockout knockout, Placement here, Tensor value) {
        int batch = here.isAlike() ? 1 : here.rows();
        int count = (int) value.dim(3);
        boolean[] hidden = new boolean[batch * count];
        for (int row = 0; row < batch; row++) {
            for (int key : here.named(row, knockout.keys())) {
                if (here.firstKey(row) + key < count) {
                    hidden[row * count + here.firstKey(row) + key] = true;
                }
            }
        }
        return Tensor.of(hidden, batch, 1, 1, count);
    }

    /// @throws BadInputException when a query is left without a key
    private static void checkSeesSomething(Edit.Knockout knockout, Tensor mask, Tensor before, Tensor after) {
        Tensor blind = after.max(-1, true)
                .equalTo(Double.NEGATIVE_INFINITY)
                .and(before.max(-1, true).greater(Double.NEGATIVE_INFINITY))
                .and(mask);
        if (!blind.not().all()) {
            throw new BadInputException(
                    "the knockout of keys %s in %s leaves a query nothing to look at; leave it one key, or leave the query out."
                            .formatted(knockout.keys().at(), SiteNames.legacy(knockout.site())));
        }
    }

    private static Tensor operand(Group group) {
        if (group.operand == null) {
            throw new IllegalStateException("no operand for " + group.like);
        }
        return group.operand;
    }

    /// The values that an edit carries, shaped to broadcast over the pass.
    private Tensor given(Edit edit, Placement here, Axes axes, Tensor value) {
        Tensor values = operands.of(edit);
        if (values == null) {
            throw new IllegalStateException("no values for " + edit);
        }
        return Alignment.spread(values, edit, here, axes, value);
    }

    /// The component of the last axis along a direction.
    private static Tensor along(Tensor value, Tensor direction, Site site) {
        if (direction.dim(0) != value.dim(-1)) {
            throw new BadInputException("the direction to project out of %s has %d numbers; the site has %d."
                    .formatted(SiteNames.legacy(site), direction.dim(0), value.dim(-1)));
        }
        Tensor unit = direction.over(direction.norm());
        return value.times(unit).sum(-1, true).times(unit);
    }

    /// Where the group's edits apply, in a shape that broadcasts to the value; null when they apply nowhere in
    /// this pass.
    private @Nullable Tensor mask(Group group, Placement here, Axes axes, Tensor value) {
        int batch = here.valueRows();
        int length = here.length();
        int heads = hasHeads(axes) ? (int) value.dim(axes == Axes.PAIR ? 1 : 2) : 1;
        int neurons = group.edits.stream()
                        .anyMatch(edit -> edit.edit.site().onlyNeuron().isPresent())
                ? (int) value.dim(-1)
                : 1;
        boolean[] mask = new boolean[batch * length * heads * neurons];
        boolean any = false;
        for (RowEdit edit : group.edits) {
            for (int row : rows(edit, here).toArray()) {
                if (edit.edit instanceof Edit.Patch patch) {
                    Alignment.check(patch, here, row, operand(group));
                }
                int[] places = places(edit.edit, here, row);
                applied.merge(edit.number, places.length, Integer::sum);
                for (int place : places) {
                    any = true;
                    for (int cell : cells(edit, place, heads).toArray()) {
                        int start = cell * neurons;
                        if (edit.edit.site().onlyNeuron().isPresent()) {
                            mask[start + edit.edit.site().onlyNeuron().getAsInt()] = true;
                        } else {
                            Arrays.fill(mask, start, start + neurons, true);
                        }
                    }
                }
            }
        }
        if (!any) {
            return null;
        }
        Tensor tensor = Tensor.of(mask, batch, length, heads, neurons);
        return switch (axes) {
            case PAIR -> tensor.transpose(1, 2); // [batch, head, qPos, 1]
            case HEAD, KV_HEAD, HEAD_MODEL, HEAD_ONE -> tensor; // [batch, pos, head, 1]
            case MODEL, MLP, VOCAB, ONE -> tensor.reshape(batch, length, neurons);
        };
    }

    /// The rows that an edit is of.
    private static IntStream rows(RowEdit edit, Placement here) {
        return edit.row == EVERY_ROW ? IntStream.range(0, here.rows()) : IntStream.of(edit.row);
    }

    /// The heads of a place that an edit is of, counted over all places.
    private static IntStream cells(RowEdit edit, int place, int heads) {
        int first = edit.edit.site().onlyHead().orElse(0);
        int last = edit.edit.site().onlyHead().orElse(heads - 1);
        return IntStream.rangeClosed(place * heads + first, place * heads + last);
    }

    private static int[] places(Edit edit, Placement here, int row) {
        if (edit.pos().isAll() && !isByPosition(edit)) {
            return here.places(row).toArray();
        }
        return Arrays.stream(here.named(row, edit.pos()))
                .map(position -> here.place(row, position))
                .filter(place -> place >= 0)
                .distinct()
                .toArray();
    }

    /// Whether it has a value of its own for each position, so that a position after the prompt has none.
    private static boolean isByPosition(Edit edit) {
        return switch (edit) {
            case Edit.Patch _ -> true;
            case Edit.Replace replace -> replace.values().shape().size() == 2;
            case Edit.Add add -> add.values().shape().size() == 2;
            case Edit.Scale _, Edit.Zero _, Edit.Mean _, Edit.ProjectOut _, Edit.Apply _, Edit.Knockout _ -> false;
        };
    }

    private static boolean hasHeads(Axes axes) {
        return switch (axes) {
            case HEAD, KV_HEAD, HEAD_MODEL, HEAD_ONE, PAIR -> true;
            case MODEL, MLP, VOCAB, ONE -> false;
        };
    }
}

package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.run.EditTap.RowEdit;
import cutaway.interp.run.SweepPlan.Start;
import cutaway.interp.run.SweepPlan.Wave;
import cutaway.model.parts.Pass;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Point.Place;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// One wave of a sweep on its way through the blocks.
///
/// A variant joins in the block where it begins to differ from the base run. In that block it has what the base run
/// computed before the first of its edits: a head whose output is replaced needs no attention.
final class WaveRun {

    /// Values that a block need not compute where the base run's will do, each in the place of those before it.
    private static final List<List<Kind>> SPARED =
            List.of(List.of(Kind.Z, Kind.ATTN_OUT), List.of(Kind.MLP_POST, Kind.MLP_OUT));

    private final BaseRun base;
    private final Operands operands;
    private final Wave wave;
    private final LastBlock lastBlock;
    private final Map<Place, Map<Integer, List<Numbered>>> edits = new EnumMap<>(Place.class); // by variant
    private final Map<InLayer, List<Numbered>> inBlocks = new HashMap<>();
    private final Map<Integer, Edit> numbers = new TreeMap<>();
    private final Map<Integer, Integer> applied = new HashMap<>(); // by number: at how many positions

    /// An edit and the number that it is counted under.
    private record Numbered(int number, Edit edit) {}

    private record InLayer(int variant, int layer) {}

    /// @param variants the edits of each, by number
    /// @param lastBlock what the metric needs of it
    WaveRun(BaseRun base, Operands operands, Wave wave, List<List<Edit>> variants, LastBlock lastBlock) {
        this.base = base;
        this.operands = operands;
        this.wave = wave;
        this.lastBlock = lastBlock;
        for (Start start : wave.starts()) {
            for (Edit edit : variants.get(start.variant())) {
                int number = base.source().edits().size() + numbers.size();
                numbers.put(number, edit);
                of(start.variant(), edit.site().point()).add(new Numbered(number, edit));
            }
        }
    }

    /// The edits of a variant at a point's place: of a block, those in that block.
    private List<Numbered> of(int variant, Point point) {
        return point.kind().inBlock()
                ? inBlocks.computeIfAbsent(new InLayer(variant, point.layer()), key -> new ArrayList<>())
                : edits.computeIfAbsent(point.kind().place(), key -> new HashMap<>())
                        .computeIfAbsent(variant, key -> new ArrayList<>());
    }

    /// What the base run must have kept for a plan: the values that its variants are spared.
    static Set<Point> spared(SweepPlan plan) {
        Set<Point> points = new HashSet<>();
        for (Wave wave : plan.waves()) {
            for (Start start : wave.starts()) {
                spared(start).forEach(kind -> points.add(new Point(kind, start.layer())));
            }
        }
        return points;
    }

    private static List<Kind> spared(Start start) {
        List<Kind> spared = new ArrayList<>();
        if (start.value().inBlock()) {
            for (List<Kind> oneOf : SPARED) {
                oneOf.reversed().stream()
                        .filter(kind -> kind.compareTo(start.value()) <= 0)
                        .findFirst()
                        .ifPresent(spared::add);
            }
        }
        return spared;
    }

    /// Its variants after all blocks; their residual stream belongs to the scope around.
    Crowd run() {
        int layers = base.layers();
        int first = wave.starts().stream().mapToInt(Start::layer).min().orElse(layers);
        Crowd crowd = embedded(joining(SweepPlan.EMBEDDING));
        for (int layer = Math.max(0, first); layer < layers; layer++) {
            Crowd before = crowd;
            try (Scope scope = Scope.openForAll()) {
                crowd = block(layer, before).released(scope);
            }
            before.residual().close();
        }
        return crowd.with(begun(joining(layers), layers));
    }

    /// The variants after a block, with those that join in it.
    private Crowd block(int layer, Crowd crowd) {
        Map<List<Kind>, List<Start>> joining = new LinkedHashMap<>();
        joining(layer)
                .forEach(start -> joining.computeIfAbsent(spared(start), spared -> new ArrayList<>())
                        .add(start));
        Crowd fresh = begun(joining.getOrDefault(List.of(), List.of()), layer);
        Crowd after = through(layer, crowd.with(fresh), List.of());
        for (Map.Entry<List<Kind>, List<Start>> some : joining.entrySet()) {
            if (!some.getKey().isEmpty()) {
                after = after.with(through(layer, begun(some.getValue(), layer), some.getKey()));
            }
        }
        return after;
    }

    private Crowd through(int layer, Crowd crowd, List<Kind> spared) {
        if (crowd.isEmpty()) {
            return crowd;
        }
        Map<Kind, Tensor> known = new EnumMap<>(Kind.class);
        spared.forEach(kind -> known.put(kind, operands.value(base.source(), new Point(kind, layer))));
        EditTap tap = new EditTap(crowd.placement(), edits(layer, crowd, known.keySet()), operands, known);
        Pass pass = base.pass(crowd.placement());
        boolean toLast = lastBlock.isNarrowAt(layer);
        Tensor after = toLast
                ? base.transformer().toLast(crowd.residual(), layer, pass, tap.with(lastBlock))
                : base.transformer().blocks(crowd.residual(), layer, layer + 1, pass, tap);
        count(tap);
        return toLast ? crowd.afterLast(after) : crowd.after(after);
    }

    /// The edits of one block; those of the base run only where they are not in its values already.
    private List<RowEdit> edits(int layer, Crowd crowd, Set<Kind> known) {
        List<RowEdit> here = new ArrayList<>();
        for (RowEdit edit : base.edits()) {
            Point point = edit.edit().site().point();
            if (!point.kind().inBlock() || point.layer() != layer || known.contains(point.kind())) {
                continue;
            }
            if (point.kind() == Kind.RESID_PRE) {
                IntStream.range(0, crowd.rows().size())
                        .filter(row -> crowd.rows().get(row).layer() != layer)
                        .forEach(row -> here.add(new RowEdit(row, edit.number(), edit.edit())));
            } else {
                here.add(edit);
            }
        }
        for (int row = 0; row < crowd.rows().size(); row++) {
            InLayer key = new InLayer(crowd.rows().get(row).variant(), layer);
            addTo(here, row, inBlocks.getOrDefault(key, List.of()));
        }
        return here;
    }

    private static void addTo(List<RowEdit> here, int row, List<Numbered> some) {
        some.forEach(one -> here.add(new RowEdit(row, one.number, one.edit)));
    }

    /// The edits outside of the blocks, of every row.
    private List<RowEdit> edits(Place place, Crowd crowd) {
        List<RowEdit> there = new ArrayList<>(base.edits().stream()
                .filter(edit -> edit.edit().site().point().kind().place() == place)
                .toList());
        Map<Integer, List<Numbered>> ofVariants = edits.getOrDefault(place, Map.of());
        for (int row = 0; row < crowd.rows().size(); row++) {
            int variant = crowd.rows().get(row).variant();
            addTo(there, row, ofVariants.getOrDefault(variant, List.of()));
        }
        return there;
    }

    /// What applies the edits after the blocks.
    ///
    /// @param placement of the positions of the rows that are read
    EditTap afterBlocks(Crowd crowd, Placement.Packed placement) {
        return new EditTap(placement, edits(Place.AFTER, crowd), operands, Set.of(), false);
    }

    private List<Start> joining(int layer) {
        return wave.starts().stream()
                .filter(start -> start.layer() == layer)
                .sorted(Comparator.comparingInt(Start::position))
                .toList();
    }

    /// Rows with the residual stream that the base run has before a block.
    private Crowd begun(List<Start> starts, int layer) {
        Placement.Packed placement = placement(starts);
        return new Crowd(starts, placement, Alignment.atPlaces(base.residual(layer), placement));
    }

    /// Rows whose embeddings are edited, before the first block.
    private Crowd embedded(List<Start> starts) {
        Crowd begun = begun(starts, 0);
        if (starts.isEmpty()) {
            return begun;
        }
        Placement.Packed placement = begun.placement();
        long[] positions = IntStream.range(0, placement.valueRows() * placement.length())
                .mapToLong(placement::position)
                .toArray();
        long[] ids = LongStream.of(positions)
                .map(position -> base.ids()[(int) position])
                .toArray();
        EditTap tap = new EditTap(placement, edits(Place.BEFORE, begun), operands, Set.of(), false);
        Tensor embedded = base.transformer()
                .embed(
                        Tensor.of(ids, placement.valueRows(), placement.length()),
                        Tensor.of(positions, placement.valueRows(), placement.length()),
                        tap);
        count(tap);
        return begun.after(embedded);
    }

    private Placement.Packed placement(List<Start> starts) {
        return Placement.Packed.of(starts.stream().mapToInt(Start::position).toArray(), base.length());
    }

    /// Notes where edits were applied.
    void count(EditTap tap) {
        tap.applied().forEach((number, positions) -> applied.merge(number, positions, Integer::sum));
    }

    /// @throws cutaway.tensor.BadInputException naming an edit that was applied nowhere
    void checkApplied() {
        numbers.forEach((number, edit) -> BaseRun.checkApplied(edit, applied.getOrDefault(number, 0)));
    }
}

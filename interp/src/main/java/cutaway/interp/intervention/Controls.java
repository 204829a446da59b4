package cutaway.interp.intervention;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Placebo;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.parts.Point.Axes;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Draws the controls of edits: random changes as large as theirs, at the same places.
///
/// How large an edit's change is, is what it alone makes of the value at its site. A neuron has no other direction
/// than its own, so another neuron of its layer is changed by as much; a hidden key's control hides as many other keys.
final class Controls {

    private final Model model;
    private final Sweep sweep;

    /// @param sweep of the run that is edited
    Controls(Model model, Sweep sweep) {
        this.model = model;
        this.sweep = sweep;
    }

    /// @param variants the edits of each control; none where there is no control of such edits
    /// @param words what they are
    record Drawn(List<List<Edit>> variants, String words) {}

    /// What draws one control of one edit.
    private interface Kind {
        Edit draw(Random random);

        String words();
    }

    Drawn of(List<Edit> edits, int count, long seed) {
        if (count == 0) {
            return new Drawn(List.of(), "none was asked for");
        }
        int length = sweep.ids().length;
        List<Kind> kinds = new ArrayList<>();
        for (Edit edit : edits) {
            @Nullable
            Kind kind = edit instanceof Edit.Knockout hidden ? otherKeys(hidden, length) : asLarge(edit, length);
            if (kind == null) {
                return new Drawn(
                        List.of(),
                        "none: there is no random change as large of "
                                + edit.site().text());
            }
            kinds.add(kind);
        }
        List<List<Edit>> variants = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Random random = new Random(seed + i);
            variants.add(kinds.stream().map(kind -> kind.draw(random)).toList());
        }
        return new Drawn(variants, kinds.stream().map(Kind::words).distinct().collect(Collectors.joining("; ")));
    }

    /// @return null where the site holds no vector at each position
    private @Nullable Kind asLarge(Edit edit, int length) {
        Site site = edit.site();
        if (site.point().kind().axes() == Axes.PAIR || site instanceof Site.Heads) {
            return null;
        }
        int[] at = edit.pos().in(length);
        double[] before = rows(Scope.free(() -> sweep.value(site).toDoubles()), length, at);
        double[] after = rows(Scope.free(() -> sweep.edited(edit).toDoubles()), length, at);
        double[] change = IntStream.range(0, before.length)
                .mapToDouble(i -> after[i] - before[i])
                .toArray();
        Positions positions = Positions.of(at);
        return site instanceof Site.Neuron neuron
                ? otherNeuron(neuron, positions, change)
                : randomDirection(site, positions, change, at.length);
    }

    private Kind randomDirection(Site site, Positions positions, double[] change, int rows) {
        int width = change.length / rows;
        return new Kind() {
            @Override
            public Edit draw(Random random) {
                return Scope.free(() -> Placebo.of(
                        site,
                        positions,
                        Tensor.of(change, rows, width).to(model.transformer().dtype()),
                        random));
            }

            @Override
            public String words() {
                return "as large a change at each position, in a random direction";
            }
        };
    }

    private Kind otherNeuron(Site.Neuron neuron, Positions positions, double[] change) {
        int neurons = model.sizes().dMlp();
        return new Kind() {
            @Override
            public Edit draw(Random random) {
                int other = (neuron.index() + 1 + random.generator().nextInt(neurons - 1)) % neurons;
                return new Edit.Add(
                        new Site.Neuron(neuron.layer(), other, neuron.part()),
                        positions,
                        new Values(List.of((long) change.length, 1L), change));
            }

            @Override
            public String words() {
                return "as large a change of another neuron of the layer";
            }
        };
    }

    /// @return null where the queries see no other keys
    private @Nullable Kind otherKeys(Edit.Knockout hidden, int length) {
        int[] keys = hidden.keys().in(length);
        int last = IntStream.of(hidden.pos().in(length)).max().orElseThrow();
        List<Integer> others = IntStream.rangeClosed(0, last)
                .filter(key -> IntStream.of(keys).noneMatch(one -> one == key))
                .boxed()
                .collect(Collectors.toList());
        if (others.size() <= keys.length) {
            return null;
        }
        return new Kind() {
            @Override
            public Edit draw(Random random) {
                List<Integer> drawn = new ArrayList<>(others);
                Collections.shuffle(drawn, random.generator());
                return new Edit.Knockout(
                        hidden.site(),
                        hidden.pos(),
                        Positions.of(drawn.stream()
                                .limit(keys.length)
                                .mapToInt(Integer::intValue)
                                .toArray()));
            }

            @Override
            public String words() {
                return "as many other keys hidden";
            }
        };
    }

    /// The rows of some positions.
    private static double[] rows(double[] all, int length, int[] at) {
        int width = all.length / length;
        double[] rows = new double[at.length * width];
        for (int i = 0; i < at.length; i++) {
            System.arraycopy(all, at[i] * width, rows, i * width, width);
        }
        return rows;
    }
}

package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What edits put in place, found before the run: the values they carry, and the values of the other runs that
/// they name.
///
/// Each other run is run once, however many edits take values from it.
final class Operands implements AutoCloseable {

    private final Map<Source, Map<Point, Tensor>> runs = new HashMap<>();
    private final Map<Edit, Tensor> made = new IdentityHashMap<>();
    private final Map<Averaged, Tensor> means = new HashMap<>();
    private final Set<Tensor> owned = Collections.newSetFromMap(new IdentityHashMap<>());

    /// What a mean is taken of.
    private record Averaged(List<Source> over, Point point) {}

    private final Model model;
    private final Source self;

    /// @param self the run that is edited, without edits, for the mean over its own positions
    /// @throws BadInputException when an edit names what the model does not have
    Operands(Model model, Source self, List<Edit> edits) {
        this.model = model;
        this.self = self;
        try {
            prepare(edits);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Finds what more edits need; what was found before is kept.
    void prepare(List<Edit> edits) {
        Map<Source, Set<Point>> wanted = new HashMap<>();
        for (Edit edit : edits) {
            SiteNames.check(edit.site(), model.sizes());
            for (Source source : sources(edit, self)) {
                want(wanted, source, edit.site().point());
            }
        }
        capture(wanted);
        for (Edit edit : edits) {
            if (!made.containsKey(edit)) {
                make(edit, self);
            }
        }
    }

    /// Frees what edits carry: they were asked about, and each question brings new ones. What other runs have is kept.
    ///
    /// @param but those that go on
    void forget(List<Edit> edits, List<Edit> but) {
        Set<Edit> kept = Collections.newSetFromMap(new IdentityHashMap<>());
        kept.addAll(but);
        for (Edit edit : edits) {
            Tensor tensor = kept.contains(edit) ? null : made.remove(edit);
            if (tensor != null && !(edit instanceof Edit.Mean)) { // a mean is shared, and kept
                owned.remove(tensor);
                tensor.close();
            }
        }
    }

    /// Frees the values of other runs.
    ///
    /// @param but those whose values are kept
    void forgetRuns(Set<Source> but) {
        runs.entrySet().removeIf(run -> {
            if (but.contains(run.getKey())) {
                return false;
            }
            run.getValue().values().forEach(Tensor::close);
            return true;
        });
    }

    private void want(Map<Source, Set<Point>> wanted, Source source, Point point) {
        if (!runs.getOrDefault(source, Map.of()).containsKey(point)) {
            wanted.computeIfAbsent(source, key -> new HashSet<>()).add(point);
        }
    }

    /// A value of another run, which is run for it if need be; `[1, …]`.
    Tensor value(Source source, Point point) {
        keep(source, Set.of(point));
        return at(source, point);
    }

    /// Finds values of another run, all that are missing in one run.
    void keep(Source source, Set<Point> points) {
        Map<Source, Set<Point>> wanted = new HashMap<>();
        points.forEach(point -> want(wanted, source, point));
        capture(wanted);
    }

    private void capture(Map<Source, Set<Point>> wanted) {
        wanted.forEach((source, points) ->
                runs.computeIfAbsent(source, key -> new HashMap<>()).putAll(capture(model, source, points)));
    }

    private static List<Source> sources(Edit edit, Source self) {
        return edit instanceof Edit.Mean mean && mean.over().isEmpty() ? List.of(self) : edit.runs();
    }

    private static Map<Point, Tensor> capture(Model model, Source source, Set<Point> points) {
        int[] ids = source.ids(model);
        if (ids.length == 0) {
            throw new BadInputException("an edit takes values from an empty prompt; give its text or its token ids.");
        }
        try (Operands inner = new Operands(model, Source.of(ids, List.of()), source.edits());
                Scope scope = Scope.open()) {
            Batch batch = Batch.of(ids);
            EditTap tap = new EditTap(new Placement.Padded(batch), Runs.everyRow(source.edits()), inner, points, false);
            try {
                Runs.pass(model, batch, tap, points);
                Runs.checkApplied(source.edits(), tap);
            } catch (RuntimeException e) {
                tap.seen().values().forEach(Tensor::close);
                throw e;
            }
            return tap.seen();
        }
    }

    private void make(Edit edit, Source self) {
        switch (edit) {
            case Edit.Replace replace -> keep(edit, tensor(replace.values()));
            case Edit.Add add -> keep(edit, tensor(add.values()));
            case Edit.ProjectOut out -> keep(edit, direction(out));
            case Edit.Mean _ -> {
                Averaged averaged =
                        new Averaged(sources(edit, self), edit.site().point());
                Tensor known = means.get(averaged);
                if (known == null) {
                    known = mean(edit, averaged.over);
                    owned.add(Scope.detach(known));
                    means.put(averaged, known);
                }
                made.put(edit, known);
            }
            case Edit.Patch _, Edit.Scale _, Edit.Zero _, Edit.Apply _, Edit.Knockout _ -> {}
        }
    }

    /// In the type that the model computes in.
    private Tensor tensor(Values values) {
        return values.tensor(model.transformer().dtype());
    }

    private Tensor direction(Edit.ProjectOut edit) {
        return Scope.keep(() -> {
            Tensor direction = tensor(edit.direction()).reshape(-1);
            if (!(direction.norm() > 0)) {
                throw new BadInputException("the direction to project out of " + SiteNames.legacy(edit.site())
                        + " has length 0; give one that points somewhere.");
            }
            return direction;
        });
    }

    /// The mean over all positions of all runs, `[1, 1, …]`.
    private Tensor mean(Edit edit, List<Source> sources) {
        Point point = edit.site().point();
        if (point.kind().axes() == Axes.PAIR) {
            throw new BadInputException("the mean of " + SiteNames.legacy(edit.site())
                    + " over positions has no meaning; each row is over keys of its own.");
        }
        return Scope.keep(() -> Tensor.cat(
                        sources.stream().map(source -> at(source, point)).toList(), 1)
                .mean(1, true));
    }

    private void keep(Edit edit, Tensor tensor) {
        owned.add(Scope.detach(tensor));
        made.put(edit, tensor);
    }

    /// What the edit puts in place or works with; null when it needs nothing.
    @Nullable
    Tensor of(Edit edit) {
        return edit instanceof Edit.Patch patch ? at(patch.from(), patch.site().point()) : made.get(edit);
    }

    /// A value of another run, `[1, …]`.
    private Tensor at(Source source, Point point) {
        Map<Point, Tensor> run = runs.get(source);
        Tensor value = run == null ? null : run.get(point);
        if (value == null) {
            throw new IllegalStateException("the run of " + source + " did not keep " + point);
        }
        return value;
    }

    @Override
    public void close() {
        owned.forEach(Tensor::close);
        runs.values().forEach(run -> run.values().forEach(Tensor::close));
    }
}

package cutaway.interp.probe;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Values;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A probe of one question with the names of what it tells apart: it is kept in a file, and a run is steered along it.
public final class NamedProbe implements AutoCloseable {

    private static final String FACTS = "probe";
    private static final String MEANS = "class_means";
    private static final double SHARE = 0.75;

    /// What a file says of a probe beside its numbers.
    ///
    /// @param model that the activations are of
    /// @param site where they are, by its TransformerLens name
    /// @param kind of the map
    /// @param classes names, in the order of the logits
    /// @param scores on groups that the probe was not trained on, and their controls
    public record Facts(String model, String site, Kind kind, List<String> classes, ProbeTrial scores) {

        public Facts {
            classes = List.copyOf(classes);
            if (classes.size() < 2) {
                throw new BadInputException("a probe of " + classes.size() + " classes; expected at least 2.");
            }
        }
    }

    private final Facts facts;
    private final Probe probe;
    private final Tensor means;

    private NamedProbe(Facts facts, Probe probe, Tensor means) {
        this.facts = facts;
        this.probe = probe;
        this.means = means;
    }

    /// Trains one on three quarters of the groups and judges it on the others; the caller closes it.
    ///
    /// @param all of one question
    /// @param model name of the model that the activations are of
    /// @param names of the classes
    /// @throws BadInputException when a class has no example that is trained on
    public static NamedProbe fit(Labelled all, ProbeSettings settings, String model, Site site, List<String> names) {
        if (all.questions() != 1 || names.size() != all.classes()) {
            throw new IllegalArgumentException(all + " with " + names.size() + " names; expected one question");
        }
        try (Scope _ = Scope.open()) {
            Labelled.Split split = all.split(SHARE, settings.seed());
            Tensor means = means(split.train(), names);
            Probe probe = Probe.train(split.train(), settings);
            ProbeTrial trial = ProbeTrial.of(split, probe, settings);
            return new NamedProbe(
                    new Facts(model, site.text(), settings.kind(), names, trial), probe, Scope.detach(means));
        }
    }

    /// Mean activation of each class, `[class, d]`.
    private static Tensor means(Labelled train, List<String> names) {
        return Tensor.stack(
                IntStream.range(0, names.size())
                        .mapToObj(named -> {
                            long[] rows = IntStream.range(0, train.count())
                                    .filter(row -> train.labels()[row][0] == named)
                                    .asLongStream()
                                    .toArray();
                            if (rows.length == 0) {
                                throw new BadInputException("no text with the label \"" + names.get(named)
                                        + "\" is among those to train on; give more groups of it, or another seed.");
                            }
                            return train.x()
                                    .gatherRows(0, Tensor.of(rows, rows.length))
                                    .mean(0, false);
                        })
                        .toList(),
                0);
    }

    public Facts facts() {
        return facts;
    }

    public Site site() {
        return Site.parse(facts.site);
    }

    /// The class that it reads in each activation, `[n, d]`.
    public List<String> read(Tensor x) {
        return Arrays.stream(probe.classes(x))
                .map(row -> facts.classes.get(row[0]))
                .toList();
    }

    /// Adds to the site, at every position, a vector along `w_to - w_from` of the probe's rows: by 1, it takes the mean
    /// activation of the one class as far along as that of the other.
    ///
    /// @param from null for the mean of all other classes
    /// @param by how far, in the distance of the classes' means along the direction
    /// @throws BadInputException when there is no such class, or the probe is an MLP, which has no one direction
    public Edit.Add steer(String to, @Nullable String from, double by) {
        int target = index(to);
        int[] others = others(target, from);
        if (!Double.isFinite(by)) {
            throw new BadInputException("steering by " + by + "; give a number, such as 2.");
        }
        return Scope.free(() -> {
            Tensor unit = direction(to, from).to(Dtype.F64);
            Tensor apart = mean(new int[] {target}).minus(mean(others)).to(Dtype.F64);
            return new Edit.Add(site(), Positions.ALL, Values.of(unit.times(by * apart.dot(unit))));
        });
    }

    /// `w_to - w_from` of the probe's rows, of norm 1, `[d]`.
    ///
    /// @param from null for the mean of all other classes
    /// @throws BadInputException when there is no such class, or the probe is an MLP, which has no one direction
    public Tensor direction(String to, @Nullable String from) {
        int target = index(to);
        int[] others = others(target, from);
        if (facts.kind == Kind.MLP) {
            throw new BadInputException(
                    "an MLP probe has no one direction; edit a run through it with --through, or fit"
                            + " a linear or logistic one with cutaway probe fit --kind logistic.");
        }
        return Scope.keep(() -> {
            Tensor way = probe.way(target, others).to(Dtype.F64);
            return way.over(Math.max(1e-30, way.norm()));
        });
    }

    private int[] others(int target, @Nullable String from) {
        if (from == null) {
            return IntStream.range(0, facts.classes.size())
                    .filter(other -> other != target)
                    .toArray();
        }
        int other = index(from);
        if (other == target) {
            throw new BadInputException("from \"" + from + "\" to \"" + from + "\" is no way; name two classes.");
        }
        return new int[] {other};
    }

    /// Takes gradient steps on activations, `[n, d]`, until it reads a class in them, of whatever kind it is.
    ///
    /// @throws BadInputException when there is no such class, or the activations are of another width
    public Tensor through(Tensor x, String to, ProbeEdit how) {
        return through(x, Collections.nCopies(Math.toIntExact(x.dim(0)), to), how);
    }

    /// As [#through(Tensor, String, ProbeEdit)], with a class for each activation.
    Tensor through(Tensor x, List<String> to, ProbeEdit how) {
        int[] wanted = to.stream().mapToInt(this::index).toArray();
        if (x.dim(1) != probe.width()) {
            throw new BadInputException("the probe reads activations of " + probe.width() + " numbers, and "
                    + facts.site + " has " + x.dim(1) + " here; give one that was fitted on this model.");
        }
        return how.apply(probe, x, new int[wanted.length], wanted);
    }

    private Tensor mean(int[] classes) {
        return means.gatherRows(
                        0, Tensor.of(Arrays.stream(classes).asLongStream().toArray(), classes.length))
                .mean(0, false);
    }

    private int index(String name) {
        int index = facts.classes.indexOf(name);
        if (index < 0) {
            throw new BadInputException(
                    "the probe has no class \"" + name + "\"; it has " + String.join(", ", facts.classes) + ".");
        }
        return index;
    }

    /// Writes it to a safetensors file, with its facts in the header.
    ///
    /// @throws java.io.UncheckedIOException when the disk refuses
    public void write(Path file) {
        Scope.free(() -> {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>(probe.tensors());
            tensors.put(MEANS, means);
            TensorFile.write(file, tensors, Map.of(FACTS, JsonMapper.shared().writeValueAsString(facts)));
            return file;
        });
    }

    /// Reads what [#write] wrote; the caller closes it.
    ///
    /// @throws BadInputException when the file cannot be read or is of something else
    public static NamedProbe read(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path);
                Scope _ = Scope.open()) {
            String header = file.metadata().get(FACTS);
            if (header == null) {
                throw new BadInputException(path + " holds no probe; give a file that cutaway probe fit --out wrote.");
            }
            Facts facts = JsonMapper.shared().readValue(header, Facts.class);
            Map<String, Tensor> tensors = new LinkedHashMap<>(TensorFile.readAll(file));
            Tensor means = tensors.remove(MEANS);
            Probe probe = Probe.of(facts.kind, facts.classes.size(), tensors);
            Tensor mean = tensors.get("mean");
            if (means == null
                    || mean == null
                    || means.shape().count() != facts.classes.size() * mean.dim(0)
                    || means.shape().dims().length != 2) {
                throw new BadInputException(
                        path + " holds no mean of each class; fit the probe anew with cutaway probe fit.");
            }
            Site.parse(facts.site);
            probe.detach();
            return new NamedProbe(facts, probe, Scope.detach(means));
        } catch (JacksonException e) {
            throw new BadInputException(
                    path + " says nothing readable of its probe; fit it anew with cutaway probe fit.", e);
        }
    }

    @Override
    public void close() {
        probe.close();
        means.close();
    }
}

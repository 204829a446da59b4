package cutaway.interp.probe;

import com.fasterxml.jackson.annotation.JsonInclude;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A probe with the names of what it tells apart: it is kept in a file, and a run is steered along it. Where it
/// reads several questions, such as the squares of a board, [#about] names one, and an edit through it leaves the
/// others as they are read.
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
    /// @param questions names; empty where there is one
    /// @param told of each question; of a probe of one, of each class against all others
    public record Facts(
            String model,
            String site,
            Kind kind,
            List<String> classes,
            ProbeTrial scores,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> questions,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Told> told) {

        public Facts {
            classes = List.copyOf(classes);
            questions = questions == null ? List.of() : List.copyOf(questions); // files of before
            told = told == null ? List.of() : List.copyOf(told);
            if (classes.size() < 2) {
                throw new BadInputException("a probe of " + classes.size() + " classes; expected at least 2.");
            }
        }
    }

    /// How well one thing is read on groups that the probe was not trained on.
    ///
    /// @param commonest share that the commonest answer has right
    public record Told(String name, double accuracy, double commonest) {}

    /// Of several questions, when none was named.
    private static final int NONE = -1;

    private final Facts facts;
    private final Probe probe;
    private final Tensor means;
    private final int question;
    private final boolean isOwner;

    private NamedProbe(Facts facts, Probe probe, Tensor means) {
        this(facts, probe, means, facts.questions.size() > 1 ? NONE : 0, true);
    }

    private NamedProbe(Facts facts, Probe probe, Tensor means, int question, boolean isOwner) {
        this.facts = facts;
        this.probe = probe;
        this.means = means;
        this.question = question;
        this.isOwner = isOwner;
    }

    /// Trains one on three quarters of the groups and judges it on the others; the caller closes it.
    ///
    /// @param all of one question
    /// @param model name of the model that the activations are of
    /// @param names of the classes
    /// @throws BadInputException when a class has no example that is trained on
    public static NamedProbe fit(Labelled all, ProbeSettings settings, String model, Site site, List<String> names) {
        return fit(all, settings, model, site, List.of(), names);
    }

    /// As [#fit(Labelled, ProbeSettings, String, Site, List)], of several questions with the same classes.
    ///
    /// @param questions names; none for one question. Of several, a question may lack a class
    public static NamedProbe fit(
            Labelled all, ProbeSettings settings, String model, Site site, List<String> questions, List<String> names) {
        if (all.questions() != Math.max(1, questions.size()) || names.size() != all.classes()) {
            throw new IllegalArgumentException(
                    all + " with " + questions.size() + " names of questions and " + names.size() + " of classes");
        }
        try (Scope _ = Scope.open()) {
            Labelled.Split split = all.split(SHARE, settings.seed());
            Tensor means = means(split.train(), questions.size() > 1, names);
            Probe probe = Probe.train(split.train(), settings);
            ProbeTrial trial = ProbeTrial.of(split, probe, settings);
            List<Told> told = told(split, probe, questions.isEmpty() ? names : questions, questions.isEmpty());
            return new NamedProbe(
                    new Facts(model, site.text(), settings.kind(), names, trial, questions, told),
                    probe,
                    Scope.detach(means));
        }
    }

    private static List<Told> told(Labelled.Split split, Probe probe, List<String> names, boolean areClasses) {
        Labelled test = split.test();
        int[][] read = probe.classes(test.x());
        int[] majority = split.train().majority();
        int[][] commonest = new int[test.count()][];
        Arrays.fill(commonest, majority);
        double[] accuracies = areClasses ? test.told(0, read) : test.accuracies(read);
        double[] without = areClasses ? test.told(0, commonest) : test.accuracies(commonest);
        return IntStream.range(0, names.size())
                .mapToObj(i -> new Told(names.get(i), accuracies[i], without[i]))
                .toList();
    }

    /// Mean activation of each class of each question, `[question * class, d]`.
    ///
    /// @param mayLack whether a class may have no example, and so a mean of NaN
    private static Tensor means(Labelled train, boolean mayLack, List<String> names) {
        List<Tensor> means = new ArrayList<>();
        for (int question = 0; question < train.questions(); question++) {
            for (int named = 0; named < names.size(); named++) {
                means.add(mean(train, question, named, mayLack, names));
            }
        }
        return Tensor.stack(means, 0);
    }

    private static Tensor mean(Labelled train, int question, int named, boolean mayLack, List<String> names) {
        long[] rows = IntStream.range(0, train.count())
                .filter(row -> train.labels()[row][question] == named)
                .asLongStream()
                .toArray();
        if (rows.length == 0 && !mayLack) {
            throw new BadInputException("no text with the label \"" + names.get(named)
                    + "\" is among those to train on; give more groups of it, or another seed.");
        }
        return rows.length == 0
                ? Tensor.full(Double.NaN, train.x().dtype(), train.x().dim(1))
                : train.x().gatherRows(0, Tensor.of(rows, rows.length)).mean(0, false);
    }

    /// The same probe asked one of its questions; it stays this one's to close.
    ///
    /// @throws BadInputException when it has no such question
    public NamedProbe about(String name) {
        int index = facts.questions.indexOf(name);
        if (index < 0) {
            throw new BadInputException("the probe of " + facts.site
                    + (facts.questions.isEmpty()
                            ? " reads one thing, which has no name; leave \"" + name + "\" out."
                            : " reads nothing called \"" + name + "\"; it reads " + String.join(", ", facts.questions)
                                    + "."));
        }
        return new NamedProbe(facts, probe, means, index, false);
    }

    private int question() {
        if (question == NONE) {
            throw new BadInputException("the probe of " + facts.site + " reads " + facts.questions.size()
                    + " things; name one of them with --of, such as " + facts.questions.getFirst() + ".");
        }
        return question;
    }

    public Facts facts() {
        return facts;
    }

    public Site site() {
        return Site.parse(facts.site);
    }

    /// The class that it reads in each activation, `[n, d]`.
    public List<String> read(Tensor x) {
        int asked = question();
        return Arrays.stream(probe.classes(checked(x)))
                .map(row -> facts.classes.get(row[asked]))
                .toList();
    }

    /// The class of every question that it reads in each activation, `[n, d]`.
    public List<List<String>> readAll(Tensor x) {
        return Arrays.stream(probe.classes(checked(x)))
                .map(row -> Arrays.stream(row).mapToObj(facts.classes::get).toList())
                .toList();
    }

    /// The probability of each class in each activation, the softmax of its outputs: `[n, class]` of `[n, d]`.
    ///
    /// @throws BadInputException when the activations are of another width
    public Tensor probabilities(Tensor x) {
        return Scope.keep(() -> probe.logits(checked(x)).select(1, question()).softmax(-1));
    }

    private Tensor checked(Tensor x) {
        if (x.dim(1) != probe.width()) {
            throw new BadInputException("the probe reads activations of " + probe.width() + " numbers, and "
                    + facts.site + " has " + x.dim(1) + " here; give one that was fitted on this model.");
        }
        return x;
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
            if (!apart.isFinite().all()) {
                throw new BadInputException("the probe of " + facts.site + " was fitted on no text where "
                        + facts.questions.get(question()) + " is of one of these classes; edit through it with"
                        + " --through, or name other classes.");
            }
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
            Tensor way = probe.way(question(), target, others).to(Dtype.F64);
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
        int[] asked = new int[wanted.length];
        Arrays.fill(asked, question());
        return how.apply(probe, checked(x), asked, wanted);
    }

    private Tensor mean(int[] classes) {
        long first = (long) question() * facts.classes.size();
        long[] rows = Arrays.stream(classes).mapToLong(one -> first + one).toArray();
        return means.gatherRows(0, Tensor.of(rows, rows.length)).mean(0, false);
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
            int questions = Math.max(1, facts.questions.size());
            Probe probe = Probe.of(facts.kind, questions, facts.classes.size(), tensors);
            Tensor mean = tensors.get("mean");
            if (means == null
                    || mean == null
                    || means.shape().count() != questions * facts.classes.size() * mean.dim(0)
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
        if (isOwner) {
            probe.close();
            means.close();
        }
    }
}

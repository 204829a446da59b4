package cutaway.interp.probe;

import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.tensor.Adam;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A trained probe. It first takes the mean of the training activations away and divides by their scale.
public final class Probe implements AutoCloseable {

    private static final double[] ONE = {1};

    private final Kind kind;
    private final int questions;
    private final int classes;
    private final Tensor mean;
    private final double scale;
    private final Map<String, Tensor> weights;

    private Probe(Kind kind, int questions, int classes, Tensor mean, double scale, Map<String, Tensor> weights) {
        this.kind = kind;
        this.questions = questions;
        this.classes = classes;
        this.mean = mean;
        this.scale = scale;
        this.weights = weights;
    }

    /// Trains one; the caller closes it.
    public static Probe train(Labelled train, ProbeSettings settings) {
        try (Scope _ = Scope.open()) {
            Tensor mean = Scope.detach(train.x().mean(0, false)); // [d]
            double scale =
                    Math.max(1e-12, train.x().minus(mean).square().mean().sqrt().item());
            Tensor x = train.x().minus(mean).over(scale);
            Map<String, Tensor> weights = settings.kind() == Kind.LINEAR
                    ? leastSquares(x, train, settings.weightDecay())
                    : descended(x, train, settings);
            return new Probe(settings.kind(), train.questions(), train.classes(), mean, scale, weights);
        }
    }

    /// `W = (X^T X + ridge n I)^-1 X^T Y`, with Y centred.
    private static Map<String, Tensor> leastSquares(Tensor x, Labelled train, double ridge) {
        long n = x.dim(0);
        long d = x.dim(1);
        Tensor y = oneHot(train).to(x.dtype()); // [n, question * class]
        Tensor bias = y.mean(0, false);
        Tensor gram = x.transpose(0, 1)
                .matmul(x)
                .plus(diagonal(ridge * n + 1e-6, (int) d).to(x.dtype()));
        Tensor weight = LinearAlgebra.solve(gram, x.transpose(0, 1).matmul(y.minus(bias)));
        return kept(Map.of("out.weight", weight.transpose(0, 1).contiguous(), "out.bias", bias));
    }

    private static Tensor diagonal(double value, int size) {
        double[] all = new double[size * size];
        for (int i = 0; i < size; i++) {
            all[i * size + i] = value;
        }
        return Tensor.of(all, size, size);
    }

    private static Tensor oneHot(Labelled train) {
        float[] y = new float[train.count() * train.questions() * train.classes()];
        for (int row = 0; row < train.count(); row++) {
            for (int question = 0; question < train.questions(); question++) {
                int label = train.labels()[row][question];
                if (label >= 0) {
                    y[(row * train.questions() + question) * train.classes() + label] = 1;
                }
            }
        }
        return Tensor.of(y, train.count(), (long) train.questions() * train.classes());
    }

    private static Map<String, Tensor> kept(Map<String, Tensor> weights) {
        Map<String, Tensor> kept = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> kept.put(name, Scope.detach(tensor)));
        return kept;
    }

    private static Map<String, Tensor> descended(Tensor x, Labelled train, ProbeSettings settings) {
        long d = x.dim(1);
        long out = (long) train.questions() * train.classes();
        Random random = new Random(settings.seed());
        Map<String, Tensor> weights = new LinkedHashMap<>();
        long in = d;
        if (settings.kind() == Kind.MLP) {
            weights.put("hidden.weight", random.normal(settings.hidden(), d).times(Math.sqrt(2.0 / d)));
            weights.put("hidden.bias", Tensor.zeros(settings.hidden()));
            in = settings.hidden();
        }
        weights.put("out.weight", random.normal(out, in).times(0.1 / Math.sqrt(in)));
        weights.put("out.bias", Tensor.zeros(out));
        weights.replaceAll((_, tensor) -> Scope.detach(tensor.to(x.dtype())));
        Tensor labels = train.labelTensor();
        try (Adam adam = new Adam(weights, Adam.Settings.USUAL, settings.weightDecay())) {
            for (int step = 0; step < settings.steps(); step++) {
                double rate = settings.rate() * (1 - (double) step / settings.steps());
                step(x, labels, train, settings, weights, random, adam, rate);
            }
        }
        return weights;
    }

    private static void step(
            Tensor x,
            Tensor labels,
            Labelled train,
            ProbeSettings settings,
            Map<String, Tensor> weights,
            Random random,
            Adam adam,
            double rate) {
        try (Scope _ = Scope.open()) {
            boolean isWhole = settings.batch() >= train.count();
            Tensor rows = isWhole ? null : random.integers(0, train.count(), settings.batch());
            Tensor some = rows == null ? x : x.gatherRows(0, rows);
            Tensor wanted = rows == null ? labels : labels.gatherRows(0, rows);
            Map<String, Tensor> tracked = new LinkedHashMap<>();
            weights.forEach((name, tensor) -> tracked.put(name, Autograd.track(tensor)));
            Tensor logits = logits(some, tracked, settings.kind(), train.questions(), train.classes());
            Tensor asked = wanted.greater(-1);
            Tensor right = logits.logSoftmax(-1)
                    .gather(-1, wanted.maskedFill(asked.not(), 0).unsqueeze(-1))
                    .squeeze(-1)
                    .maskedFill(asked.not(), 0);
            Tensor loss = right.sum().negate().over(settings.batch());
            List<Tensor> slopes = Autograd.gradients(loss, new ArrayList<>(tracked.values()));
            Map<String, Tensor> gradients = new LinkedHashMap<>();
            int i = 0;
            for (String name : weights.keySet()) {
                gradients.put(name, slopes.get(i++));
            }
            adam.step(gradients, rate, ONE);
        }
    }

    private static Tensor logits(Tensor standard, Map<String, Tensor> weights, Kind kind, int questions, int classes) {
        Tensor h = kind == Kind.MLP
                ? standard.linear(of(weights, "hidden.weight"), of(weights, "hidden.bias"))
                        .relu()
                : standard;
        return h.linear(of(weights, "out.weight"), of(weights, "out.bias")).reshape(-1, questions, classes);
    }

    private static Tensor of(Map<String, Tensor> weights, String name) {
        @Nullable Tensor tensor = weights.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no weight " + name);
        }
        return tensor;
    }

    /// @param x `[n, d]`, of which autograd may take the derivative
    /// @return `[n, question, class]`
    public Tensor logits(Tensor x) {
        return Scope.keep(() -> logits(x.minus(mean).over(scale), weights, kind, questions, classes));
    }

    /// The likeliest class of each question, `[n][question]`.
    public int[][] classes(Tensor x) {
        long[] flat = Scope.free(() -> logits(x).argmax(-1).toLongs());
        int[][] all = new int[flat.length / questions][questions];
        for (int i = 0; i < flat.length; i++) {
            all[i / questions][i % questions] = (int) flat[i];
        }
        return all;
    }

    /// Numbers of an activation, `d`.
    int width() {
        return Math.toIntExact(mean.dim(0));
    }

    /// What it is made of, to be kept in a file: the weights, `mean` and `scale`. They stay the probe's.
    Map<String, Tensor> tensors() {
        Map<String, Tensor> all = new LinkedHashMap<>(weights);
        all.put("mean", mean);
        all.put("scale", Tensor.of(new double[] {scale}, 1));
        return all;
    }

    /// A probe from what [#tensors] gave; it takes them over.
    ///
    /// @throws BadInputException when one is missing, or they do not fit each other
    static Probe of(Kind kind, int questions, int classes, Map<String, Tensor> tensors) {
        Map<String, Tensor> weights = new LinkedHashMap<>(tensors);
        Tensor mean = weights.remove("mean");
        Tensor scale = weights.remove("scale");
        List<String> names = kind == Kind.MLP
                ? List.of("hidden.weight", "hidden.bias", "out.weight", "out.bias")
                : List.of("out.weight", "out.bias");
        if (mean == null || scale == null || !weights.keySet().containsAll(names)) {
            throw new BadInputException("the probe has the tensors " + tensors.keySet() + "; expected mean, scale and "
                    + String.join(", ", names) + ": fit it anew with cutaway probe fit.");
        }
        Tensor first = of(weights, names.getFirst());
        boolean fits = first.shape().dims().length == 2
                && mean.shape().dims().length == 1
                && first.dim(1) == mean.dim(0)
                && of(weights, "out.bias").shape().count() == (long) questions * classes
                && of(weights, "out.weight").shape().count()
                        == questions * classes * (kind == Kind.MLP ? first.dim(0) : mean.dim(0))
                && scale.shape().count() == 1;
        if (!fits) {
            throw new BadInputException("the probe's tensors do not fit each other, its "
                    + questions + (questions == 1 ? " question" : " questions") + " and its " + classes
                    + " classes; fit it anew with cutaway probe fit.");
        }
        weights.keySet().retainAll(names);
        return new Probe(kind, questions, classes, mean, scale.item(), weights);
    }

    /// Takes its tensors out of the scope that they were made in.
    void detach() {
        Scope.detach(mean);
        weights.values().forEach(Scope::detach);
    }

    /// `w_to` less the mean of `w_from`, of a question, `[d]`.
    Tensor way(int question, int to, int[] from) {
        return Scope.keep(() -> {
            long first = (long) question * classes;
            Tensor rows = of(weights, "out.weight").slice(0, first, first + classes);
            Tensor others = rows.gatherRows(
                    0, Tensor.of(Arrays.stream(from).asLongStream().toArray(), from.length));
            return rows.select(0, to).minus(others.mean(0, false));
        });
    }

    /// The share of labels that it has right.
    public double accuracy(Labelled test) {
        return test.accuracy(classes(test.x()));
    }

    /// The share of the labels of each question that it has right, `[question]`.
    public double[] accuracies(Labelled test) {
        return test.accuracies(classes(test.x()));
    }

    /// Where an activation must go for one class to win over another, in the unit of activations: `w_to - w_from`, of
    /// norm 1, `[d]`.
    ///
    /// @throws IllegalStateException for an MLP, which has no one direction
    public Tensor direction(int question, int from, int to) {
        if (kind == Kind.MLP) {
            throw new IllegalStateException("an MLP probe has no direction; edit through it");
        }
        return Scope.keep(() -> {
            Tensor rows = of(weights, "out.weight");
            Tensor way = rows.select(0, (long) question * classes + to)
                    .minus(rows.select(0, (long) question * classes + from));
            return way.over(way.norm());
        });
    }

    /// How many numbers an activation has on average per dimension: the scale that it divides by.
    public double scale() {
        return scale;
    }

    @Override
    public void close() {
        mean.close();
        weights.values().forEach(Tensor::close);
    }
}

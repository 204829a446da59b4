package cutaway.studies.harmonicloss;

import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.lab.head.Head;
import cutaway.lab.measure.ClassDistances;
import cutaway.lab.measure.Grokking;
import cutaway.lab.measure.ParallelogramDeviation;
import cutaway.lab.measure.Spectrum;
import cutaway.lab.measure.TokenTable;
import cutaway.lab.net.Activation;
import cutaway.lab.net.TransformerNet;
import cutaway.lab.task.Equivalence;
import cutaway.lab.task.FamilyTree;
import cutaway.lab.task.Lattice;
import cutaway.lab.task.ModularAddition;
import cutaway.lab.task.Order;
import cutaway.lab.task.Permutations;
import cutaway.lab.task.Task;
import cutaway.lab.train.Progress;
import cutaway.model.family.LabShape;
import cutaway.studies.Bar;
import cutaway.studies.Figure;
import cutaway.studies.StudyRun;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// The paper's other tasks, which no bar is of: an MLP and a transformer of two layers learn each with both
/// heads.
///
/// @param rows in pairs: with the harmonic head, and with the linear one
record OtherTasks(List<Row> rows) {

    /// Of transformers: more take as much longer.
    private static final int MOST_SEEDS = 3;

    private static final int BATCH = 256;

    private static final String HARMONIC = "harmonic";

    /// What came of a net with a head on a task, medians over seeds.
    ///
    /// @param head `harmonic` or `linear`
    /// @param test accuracy on what is held out
    /// @param gap steps from training to held-out examples being learned, NaN where not even those of training are
    /// @param topTwo the embedding's variance in its first two principal components
    /// @param deviation of a lattice's points from parallelograms, NaN of other tasks
    /// @param distances of numbers of one class, over those of two; NaN of other tasks
    record Row(
            String task,
            String net,
            String head,
            double test,
            double gap,
            double topTwo,
            double deviation,
            double distances) {}

    static OtherTasks train(StudyRun run, Head harmonic) {
        List<Task> tasks = List.of(
                new Lattice(5, 0.8),
                new Order(30, 0.8),
                new FamilyTree(127, 0.8),
                new Equivalence(40, 5, 0.8),
                new Permutations(4, 0.8));
        List<Row> rows = new ArrayList<>();
        for (Task task : tasks) {
            pair(rows, run, "MLP", task, harmonic, mlp(run));
        }
        pair(rows, run, "transformer", new ModularAddition(31, 0.8), harmonic, transformer(run));
        for (Task task : tasks) {
            pair(rows, run, "transformer", task, harmonic, transformer(run));
        }
        return new OtherTasks(List.copyOf(rows));
    }

    private static Map<String, Object> mlp(StudyRun run) {
        return Map.of("steps", (long) run.count("task-steps"), "every", 20, "seeds", seeds(run.seedCount()));
    }

    /// All else, as the penalty of the embedding that the head shares, is as of the MLP.
    private static Map<String, Object> transformer(StudyRun run) {
        return Map.of(
                "net",
                new TransformerNet(
                        2,
                        16,
                        4,
                        4,
                        64,
                        LabShape.NormKind.LAYER,
                        LabShape.Positions.LEARNED,
                        Activation.RELU,
                        true,
                        true,
                        true),
                "batch",
                BATCH,
                "steps",
                (long) run.count("transformer-steps"),
                "every",
                20,
                "seeds",
                seeds(Math.min(MOST_SEEDS, run.seedCount())));
    }

    private static List<Long> seeds(int count) {
        return LongStream.range(0, count).boxed().toList();
    }

    private static void pair(
            List<Row> rows, StudyRun run, String net, Task task, Head harmonic, Map<String, Object> values) {
        rows.add(row(run, net, task, HARMONIC, harmonic, values));
        rows.add(row(run, net, task, "linear", new Head.Linear(), values));
    }

    private static Row row(StudyRun run, String net, Task task, String name, Head head, Map<String, Object> values) {
        Map<String, Object> all = new LinkedHashMap<>(values);
        all.put("head", head);
        Recipe recipe = Recipe.usual(task).with(all);
        try (Trained trained = run.train(net + " of " + words(task), recipe);
                Scope _ = Scope.open()) {
            Grokking grokking = Grokking.of(trained.curve(), Grokking.LEARNED);
            Tensor tables = TokenTable.of(trained).orElseThrow(); // [instance, token, width]
            List<Tensor> each = IntStream.range(0, Math.toIntExact(tables.dim(0)))
                    .mapToObj(seed -> tables.select(0, seed).contiguous())
                    .toList();
            double[] test = Objects.requireNonNull(trained.test().get(Progress.ACCURACY), Progress.ACCURACY);
            return new Row(
                    words(task),
                    net,
                    name,
                    Bar.median(Arrays.stream(test).boxed().toList()),
                    Bar.median(IntStream.range(0, each.size())
                            .mapToObj(grokking::gap)
                            .toList()),
                    median(each, table -> Spectrum.top(table, 2)),
                    task.parallelograms().isEmpty()
                            ? Double.NaN
                            : median(each, table -> ParallelogramDeviation.of(table, task.parallelograms())),
                    task.tokenClasses().isEmpty()
                            ? Double.NaN
                            : median(
                                    each,
                                    table -> ClassDistances.of(table, task.tokenClasses())
                                            .ratio()));
        }
    }

    private static double median(List<Tensor> tables, ToDoubleFunction<Tensor> measure) {
        return Bar.median(tables.stream().map(measure::applyAsDouble).toList());
    }

    private static String words(Task task) {
        return task.name().replace('_', ' ');
    }

    List<Figure> figures() {
        List<Row> known = rows.stream()
                .filter(row -> !Double.isNaN(row.deviation) || !Double.isNaN(row.distances))
                .toList();
        return List.of(
                bars(
                        "Held-out accuracy of other tasks",
                        "Medians over seeds, at the end of the training.",
                        "test accuracy",
                        rows,
                        Row::test),
                bars(
                        "Variance of embeddings in two components",
                        "Of all tokens, medians over seeds.",
                        "share of the variance",
                        rows,
                        Row::topTwo),
                bars(
                        "Where embeddings are known to belong",
                        "Of a lattice the deviation from parallelograms: 0 where all are, about 1.4 at random. Of"
                                + " classes the distance of numbers within one over that between two: about 1 at"
                                + " random. Medians over seeds.",
                        "deviation, or distance over distance",
                        known,
                        row -> Double.isNaN(row.deviation) ? row.distances : row.deviation));
    }

    private static Figure bars(String title, String caption, String unit, List<Row> rows, Function<Row, Double> value) {
        return new Figure(
                title,
                caption,
                new Figure.Bars(
                        Figure.Axis.of(unit),
                        rows.stream()
                                .map(row -> row.task + ", " + row.net + ", " + row.head)
                                .toList(),
                        rows.stream().map(value).toList()));
    }

    /// A line of each pair, with cross-entropy's numbers in brackets.
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (int i = 0; i + 1 < rows.size(); i += 2) {
            Row ours = rows.get(i);
            Row usual = rows.get(i + 1);
            StringBuilder note = new StringBuilder(String.format(
                    Locale.ROOT,
                    "%s, %s, with harmonic loss (cross-entropy): test accuracy %.3f (%.3f), steps from training to"
                            + " test 95 %% %s (%s), variance in two components %.2f (%.2f)",
                    ours.task,
                    ours.net,
                    ours.test,
                    usual.test,
                    steps(ours),
                    steps(usual),
                    ours.topTwo,
                    usual.topTwo));
            if (!Double.isNaN(ours.deviation)) {
                note.append(String.format(
                        Locale.ROOT, ", deviation from parallelograms %.2f (%.2f)", ours.deviation, usual.deviation));
            }
            if (!Double.isNaN(ours.distances)) {
                note.append(String.format(
                        Locale.ROOT,
                        ", distance within a class over between two %.2f (%.2f)",
                        ours.distances,
                        usual.distances));
            }
            notes.add(note.append('.').toString());
        }
        return notes;
    }

    private static String steps(Row row) {
        return Double.isNaN(row.gap) ? "not learned" : String.valueOf(Math.round(row.gap));
    }
}

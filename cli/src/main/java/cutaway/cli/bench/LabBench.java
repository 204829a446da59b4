package cutaway.cli.bench;

import cutaway.lab.Recipe;
import cutaway.lab.StepByStep;
import cutaway.lab.Usual;
import cutaway.lab.net.Mlp;
import cutaway.lab.net.TransformerNet;
import cutaway.lab.train.Batch;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Training steps of the lab beside PyTorch, from the same weights, on the same batches, by turns, each in a process of
/// its own. Times count only where both have the same losses at each step.
public final class LabBench {

    private static final int REPEATS = 3;
    private static final int MANY = 64;

    /// Examples of a step for each instance, where it counts for more how many operations there are.
    private static final int SMALL = 16;

    /// Of a loss: what sums of float32 in other orders differ by, over some steps.
    private static final double TOLERANCE = 2e-3;

    private static final JsonMapper JSON = JsonMapper.shared();

    /// What is trained.
    ///
    /// @param task of the lab, by its usual recipe
    /// @param instances with seeds of their own
    /// @param batch examples of a step, for each instance; 0: as many as is usual
    /// @param steps of which the first third, in which a JVM compiles what it runs, does not count
    /// @param wanted how many times as fast as PyTorch
    public record Task(String key, String task, int instances, int batch, int steps, double wanted) {
        public static final List<Task> ALL = List.of(
                new Task("transformer", "othello", 1, 0, 40, 0.9),
                new Task("mlp", "spheres", 1, 0, 900, 0.9),
                new Task("64-transformers", "brackets", MANY, 0, 30, 3),
                new Task("64-transformers-16", "brackets", MANY, SMALL, 60, 3),
                new Task("64-mlps", "sparse_parity", MANY, 0, 120, 3));

        Recipe recipe() {
            Recipe usual = Recipe.usual(Usual.task(task))
                    .with("seeds", LongStream.range(0, instances).boxed().toList());
            return batch == 0 ? usual : usual.with("batch", batch);
        }
    }

    /// How one of them did.
    ///
    /// @param stepMs of a step, median
    /// @param losses of all instances together, at each step
    public record Steps(double stepMs, List<Double> losses) {}

    /// A task with what came of it.
    ///
    /// @param gap largest difference of the losses, as a share of them
    public record Row(Task task, Steps ours, Steps theirs, double gap) {

        /// How many times as fast we are.
        public double ratio() {
            return theirs.stepMs / ours.stepMs;
        }

        public boolean agrees() {
            return gap <= TOLERANCE;
        }

        public boolean isReached() {
            return agrees() && ratio() >= task.wanted;
        }

        /// For a terminal.
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "%-18s %,8.1f steps/s  PyTorch %,8.1f steps/s  %5.2f x (%s %.1f)%s",
                    task.key,
                    1000 / ours.stepMs,
                    1000 / theirs.stepMs,
                    ratio(),
                    isReached() ? "wanted" : "MISSED",
                    task.wanted,
                    agrees() ? "" : String.format(Locale.ROOT, "  LOSSES DIFFER by %.1g", gap));
        }
    }

    private final Path home;
    private final Path folder;
    private final Consumer<String> progress;

    /// @param home the project's folder
    /// @param folder to keep batches and weights in
    public LabBench(Path home, Path folder, Consumer<String> progress) {
        this.home = home;
        this.folder = folder;
        this.progress = progress;
    }

    /// All tasks, in order.
    public List<Row> run() {
        List<Row> rows = new ArrayList<>();
        for (Task task : Task.ALL) {
            Path data = prepared(task);
            List<Steps> ours = new ArrayList<>();
            List<Steps> theirs = new ArrayList<>();
            for (int i = 0; i < REPEATS; i++) {
                progress.accept(task.key + ", " + (i + 1) + " of " + REPEATS);
                theirs.add(steps(home.resolve("scripts/bench/lab_rival").toString(), data.toString()));
                ours.add(steps(
                        home.resolve("cutaway").toString(), "bench", "--lab-steps", task.key, "--in", data.toString()));
            }
            Steps our = median(ours);
            Steps their = median(theirs);
            rows.add(new Row(task, our, their, Measurements.gap(our.losses, their.losses)));
        }
        return rows;
    }

    private static Steps median(List<Steps> repeats) {
        return new Steps(
                Measurements.median(repeats.stream().mapToDouble(Steps::stepMs).toArray()), repeats.getFirst().losses);
    }

    private Steps steps(String... command) {
        JsonNode found = new Rivals(home).json(List.of(command));
        List<Double> times = new ArrayList<>();
        found.path("step_ms").forEach(value -> times.add(value.asDouble()));
        List<Double> losses = new ArrayList<>();
        found.path("losses").forEach(value -> losses.add(value.asDouble()));
        return new Steps(
                Measurements.median(times.stream()
                        .skip(times.size() / 3)
                        .mapToDouble(Double::doubleValue)
                        .toArray()),
                losses);
    }

    /// What PyTorch needs to train the same, made once: weights, batches, and the recipe.
    private Path prepared(Task task) {
        Path data = folder.resolve(task.steps + "-steps-" + task.key);
        if (Files.exists(data.resolve("settings.json"))) {
            return data;
        }
        Recipe recipe = task.recipe();
        try (StepByStep training = StepByStep.of(recipe);
                Scope _ = Scope.open()) {
            Files.createDirectories(data);
            TensorFile.write(data.resolve("first.safetensors"), new LinkedHashMap<>(training.parameters()), Map.of());
            LinkedHashMap<String, Tensor> batches = new LinkedHashMap<>();
            for (int step = 0; step < task.steps; step++) {
                Batch batch = training.batch(step);
                batches.put("x" + step, batch.x().copy());
                batches.put("y" + step, batch.y().copy());
            }
            TensorFile.write(data.resolve("batches.safetensors"), batches, Map.of());
            Files.writeString(data.resolve("settings.json"), JSON.writeValueAsString(settings(task, recipe, training)));
            return data;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> settings(Task task, Recipe recipe, StepByStep training) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("steps", task.steps);
        settings.put("instances", recipe.instances().size());
        settings.put("loss", recipe.loss().text());
        settings.put("clip", recipe.clip());
        settings.put(
                "rates", IntStream.range(0, task.steps).mapToObj(training::rate).toList());
        settings.put("descent", recipe.descent());
        switch (recipe.net()) {
            case TransformerNet net -> {
                settings.put("net", "transformer");
                settings.put("layers", net.layers());
                settings.put("heads", net.heads());
            }
            case Mlp net -> {
                settings.put("net", "mlp");
                settings.put("layers", net.hidden().size());
            }
            default -> throw new IllegalArgumentException("PyTorch's script has no " + recipe.net());
        }
        return settings;
    }

    /// Times our steps, in this process.
    ///
    /// @param key of the task
    /// @param data what [#prepared] made
    public static Map<String, Object> measure(String key, Path data) {
        Task task = Task.ALL.stream()
                .filter(one -> one.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no task " + key));
        List<Double> times = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        try (StepByStep training = StepByStep.of(task.recipe());
                Scope _ = Scope.open()) {
            List<Batch> batches = new ArrayList<>();
            for (int step = 0; step < task.steps; step++) {
                Batch batch = training.batch(step);
                batches.add(new Batch(batch.x().copy(), batch.y().copy(), null));
            }
            for (Batch batch : batches) {
                long begin = System.nanoTime();
                losses.add(training.step(batch));
                times.add((System.nanoTime() - begin) / 1e6);
            }
        }
        return Map.of("step_ms", times, "losses", losses);
    }

    /// docs/benchmarks-lab.md.
    public static String page(List<Row> rows, String version, String machine, String date) {
        StringBuilder page = new StringBuilder("""
            # Training small models, beside PyTorch

            Written by `./cutaway bench --lab` on %s: Cutaway %s beside PyTorch 2.10.0 in eager mode, each in a process of its own, by
            turns, three times; medians. %s.

            A step: forward pass, loss, gradients, clipping where the recipe has it, and AdamW, of the usual recipe of `cutaway lab`. Both begin
            with the same weights and see the same batches, which are at hand; a time counts only where the losses are the same at each step (the largest
            difference is given), and the first third of the steps does not count. PyTorch's transformer is made of `Embedding`, `LayerNorm`, `Linear` and
            `scaled_dot_product_attention`. Of 64 instances PyTorch trains one after another, each a module with an optimiser of its own; a step
            is then one step of all of them.

            Examples are those of a step, of each instance. 64 transformers are trained twice: on 128 sequences of 17 tokens each, where arithmetic takes
            most of a step, and on 16, where it counts for more how many operations there are.

            | what | task | instances | examples | steps | Cutaway, steps/s | PyTorch, steps/s | ratio | wanted | losses differ by |
            |---|---|---|---|---|---|---|---|---|---|
            """.formatted(date, version, machine));
        for (Row row : rows) {
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %d | %d | %d | %,.1f | %,.1f | **%.2f** | %.1f%s | %.1g |%n",
                    row.task.key,
                    row.task.task,
                    row.task.instances,
                    row.task.recipe().batch(),
                    row.task.steps,
                    1000 / row.ours.stepMs,
                    1000 / row.theirs.stepMs,
                    row.ratio(),
                    row.task.wanted,
                    row.isReached() ? "" : ", missed",
                    row.gap));
        }
        return page.toString();
    }
}

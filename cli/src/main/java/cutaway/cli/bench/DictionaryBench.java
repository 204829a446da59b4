package cutaway.cli.bench;

import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.features.coder.Wiring;
import cutaway.features.train.Schedule;
import cutaway.features.train.Training;
import cutaway.tensor.ProcessMemory;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Training steps of dictionaries in Cutaway and in its rivals, from the same weights, on the same batches, by turns,
/// each in a process of its own. Times count only where all have the same error at each step.
public final class DictionaryBench {

    private static final int D = 576;
    private static final int WIDTH = 16_384;
    private static final int TOKENS = 4096;
    private static final int STEPS = 14;

    /// Steps that warm up: while they are made, the JVM's compiler takes a part of the cores, which of thousands of
    /// steps is nothing.
    private static final int WARM_UP = 6;

    private static final int REPEATS = 3;
    private static final int K = 32;
    private static final int ATOMS = 4000;
    private static final int ATOMS_A_TOKEN = 30;
    private static final double RATE = 3e-4;
    private static final double BANDWIDTH = 0.05;

    /// Of an error: what sums of float32 in other orders differ by, over a few steps.
    private static final double TOLERANCE = 2e-3;

    private static final JsonMapper JSON = JsonMapper.shared();

    /// A kind that is trained, beside one rival.
    ///
    /// @param wanted how many times as fast as the rival it is to be
    public record Task(String kind, String rival, double wanted) {
        public static final List<Task> ALL = List.of(
                new Task("topk", "saelens", 4),
                new Task("topk", "sparsify", 3),
                new Task("jump_relu", "saelens", 1.3),
                new Task("relu", "saelens", 1.3));
    }

    /// How one of them did: medians.
    ///
    /// @param stepMs of a step
    /// @param peakMb the most it took beyond batches and weights
    /// @param errors mean over tokens of `|x - x_hat|^2` at each step
    public record Steps(double stepMs, double peakMb, List<Double> errors) {
        double tokensPerSecond() {
            return TOKENS * 1000 / stepMs;
        }
    }

    /// A task with what came of it.
    ///
    /// @param gap largest difference of the errors, as a share of them
    public record Row(Task task, Steps ours, Steps theirs, double gap) {

        public double ratio() {
            return theirs.stepMs / ours.stepMs;
        }

        boolean agrees() {
            return gap <= TOLERANCE;
        }

        public boolean isReached() {
            return agrees() && ratio() >= task.wanted;
        }
    }

    private final Path home;
    private final Path folder;
    private final Consumer<String> progress;

    /// @param home the project's folder
    /// @param folder to keep batches and weights in
    public DictionaryBench(Path home, Path folder, Consumer<String> progress) {
        this.home = home;
        this.folder = folder;
        this.progress = progress;
    }

    /// All tasks, in order.
    public List<Row> run() {
        List<Row> rows = new ArrayList<>();
        for (Task task : Task.ALL) {
            Path data = prepared(task.kind, task.rival.equals("sparsify"));
            List<Steps> ours = new ArrayList<>();
            List<Steps> theirs = new ArrayList<>();
            for (int i = 0; i < REPEATS; i++) {
                progress.accept(task.kind + " beside " + task.rival + ", " + (i + 1) + " of " + REPEATS);
                theirs.add(steps(
                        home.resolve("scripts/bench/dictionary_rivals").toString(),
                        "step",
                        task.rival,
                        task.kind,
                        data.toString()));
                ours.add(steps(
                        home.resolve("cutaway").toString(), "bench", "--training", task.kind, "--in", data.toString()));
            }
            Steps our = median(ours);
            Steps their = median(theirs);
            rows.add(new Row(task, our, their, Measurements.gap(our.errors, their.errors)));
        }
        return rows;
    }

    private static Steps median(List<Steps> repeats) {
        return new Steps(
                Measurements.median(repeats.stream().mapToDouble(Steps::stepMs).toArray()),
                Measurements.median(repeats.stream().mapToDouble(Steps::peakMb).toArray()),
                repeats.getFirst().errors);
    }

    private Steps steps(String... command) {
        JsonNode found = new Rivals(home).json(List.of(command));
        List<Double> times = doubles(found.path("step_ms"));
        return new Steps(
                Measurements.median(times.stream()
                        .skip(WARM_UP)
                        .mapToDouble(Double::doubleValue)
                        .toArray()),
                found.path("peak_mb").asDouble(),
                doubles(found.path("errors")));
    }

    private static List<Double> doubles(JsonNode array) {
        List<Double> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asDouble()));
        return values;
    }

    /// Batches and first weights of a kind, made once. Tokens are sums of a few of 4,000 directions, so that there is
    /// something to learn. Encoder biases of the kinds without a fixed number of latents leave about a hundred of
    /// them active, as in the middle of a run.
    ///
    /// @param unitRows whether decoder rows have the norm 1, which sparsify asks for; else 0.1
    private Path prepared(String kind, boolean unitRows) {
        Path data = folder.resolve(STEPS + "-steps-" + kind + (unitRows ? "-unit" : ""));
        if (Files.exists(data.resolve("settings.json"))) {
            return data;
        }
        progress.accept("batches for " + kind);
        try (Scope _ = Scope.open()) {
            Files.createDirectories(data);
            LinkedHashMap<String, Tensor> batches = new LinkedHashMap<>();
            Tensor atoms = new Random(1).normal(ATOMS, D);
            for (int step = 0; step < STEPS; step++) {
                batches.put("x" + step, tokens(step).times(atoms));
            }
            TensorFile.write(data.resolve("batches.safetensors"), batches, Map.of());
            TensorFile.write(data.resolve("first.safetensors"), first(kind, unitRows, batches), Map.of());
            Files.writeString(
                    data.resolve("settings.json"),
                    JSON.writeValueAsString(Map.of("k", K, "coefficient", 1.0, "rate", RATE, "bandwidth", BANDWIDTH)));
            return data;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SparseRows tokens(int step) {
        RandomGenerator random = new Random(100 + step).generator();
        int[] starts = new int[TOKENS + 1];
        int[] columns = new int[TOKENS * ATOMS_A_TOKEN];
        double[] values = new double[columns.length];
        for (int token = 0; token < TOKENS; token++) {
            starts[token + 1] = (token + 1) * ATOMS_A_TOKEN;
            int[] drawn = random.ints(0, ATOMS)
                    .distinct()
                    .limit(ATOMS_A_TOKEN)
                    .sorted()
                    .toArray();
            for (int i = 0; i < drawn.length; i++) {
                columns[starts[token] + i] = drawn[i];
                values[starts[token] + i] = (0.2 + random.nextDouble()) / Math.sqrt(ATOMS_A_TOKEN);
            }
        }
        return new SparseRows(ATOMS, starts, columns, values);
    }

    private static LinkedHashMap<String, Tensor> first(
            String kind, boolean unitRows, LinkedHashMap<String, Tensor> batches) {
        Tensor drawn = new Random(2).normal(WIDTH, D);
        Tensor rows = drawn.over(drawn.square().sum(1, true).sqrt());
        LinkedHashMap<String, Tensor> first = new LinkedHashMap<>();
        Tensor decoder = unitRows ? rows : rows.times(0.1);
        first.put("encoder", decoder.copy());
        first.put("decoder", decoder);
        double bias = 0;
        if (!kind.equals("topk")) {
            Tensor x = Objects.requireNonNull(batches.get("x0")).slice(0, 0, 64);
            double[] z = x.linear(decoder, null).toDoubles();
            Arrays.sort(z);
            bias = -z[z.length - 100 * 64];
        }
        first.put("encoderBias", Tensor.full(bias, decoder.dtype(), WIDTH));
        first.put("decoderBias", Tensor.zeros(D));
        if (kind.equals("jump_relu")) {
            first.put("threshold", Tensor.full(0.05, decoder.dtype(), WIDTH));
        }
        return first;
    }

    /// What Cutaway measures of itself: the same fields as `scripts/bench/dictionary_rivals step` prints.
    public record Measured(List<Double> step_ms, List<Double> errors, double peak_mb) {}

    /// The steps of Cutaway, in this process.
    ///
    /// @param data what was prepared
    public static Measured measure(String kind, Path data) {
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> batches = read(data.resolve("batches.safetensors"));
            Tensor some = Objects.requireNonNull(batches.get("x0"));
            boolean unitRows = data.getFileName().toString().endsWith("-unit");
            try (Coder coder = settings(kind, unitRows).create(WIDTH, 0, some, some)) {
                Scope.free(() -> {
                    Map<String, Tensor> first = read(data.resolve("first.safetensors"));
                    coder.parameters()
                            .forEach((name, tensor) -> tensor.assign(Objects.requireNonNull(first.get(name), name)));
                    return first;
                });
                double before = ProcessMemory.settledMb();
                List<Double> times = new ArrayList<>();
                List<Double> errors = new ArrayList<>();
                Schedule schedule = new Schedule(STEPS, RATE, 0, 0, 0);
                try (Training training = new Training(coder, schedule, Training.Options.USUAL)) {
                    for (int step = 0; step < STEPS; step++) {
                        Tensor x = Objects.requireNonNull(batches.get("x" + step));
                        long begin = System.nanoTime();
                        errors.add(Objects.requireNonNull(training.step(x, x).get("reconstruction")));
                        times.add((System.nanoTime() - begin) / 1e6);
                    }
                }
                return new Measured(times, errors, ProcessMemory.peakMb() - before);
            }
        }
    }

    private static CoderSettings settings(String kind, boolean unitRows) {
        return switch (kind) {
            case "topk" ->
                unitRows
                        ? new CoderSettings(new Sparsity.TopK(K, false, 1, 0))
                                .with(new Wiring.Autoencoder(true, false, true))
                        : new CoderSettings(new Sparsity.TopK(K));
            case "relu" -> new CoderSettings(new Sparsity.Relu(1));
            case "jump_relu" ->
                new CoderSettings(new Sparsity.JumpRelu(new Sparsity.Penalty.Step(), 1, 0.05, BANDWIDTH, false, 0));
            default -> throw new IllegalArgumentException("no kind " + kind);
        };
    }

    private static Map<String, Tensor> read(Path file) {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            return TensorFile.readAll(opened);
        }
    }
}

package cutaway.cli;

import cutaway.cli.bench.DictionaryBench;
import cutaway.cli.bench.DictionaryTable;
import cutaway.cli.bench.HarvestBench;
import cutaway.cli.bench.LabBench;
import cutaway.cli.bench.Measurements;
import cutaway.cli.bench.PagesBench;
import cutaway.cli.bench.PeerBench;
import cutaway.cli.bench.PeerTable;
import cutaway.cli.bench.PeerTask;
import cutaway.cli.bench.Rivals;
import cutaway.cli.bench.StoreRow;
import cutaway.cli.bench.TransformersBench;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.tensor.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cutaway bench`: speed and memory beside the rivals, in one run.
@Command(
        name = "bench",
        description = {
            "Measures speed and memory beside Hugging Face transformers, one after the other on this machine.",
            "methods rates each method by what it finds of a planted truth; it needs no rival."
        },
        subcommands = BenchMethods.class,
        footer = {
            "",
            "Example:",
            "  cutaway bench",
            "  cutaway bench methods",
            "",
            "The first run makes a Python environment for the rival (0.9 GB to download). Leave the machine alone"
                    + " meanwhile."
        },
        mixinStandardHelpOptions = true)
final class Bench implements Callable<Integer> {

    private static final String PROMPT = "When Mary and John went to the store, John gave a drink to";
    private static final int DECODED_TOKENS = 64;

    /// What a process measures of Cutaway alone.
    enum Part {
        FORWARD,
        DECODE,
        OPEN,
        PACKED,
        UNPACK,
        LARGE
    }

    /// What a process measures of Cutaway beside a dictionary's rivals.
    enum Storing {
        HARVEST,
        PAGES
    }

    @Option(names = "--part", hidden = true, description = "Measure one part of Cutaway in this process.")
    private @Nullable Part part;

    @Option(
            names = "--ids",
            hidden = true,
            split = ",",
            preprocessor = CommaList.class,
            description = "Token ids for that part.")
    private int[] ids = {};

    @Option(
            names = "--large",
            description = "Measure a 7B model in Q4_K_M too: a file of 4 GB with random weights, written once into the"
                    + " cache.")
    private boolean large;

    @Option(
            names = "--peers",
            description =
                    "Measure patching and attribution beside TransformerLens and nnsight instead (1 GB to download"
                            + " for them, a quarter of an hour to run), and write docs/benchmarks.md.")
    private boolean peers;

    @Option(
            names = "--dictionaries",
            description = "Measure training steps of dictionaries, harvests and feature pages beside SAELens, sparsify"
                    + " and SAEDashboard instead (4 GB to download for them, some twenty minutes), and write"
                    + " docs/benchmarks-dictionaries.md.")
    private boolean dictionaries;

    @Option(
            names = "--lab",
            description = "Measure training steps of small models beside PyTorch instead (some minutes), and write"
                    + " docs/benchmarks-lab.md. --peers measures them too, but for --json.")
    private boolean lab;

    @Option(names = "--lab-steps", hidden = true, description = "Measure our steps of a small model in this process.")
    private @Nullable String labSteps;

    @Option(names = "--training", hidden = true, description = "Measure our training steps in this process.")
    private @Nullable String training;

    @Option(names = "--storing", hidden = true, description = "Measure our harvest or pages in this process.")
    private @Nullable Storing storing;

    @Option(names = "--in", hidden = true, description = "Where what --training or --storing needs is.")
    private @Nullable Path in;

    @Option(
            names = "--task",
            split = ",",
            preprocessor = CommaList.class,
            description = "With --peers: only these tasks, of resid, resid-late, resid-64, heads, heads-pos, paths,"
                    + " attribution, direct; with --dictionaries: of steps, harvest, pages. Nothing is written.")
    private List<String> tasks = List.of();

    @Option(
            names = "--whole",
            description = "With --peers: let the rivals run every edit, which takes hours, instead of a sample; with"
                    + " --dictionaries: pages of 4,096 features over 100,096 tokens, not of 1,024 over 16,384.")
    private boolean whole;

    @Option(names = "--worker", hidden = true, description = "Answer the questions of --peers in this process.")
    private boolean worker;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        if (part != null) {
            console.json(
                    switch (part) {
                        case FORWARD -> Measurements.forward(() -> weights.open(model.path()), ids);
                        case DECODE ->
                            Measurements.decode(
                                    () -> weights.open(model.path()),
                                    Arrays.stream(ids).boxed().toList(),
                                    DECODED_TOKENS);
                        case OPEN -> Measurements.opening(() -> weights.open(model.path()));
                        case PACKED ->
                            Measurements.packed(
                                    () -> weights.open(model.path()), () -> weights.openPacked(model.path()), ids);
                        case UNPACK -> Measurements.unpacking(model.path());
                        case LARGE -> Measurements.large(Hub.cacheFolder().resolve("bench"), weights::open);
                    });
            return 0;
        }
        if (worker) {
            PeerBench.work(
                    model.path(),
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                    console::json);
            return 0;
        }
        if (labSteps != null && in != null) {
            console.json(LabBench.measure(labSteps, in));
            return 0;
        }
        if (peers || lab) {
            int missed = peers ? comparePeers() : 0;
            boolean too = tasks.isEmpty() && !console.isJson(); // one document a run
            return Math.max(missed, lab || too ? compareLab() : 0);
        }
        if (training != null && in != null) {
            console.json(DictionaryBench.measure(training, in));
            return 0;
        }
        if (storing != null && in != null) {
            console.json(
                    switch (storing) {
                        case HARVEST -> HarvestBench.measure(model.path(), in);
                        case PAGES -> PagesBench.measure(model.path(), in, Cutaway.Version.number());
                    });
            return 0;
        }
        if (dictionaries) {
            return compareDictionaries();
        }
        TransformersBench.Result result = new TransformersBench(
                        new Rivals(home()), model.path(), large, step -> console.step(step, ""))
                .run(Cutaway.Version.number(), PROMPT, promptIds());
        if (console.isJson()) {
            console.json(result);
        } else {
            TransformersBench.lines(result).forEach(line -> console.line("%s", line));
        }
        return result.isReached() ? 0 : 1;
    }

    private int comparePeers() {
        checkTasks(PeerTask.ALL.stream().map(PeerTask::key).toList());
        List<PeerTask> asked = PeerTask.ALL.stream()
                .filter(task -> tasks.isEmpty() || tasks.contains(task.key()))
                .toList();
        Path home = home();
        PeerBench.Result result = new PeerBench(home, model.path(), step -> console.step(step, ""))
                .run(Cutaway.Version.number(), asked, whole);
        if (console.isJson()) {
            console.json(result);
        } else {
            PeerTable.lines(result).forEach(line -> console.line("%s", line));
        }
        if (tasks.isEmpty()) {
            write(
                    home.resolve("docs/benchmarks.md"),
                    PeerTable.page(result, machine(), LocalDate.now().toString()));
        }
        return result.rows().stream().allMatch(PeerBench.Row::isReached) ? 0 : 1;
    }

    private int compareLab() {
        Path home = home();
        List<LabBench.Row> rows =
                new LabBench(home, Hub.cacheFolder().resolve("bench/lab"), step -> console.step(step, "")).run();
        if (console.isJson()) {
            console.json(rows);
        } else {
            rows.forEach(row -> console.line("%s", row.line()));
        }
        write(
                home.resolve("docs/benchmarks-lab.md"),
                LabBench.page(
                        rows,
                        Cutaway.Version.number(),
                        machine(),
                        LocalDate.now().toString()));
        return rows.stream().allMatch(LabBench.Row::isReached) ? 0 : 1;
    }

    private void checkTasks(List<String> known) {
        for (String task : tasks) {
            if (!known.contains(task)) {
                throw new BadInputException("--task is " + task + "; expected " + String.join(", ", known) + ".");
            }
        }
    }

    /// What `--dictionaries --json` prints.
    private record Dictionaries(List<DictionaryBench.Row> steps, List<StoreRow> stores) {}

    private int compareDictionaries() {
        checkTasks(List.of("steps", "harvest", "pages"));
        Path home = home();
        Path data = Hub.cacheFolder().resolve("bench");
        Consumer<String> tell = step -> console.step(step, "");
        List<DictionaryBench.Row> steps =
                isAsked("steps") ? new DictionaryBench(home, data.resolve("dictionaries"), tell).run() : List.of();
        List<StoreRow> stores = new ArrayList<>();
        if (isAsked("harvest")) {
            stores.add(new HarvestBench(home, model.path(), data.resolve("harvest"), tell).run());
        }
        if (isAsked("pages")) {
            PagesBench.Size size = whole ? PagesBench.Size.WHOLE : PagesBench.Size.USUAL;
            stores.add(new PagesBench(home, model.path(), data.resolve("pages"), size, tell).run());
        }
        if (console.isJson()) {
            console.json(new Dictionaries(steps, stores));
        } else {
            DictionaryTable.lines(steps, stores).forEach(line -> console.line("%s", line));
        }
        if (tasks.isEmpty()) {
            write(
                    home.resolve("docs/benchmarks-dictionaries.md"),
                    DictionaryTable.page(
                            steps,
                            stores,
                            Cutaway.Version.number(),
                            machine(),
                            LocalDate.now().toString()));
        }
        return steps.stream().allMatch(DictionaryBench.Row::isReached)
                        && stores.stream().allMatch(StoreRow::isReached)
                ? 0
                : 1;
    }

    private boolean isAsked(String task) {
        return tasks.isEmpty() || tasks.contains(task);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Its processor and cores.
    private static String machine() {
        int cores = Runtime.getRuntime().availableProcessors();
        Path info = Path.of("/proc/cpuinfo");
        try {
            String name = !Files.exists(info)
                    ? System.getProperty("os.arch")
                    : Files.readAllLines(info).stream()
                            .filter(line -> line.startsWith("model name"))
                            .map(line -> line.replaceFirst(".*:\\s*", ""))
                            .findFirst()
                            .orElse(System.getProperty("os.arch"));
            return name + ", " + cores + " cores";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path home() {
        String home = System.getenv("CUTAWAY_HOME");
        if (home == null || !Files.isDirectory(Path.of(home))) {
            throw new BadInputException("the bench needs the project's own launcher; run ./cutaway bench in a clone.");
        }
        return Path.of(home);
    }

    private int[] promptIds() {
        try (Model opened = weights.open(model.path())) {
            int[] prompt = opened.encode(PROMPT).ids();
            opened.check(Batch.of(prompt));
            return prompt;
        }
    }
}

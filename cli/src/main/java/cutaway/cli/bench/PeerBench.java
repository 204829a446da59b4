package cutaway.cli.bench;

import cutaway.cli.bench.PeerTask.Pair;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Cutaway beside TransformerLens and nnsight: each in a process of its own with the same weights, asked the same by
/// turns. Times count only where all computed the same numbers.
public final class PeerBench {

    private static final int REPEATS = 3;

    /// Of a task's largest value: what two orders of float32 sums differ by.
    private static final double TOLERANCE = 1e-4;

    private static final String PROMPT = "When Mary and John went to the store, John gave a drink to";
    private static final String LATE = "When Mary and John went to the store, Mary gave a drink to";
    private static final String EARLY = "After Mary and John went to the store, Mary gave a drink to";

    /// Cut to 64 tokens.
    private static final String LONG =
            " had lived by the sea for many years, and every morning she walked along the beach with her dog before"
                + " the others were awake. One day she found a bottle in the sand, with a letter in it, and she"
                + " brought it home to read it to her brother, who was ill and could not leave his bed. The letter was"
                + " written by";

    private static final int LONG_TOKENS = 64;
    private static final String BATCHED = ", batched";

    /// How one contestant did.
    ///
    /// @param seconds median
    /// @param peakMb median of the most it took beyond what it held before
    /// @param of edits of the task, all of which it ran or its time was scaled to
    /// @param asked edits that it ran
    /// @param gap largest difference from Cutaway's values, of their largest
    public record Score(String name, double seconds, double peakMb, long of, long asked, double gap) {

        /// Whether it computed what Cutaway did.
        boolean agrees() {
            return gap <= TOLERANCE;
        }

        boolean isBatched() {
            return name.endsWith(BATCHED);
        }
    }

    /// One task.
    ///
    /// @param wanted how many times as fast as each rival
    /// @param wantedBatched how many times as fast as each rival batched by an expert
    public record Row(
            String key, String label, double wanted, double wantedBatched, Score cutaway, List<Score> rivals) {

        double ratio(Score rival) {
            return rival.seconds / cutaway.seconds;
        }

        /// Whether all computed the same, and Cutaway was as much faster and smaller as is wanted.
        public boolean isReached() {
            return isFast() && isSmall();
        }

        boolean isFast() {
            return rivals.stream()
                    .allMatch(rival -> rival.agrees() && ratio(rival) >= (rival.isBatched() ? wantedBatched : wanted));
        }

        boolean isSmall() {
            return cutaway.peakMb <= 0.5 * rivals.getFirst().peakMb;
        }

        /// What was reached of speed and memory, in words.
        String verdict() {
            if (isReached()) {
                return "reached";
            }
            return isFast() ? "speed reached, memory missed" : isSmall() ? "speed missed, memory reached" : "missed";
        }
    }

    /// @param rivals what each said when it was ready
    public record Result(String version, List<JsonNode> rivals, List<Row> rows) {}

    private final Path home;
    private final Path folder;
    private final Consumer<String> progress;

    /// @param home the project's folder, which holds the launcher and the scripts
    /// @param model the file or folder whose weights all open, from a Hugging Face folder that is written once
    public PeerBench(Path home, Path model, Consumer<String> progress) {
        this.home = home;
        this.progress = progress;
        this.folder = BenchModel.folder(model, progress);
    }

    /// Cutaway's own side: answers questions, a line of JSON each, until the input ends.
    public static void work(Path model, BufferedReader in, Consumer<Object> out) {
        try (Model opened = Model.open(model)) {
            PatchingTasks tasks = new PatchingTasks(opened);
            out.accept(Map.of("rival", "cutaway"));
            in.lines()
                    .forEach(line -> out.accept(tasks.answer(JsonMapper.shared().readValue(line, Question.class))));
        }
    }

    /// @param tasks keys of those to run
    /// @param whole whether rivals run every edit, which takes hours, instead of a sample
    public Result run(String version, List<PeerTask> tasks, boolean whole) {
        String at = folder.toString();
        String peers = home.resolve("scripts/bench/peers").toString();
        progress.accept("opening the model in each");
        try (Contestant lens = new Contestant(
                        "TransformerLens",
                        home,
                        List.of(peers, "serve", "--rival", "transformer_lens", "--folder", at));
                Contestant sight =
                        new Contestant("nnsight", home, List.of(peers, "serve", "--rival", "nnsight", "--folder", at));
                Contestant ours = new Contestant(
                        "Cutaway",
                        home,
                        List.of(home.resolve("cutaway").toString(), "bench", "--worker", "--model", at))) {
            List<Row> rows = new ArrayList<>();
            try (Model model = Model.open(folder)) {
                for (PeerTask task : tasks) {
                    rows.add(row(task, question(task, model), ours, List.of(lens, sight), whole));
                }
            }
            return new Result(version, List.of(lens.opened(), sight.opened()), rows);
        }
    }

    private static Question question(PeerTask task, Model model) {
        int[] prompt = ids(model, task.pair() == Pair.LONG ? "Anna" + LONG : PROMPT);
        int[] contrast = ids(
                model,
                switch (task.pair()) {
                    case EARLY -> EARLY;
                    case LATE -> LATE;
                    case LONG -> "Tom" + LONG;
                });
        boolean path = task.task().equals("path_q");
        return new Question(
                task.task(),
                prompt,
                contrast,
                top(model, prompt, -1),
                top(model, contrast, top(model, prompt, -1)),
                null,
                false,
                path ? PeerTask.LAYER : null,
                path ? PeerTask.HEAD : null);
    }

    private static int[] ids(Model model, String text) {
        int[] ids = model.encode(text).ids();
        return ids.length > LONG_TOKENS ? Arrays.copyOf(ids, LONG_TOKENS) : ids;
    }

    /// The most probable next token that is not another.
    private static int top(Model model, int[] ids, int other) {
        return Scope.free(() -> {
            long[] best =
                    model.logits(ids).select(0, ids.length - 1).top(2).indices().toLongs();
            return (int) (best[0] == other ? best[1] : best[0]);
        });
    }

    private Row row(PeerTask task, Question question, Contestant ours, List<Contestant> rivals, boolean whole) {
        List<JsonNode> mine = new ArrayList<>();
        List<List<JsonNode>> theirs = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            progress.accept(task.label() + ", repeat " + (repeat + 1) + " of " + REPEATS);
            mine.add(ours.ask(question));
            int place = 0;
            for (Contestant rival : rivals) {
                for (boolean expert : task.expert() > 0 ? new boolean[] {false, true} : new boolean[] {false}) {
                    if (repeat == 0) {
                        names.add(rival.name() + (expert ? BATCHED : ""));
                        theirs.add(new ArrayList<>());
                    }
                    int some = expert ? task.expertSample() : task.sample();
                    theirs.get(place++).add(rival.ask(question.of(whole ? 0 : some, expert)));
                }
            }
        }
        List<Score> scores = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            scores.add(score(names.get(i), theirs.get(i), mine.getFirst()));
        }
        return new Row(
                task.key(), task.label(), task.plain(), task.expert(), score("Cutaway", mine, mine.getFirst()), scores);
    }

    private static Score score(String name, List<JsonNode> answers, JsonNode ours) {
        JsonNode first = answers.getFirst();
        return new Score(
                name,
                Measurements.median(
                        answers.stream().mapToDouble(PeerBench::wholeSeconds).toArray()),
                Measurements.median(answers.stream()
                        .mapToDouble(answer -> answer.path("peak_mb").asDouble())
                        .toArray()),
                first.path("of").asLong(0),
                first.path("asked").asLong(0),
                gap(first.path("values"), ours.path("values")));
    }

    /// The time of all edits, where some were run: what each takes is the same, and the runs before them count once.
    static double wholeSeconds(JsonNode answer) {
        double seconds = answer.path("seconds").asDouble();
        long asked = answer.path("asked").asLong(0);
        long of = answer.path("of").asLong(0);
        long forwards = answer.path("forwards").asLong(0);
        if (asked == of || forwards == 0) {
            return seconds;
        }
        double each = forwards >= asked ? Math.floorDiv(forwards, asked) : (double) forwards / asked;
        double once = forwards - each * asked;
        return seconds * (once + each * of) / forwards;
    }

    /// The largest difference of the numbers that both have, of the largest number.
    static double gap(JsonNode theirs, JsonNode ours) {
        double[] worst = new double[2]; // difference, size
        compare(theirs, ours, worst);
        return worst[1] == 0 ? Double.POSITIVE_INFINITY : worst[0] / worst[1];
    }

    private static void compare(JsonNode theirs, JsonNode ours, double[] worst) {
        if (theirs.isNull()) {
            return;
        }
        if (theirs.isNumber() && ours.isNumber()) {
            worst[0] = Math.max(worst[0], Math.abs(theirs.asDouble() - ours.asDouble()));
            worst[1] = Math.max(worst[1], Math.abs(ours.asDouble()));
        } else if (theirs.size() != ours.size() || theirs.isNumber() || ours.isNumber()) {
            worst[0] = Double.POSITIVE_INFINITY; // not the same shape
            worst[1] = 1;
        } else if (theirs.isObject()) {
            theirs.propertyNames().forEach(name -> compare(theirs.path(name), ours.path(name), worst));
        } else {
            for (int i = 0; i < theirs.size(); i++) {
                compare(theirs.get(i), ours.get(i), worst);
            }
        }
    }
}

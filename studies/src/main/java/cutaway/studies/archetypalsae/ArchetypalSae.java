package cutaway.studies.archetypalsae;

import cutaway.studies.Bar;
import cutaway.studies.Card;
import cutaway.studies.Findings;
import cutaway.studies.Goal;
import cutaway.studies.Parameter;
import cutaway.studies.Study;
import cutaway.studies.StudyRun;
import cutaway.studies.archetypalsae.Cell.Begin;
import cutaway.studies.archetypalsae.Cell.Kind;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Archetypal dictionaries beside TopK ones, each from random, shared and own starts: how much of their
/// stability is the constraint's, and how much the start's.
public final class ArchetypalSae implements Study {

    @Override
    public Card card() {
        return new Card(
                "archetypal-sae",
                "Archetypal SAE: Adaptive and Stable Dictionary Learning in Large Vision Models",
                2025,
                "arXiv:2502.12892",
                "Dictionaries trained alike differ; directions held in the data's convex hull, or close to it, are the"
                        + " same each time, and reconstruct as well.",
                "Pairs of dictionaries of a small vision transformer's patches, TopK and relaxed archetypal, paired by"
                    + " the Hungarian method; each kind from random directions, from shared centroids, and from"
                    + " centroids of its own half of the data. Beside them archetypal without relaxation, BatchTopK,"
                    + " JumpReLU, k-means and convex NMF. With a text, the same of MiniLM's tokens of it, but for"
                    + " those others.");
    }

    @Override
    public int seeds() {
        return 5;
    }

    @Override
    public Optional<String> text() {
        return Optional.of("also of MiniLM's tokens of it (scripts/minilm)");
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of("net-steps", "of training the vision transformer", 150, 1000, 2000),
                Parameter.of("tokens", "for each of two halves", 1024, 4096, 16_384),
                Parameter.of("width", "latents, and centroids", 64, 192, 512),
                Parameter.of("k", "latents of a token", 8, 8, 8),
                Parameter.real(
                        "relaxation",
                        "how far a direction may be from its mixture; tokens of d numbers are sqrt(d) long",
                        1),
                Parameter.of("steps", "of training each dictionary", 150, 1000, 6000),
                Parameter.of("collages", "of shapes, to choose latents on; as many to score them", 300, 1000, 2000));
    }

    /// All that is measured on one seed.
    ///
    /// @param logits how well the net's own logits tell which shapes a collage holds
    record Measured(Cell planted, Cell shuffled, Ablation patches, double logits) {}

    @Override
    public Findings run(StudyRun run) {
        run.checkAtMost("k", "width"); // first, as what else may be refused
        try (Scope _ = Scope.open()) {
            Optional<Sentences> sentences = run.text().map(text -> Sentences.of(run, text));
            double accuracy;
            List<Measured> all;
            try (Vision vision = Vision.trained(run)) {
                accuracy = vision.accuracy();
                all = run.each("dictionaries", seed -> measure(run, vision, seed));
            }
            List<Ablation> patches = all.stream().map(Measured::patches).toList();
            List<Ablation> words = sentences
                    .map(read -> run.each("dictionaries of MiniLM", seed -> words(run, read, seed)))
                    .orElse(List.of());
            List<Bar> bars = new ArrayList<>(planted(all));
            bars.addAll(claims("", patches));
            if (!words.isEmpty()) {
                bars.addAll(claims("MiniLM: ", words));
            }
            double logits = Bar.median(all.stream().map(Measured::logits).toList());
            Report report = new Report(patches, words);
            return new Findings(bars, report.figures(), report.notes(accuracy, logits));
        }
    }

    private static List<Bar> planted(List<Measured> all) {
        return List.of(
                Bar.instrument(
                                "stability of dictionaries of planted directions",
                                Goal.atLeast(0.8),
                                each(all, it -> it.planted.stability()))
                        .against("of shuffled columns", Goal.atMost(0.7), each(all, it -> it.shuffled.stability())),
                Bar.instrument(
                                "planted directions told by one latent, balanced accuracy",
                                Goal.atLeast(0.8),
                                each(all, it -> it.planted.identified()))
                        .against("of shuffled labels", Goal.atMost(0.6), each(all, it -> it.planted.shuffled())));
    }

    /// @param of what is put in front of each bar's name
    private static List<Bar> claims(String of, List<Ablation> all) {
        return List.of(
                Bar.claim(
                                of + "stability, relaxed archetypal less TopK from random starts",
                                "higher",
                                Goal.atLeast(0.15),
                                each(
                                        all,
                                        it -> it.relaxedShared().stability()
                                                - it.random().stability()))
                        .against(
                                "TopK from the same centroids less the same",
                                each(
                                        all,
                                        it -> it.shared().stability()
                                                - it.random().stability())),
                Bar.claim(
                        of + "R2, TopK's less relaxed archetypal's",
                        "matches",
                        Goal.atMost(0.03),
                        each(all, it -> it.random().r2() - it.relaxedShared().r2())),
                Bar.claim(
                        of + "stability, both from shared centroids, relaxed archetypal less TopK",
                        "-",
                        Goal.atLeast(0.15),
                        each(
                                all,
                                it -> it.relaxedShared().stability()
                                        - it.shared().stability())),
                Bar.claim(
                        of + "stability, both from own halves and centroids, relaxed archetypal less TopK",
                        "-",
                        Goal.atLeast(0.15),
                        each(all, it -> it.relaxedOwn().stability() - it.own().stability())),
                Bar.claim(
                        of + "distance from data, of TopK's",
                        "lower",
                        Goal.atMost(1),
                        each(
                                all,
                                it -> it.relaxedShared().outOfData()
                                        / it.random().outOfData())));
    }

    private static <T> double[] each(List<T> all, ToDoubleFunction<T> of) {
        return all.stream().mapToDouble(of).toArray();
    }

    private static Cell.Sizes sizes(StudyRun run) {
        return new Cell.Sizes(
                run.count("width"), run.count("k"), run.real("relaxation"), run.count("steps"), 256, 2e-3);
    }

    private static Measured measure(StudyRun run, Vision vision, long seed) {
        Cell.Sizes small = new Cell.Sizes(Planted.FEATURES, 2, 0, run.isQuick() ? 1000 : 2500, 256, 3e-3);
        try (Scope _ = Scope.open()) {
            Tokens tokens = vision.tokens(seed);
            return new Measured(
                    planted(small, false, seed),
                    planted(small, true, seed),
                    Ablation.withOthers(tokens, sizes(run), seed),
                    vision.logits(tokens, seed));
        }
    }

    private static Ablation words(StudyRun run, Sentences read, long seed) {
        try (Scope _ = Scope.open()) {
            return Ablation.of(read.tokens(), sizes(run), seed);
        }
    }

    private static Cell planted(Cell.Sizes sizes, boolean shuffled, long seed) {
        return Scope.free(() -> {
            Tensor first = Planted.tokens(20_000, shuffled, 2 * seed + 1).times(3);
            Tensor second = Planted.tokens(20_000, shuffled, 2 * seed + 2).times(3);
            List<Cell.Objects> objects =
                    List.of(Planted.objects(1000, 3, 2 * seed + 500), Planted.objects(1000, 3, 2 * seed + 501));
            Cell.Tried tried = new Cell.Tried(second, Optional.empty(), objects);
            return Cell.of(Kind.TOP_K, Begin.RANDOM, sizes, List.of(first, second), tried, seed + 40);
        });
    }
}

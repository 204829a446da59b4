package cutaway.studies.lrerelations;

import cutaway.interp.relations.Facts;
import cutaway.interp.relations.Relation;
import cutaway.interp.relations.RelationSettings;
import cutaway.interp.relations.RelationTrial;
import cutaway.interp.relations.RelationTrial.Baseline;
import cutaway.interp.relations.RelationTrial.Rival;
import cutaway.model.Model;
import cutaway.studies.Bar;
import cutaway.studies.Card;
import cutaway.studies.Figure;
import cutaway.studies.Findings;
import cutaway.studies.Goal;
import cutaway.studies.Parameter;
import cutaway.studies.Study;
import cutaway.studies.StudyRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Relations that a language model knows, each as the affine map that a few prompts expand to.
public final class LreRelations implements Study {

    private static final List<String> RELATIONS = List.of(
            "country-capital",
            "verb-past-tense",
            "adjective-opposite",
            "noun-plural",
            "adjective-comparative",
            "country-language",
            "country-continent",
            "colour-of-a-thing",
            "male-to-female",
            "next-number",
            "word-in-capitals",
            "first-letter",
            "persons-country",
            "animal-young");

    /// Of a relation's facts, as many must be known.
    private static final double KNOWN = 0.6;

    private static final double FAITHFUL = 0.6;
    private static final double LEAD = 0.1;

    /// @param unknown names of relations that the model knows too little of
    private record Measured(List<RelationTrial> trials, List<String> unknown) {

        /// Share of relations on which the map leads the best baseline.
        double leading() {
            return Arrays.stream(leads()).average().orElse(Double.NaN);
        }

        /// 1 where the map leads, by relation.
        double[] leads() {
            return trials.stream()
                    .mapToDouble(it -> it.faithfulness() >= it.bestBaseline().faithfulness() + LEAD ? 1 : 0)
                    .toArray();
        }

        double least() {
            return trials.stream()
                    .mapToDouble(RelationTrial::faithfulness)
                    .min()
                    .orElse(Double.NaN);
        }

        double ofFaithful(ToDoubleFunction<RelationTrial> read) {
            return Arrays.stream(byFaithful(read)).average().orElse(Double.NaN);
        }

        double[] byFaithful(ToDoubleFunction<RelationTrial> read) {
            return trials.stream()
                    .filter(it -> it.faithfulness() >= FAITHFUL)
                    .mapToDouble(read)
                    .toArray();
        }
    }

    @Override
    public Card card() {
        return new Card(
                "lre-relations",
                "Linearity of Relation Decoding in Transformer Language Models",
                2023,
                "arXiv:2308.09124",
                "For some relations, a model's way from a subject to the object is an affine map that a few prompts"
                        + " expand to at first order; turned round, it edits the object. Others are known and are not"
                        + " affine.",
                "Facts are asked behind a few others; the mean of these prompts' Jacobians from the subject's last"
                    + " token to the end is held against the model on the facts left, beside four baselines, and edits"
                    + " through it beside a map in random directions.");
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of(
                                "relations",
                                "of " + RELATIONS.size() + " at hand, those first that stand first",
                                1,
                                14,
                                14)
                        .atMost(RELATIONS.size()),
                Parameter.of("examples", "facts of each whose Jacobians are averaged", 2, 5, 8),
                Parameter.of("every", "how many layers one may be chosen of", 8, 4, 2));
    }

    @Override
    public Findings run(StudyRun run) {
        int count = run.count("relations");
        List<PlantedRelation.Found> planted = run.each("planted functions", PlantedRelation::of);
        List<Measured> all = run.each("relations", seed -> measure(run, RELATIONS.subList(0, count), seed));
        List<Bar> bars = List.of(
                Bar.instrument(
                        "planted affine relation: cosine of the map found with the true one",
                        Goal.atLeast(0.95),
                        each(planted, PlantedRelation.Found::cosine)),
                Bar.instrument(
                                "planted affine relation: share with the same object",
                                Goal.atLeast(0.8),
                                each(planted, PlantedRelation.Found::affine))
                        .against(
                                "exclusive or (chance 0.5)",
                                Goal.atMost(0.7),
                                each(planted, PlantedRelation.Found::exclusive)),
                Bar.claim(
                                "share of relations with the map's faithfulness 0.1 above the best baseline's",
                                "48 % of 47 are faithful",
                                Goal.atLeast(0.5),
                                each(all, Measured::leading))
                        .over("relations", all.getFirst().leads()),
                Bar.claim(
                        "faithfulness of the least faithful relation that is known",
                        "some are not linear",
                        Goal.atMost(0.3),
                        each(all, Measured::least)),
                Bar.claim(
                                "edits that give the other object, mean of relations with faithfulness 0.6",
                                "as faithful, as causal",
                                Goal.atLeast(0.5),
                                each(
                                        all,
                                        one -> one.ofFaithful(
                                                it -> it.causality().success())))
                        .against(
                                "random directions",
                                Goal.atMost(0.1),
                                each(
                                        all,
                                        one -> one.ofFaithful(
                                                it -> it.causality().random())))
                        .over(
                                "relations",
                                all.getFirst().byFaithful(it -> it.causality().success()),
                                all.getFirst().byFaithful(it -> it.causality().random())));
        return new Findings(bars, figures(all.getFirst()), notes(all));
    }

    private static <T> double[] each(List<T> all, ToDoubleFunction<T> read) {
        return all.stream().mapToDouble(read).toArray();
    }

    private static Measured measure(StudyRun run, List<String> names, long seed) {
        Model model = run.model();
        int every = run.count("every");
        RelationSettings usual = RelationSettings.usual(model.sizes().layers(), run.count("examples"), seed);
        RelationSettings settings = usual.at(IntStream.range(0, model.sizes().layers() - 1)
                .filter(layer -> layer % every == every / 2)
                .boxed()
                .toList());
        List<RelationTrial> trials = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int number = i;
            Relation relation = read(names.get(i));
            Facts facts = Facts.of(model, relation, settings);
            if (facts.accuracy() < KNOWN) {
                unknown.add(String.format(Locale.ROOT, "%s (%.2f)", relation.name(), facts.accuracy()));
                continue;
            }
            trials.add(RelationTrial.of(
                    model,
                    facts,
                    settings,
                    done -> run.progress(relation.name() + ", seed " + seed, (number + done) / names.size())));
        }
        return new Measured(trials, unknown);
    }

    private static Relation read(String name) {
        try (InputStream file = Objects.requireNonNull(LreRelations.class.getResourceAsStream(name + ".json"), name)) {
            return Relation.parse(new String(file.readAllBytes(), StandardCharsets.UTF_8), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Figure> figures(Measured first) {
        List<String> columns = new ArrayList<>(List.of("map"));
        for (Baseline baseline : Baseline.values()) {
            columns.add(baseline.text());
        }
        columns.add("edits");
        columns.add("random edits");
        List<List<Double>> rows = first.trials.stream()
                .map(trial -> {
                    List<Double> row = new ArrayList<>(List.of(trial.faithfulness()));
                    trial.baselines().stream().map(Rival::faithfulness).forEach(row::add);
                    row.add(trial.causality().success());
                    row.add(trial.causality().random());
                    return row;
                })
                .toList();
        return List.of(
                new Figure(
                        "Faithfulness of the map and of its rivals, and edits through it",
                        "Share of held-out facts that the model knows: on which the same token is given; on which the"
                                + " edit gives the other object. The first seed.",
                        new Figure.Grid(
                                Figure.Axis.of("what stands for the model"),
                                Figure.Axis.of("relation"),
                                columns,
                                first.trials.stream().map(RelationTrial::name).toList(),
                                rows,
                                "share")),
                new Figure(
                        "Faithfulness by the subject's layer",
                        "Of each layer the best stretch, on the facts that choose. The first seed.",
                        new Figure.Curves(
                                Figure.Axis.of("after block"),
                                Figure.Axis.of("faithfulness"),
                                first.trials.stream()
                                        .map(trial -> Figure.Series.line(
                                                trial.name(),
                                                each(trial.byLayer(), RelationTrial.AtLayer::layer),
                                                each(trial.byLayer(), RelationTrial.AtLayer::faithfulness)))
                                        .toList())));
    }

    private static List<String> notes(List<Measured> all) {
        List<String> notes = new ArrayList<>();
        for (int seed = 0; seed < all.size(); seed++) {
            Measured one = all.get(seed);
            notes.add("Seed " + seed + ": "
                    + one.trials.stream().map(LreRelations::line).collect(Collectors.joining("; "))
                    + (one.unknown.isEmpty() ? "" : "; known too little: " + String.join(", ", one.unknown)) + ".");
        }
        notes.add("A fact is known where the likeliest next token is the first of its object, behind the examples, a"
                + " line each. Layer, stretch, rank and the baselines' layers are chosen on one half of the known"
                + " facts.");
        return notes;
    }

    private static String line(RelationTrial trial) {
        Rival best = trial.bestBaseline();
        return String.format(
                Locale.ROOT,
                "%s knows %.2f, map %.2f (block %d, beta %.3g), %s %.2f, edits %.2f (random %.2f, rank %d, %d tested)",
                trial.name(),
                trial.accuracy(),
                trial.faithfulness(),
                trial.relation().layer(),
                trial.relation().beta(),
                best.baseline().text(),
                best.faithfulness(),
                trial.causality().success(),
                trial.causality().random(),
                trial.rank(),
                trial.tested());
    }
}

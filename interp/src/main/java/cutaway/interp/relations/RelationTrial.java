package cutaway.interp.relations;

import cutaway.interp.geometry.LeastSquares;
import cutaway.interp.relations.Facts.Swap;
import cutaway.interp.relations.Relation.Prompt;
import cutaway.interp.relations.Relation.Sample;
import cutaway.interp.run.Jacobian;
import cutaway.interp.run.Jacobian.Expansion;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Whether a relation is an affine map in a model (Hernandez et al., arXiv:2308.09124).
///
/// A few facts are drawn as examples: each is asked behind the others, and its prompt's Jacobian taken. Of the facts
/// left, those that the model knows are parted in two halves: on the one, layer, stretch and rank are chosen; on the
/// other, everything is told that stands here. Baselines choose their layers on the same half.
///
/// @param asked facts beside the examples
/// @param known of them
/// @param tested half of those
/// @param relation the map that was chosen
/// @param faithfulness share of facts on which map and model give the same token
/// @param byLayer the same, of each layer with its best stretch, on the facts that choose
/// @param baselines in the order of [Baseline]
/// @param rank of the map turned round
/// @param causality what edits through it do
public record RelationTrial(
        String name,
        int asked,
        int known,
        int tested,
        LinearRelation relation,
        double faithfulness,
        List<AtLayer> byLayer,
        List<Rival> baselines,
        int rank,
        Causality causality) {

    /// What else may stand for the map.
    public enum Baseline {
        /// The subject's state itself, as the logit lens reads it.
        LOGIT_LENS("logit lens of the subject"),
        /// The subject's state and the examples' mean way from it to the end.
        OFFSET("mean offset"),
        /// The map's offset alone: the same for all subjects.
        BIAS("offset b alone"),
        /// An affine map fitted to the examples' states and ends, with a ridge.
        RIDGE("ridge on the examples");

        private final String text;

        Baseline(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /// @param faithfulness on the facts that choose
    public record AtLayer(int layer, double beta, double faithfulness) {}

    /// @param layer that was chosen for it
    public record Rival(Baseline baseline, int layer, double faithfulness) {}

    /// Edits that are to give one subject the object of another.
    ///
    /// @param swaps how many were tried
    /// @param success share of them after which the model gives the other's object
    /// @param random the same with a map of the same singular values in random directions, its step as long
    public record Causality(int swaps, double success, double random) {}

    /// Is told what part is done.
    public interface Progress {
        void tell(double done);
    }

    private static final double RIDGE = 0.01;

    /// Known facts, of which one half chooses and the other tells.
    private static final int LEAST = 4;

    /// The best baseline.
    public Rival bestBaseline() {
        return Collections.max(baselines, Comparator.comparingDouble(Rival::faithfulness));
    }

    /// The share of facts that the model knows.
    public double accuracy() {
        return asked == 0 ? 0 : (double) known / asked;
    }

    /// @param facts of the relation, with the settings' layers
    /// @throws BadInputException when the model knows too few of them
    public static RelationTrial of(Model model, Facts facts, RelationSettings settings, Progress progress) {
        Facts known = facts.known();
        if (known.count() < LEAST) {
            throw new BadInputException("the model knows %d of %d facts of the relation \"%s\"; expected at least %d."
                    .formatted(known.count(), facts.count(), facts.relation().name(), LEAST));
        }
        try (Scope _ = Scope.open()) {
            List<List<Expansion>> expansions =
                    expansions(model, facts.relation(), facts.shown(), settings.layers(), progress);
            Facts choosing = known.chosen(
                    IntStream.range(0, known.count()).filter(i -> i % 2 == 0).toArray());
            Facts telling = known.chosen(
                    IntStream.range(0, known.count()).filter(i -> i % 2 == 1).toArray());
            List<LinearRelation> maps = expansions.stream()
                    .map(atLayer -> LinearRelation.of(atLayer, 1))
                    .toList();
            return new Fitting(model, settings, expansions, maps, choosing, telling)
                    .trial(facts.relation().name(), facts.count(), known.count());
        }
    }

    /// By layer, then by example.
    private static List<List<Expansion>> expansions(
            Model model, Relation relation, List<Sample> shown, List<Integer> layers, Progress progress) {
        List<List<Expansion>> byLayer = layers.stream()
                .map(_ -> (List<Expansion>) new ArrayList<Expansion>())
                .toList();
        for (int i = 0; i < shown.size(); i++) {
            int example = i;
            List<Sample> others = new ArrayList<>(shown);
            others.remove(example);
            Prompt prompt = relation.prompt(model, shown.get(example), others);
            List<Expansion> found = Jacobian.of(
                    model,
                    prompt.ids(),
                    prompt.subjectEnd(),
                    layers,
                    done -> progress.tell((example + done) / shown.size()));
            for (int layer = 0; layer < layers.size(); layer++) {
                byLayer.get(layer).add(found.get(layer));
            }
        }
        return byLayer;
    }

    /// What is chosen and told, once all is measured.
    ///
    /// @param expansions by layer, then by example
    /// @param maps their means by layer, not stretched
    private record Fitting(
            Model model,
            RelationSettings settings,
            List<List<Expansion>> expansions,
            List<LinearRelation> maps,
            Facts choosing,
            Facts telling) {

        RelationTrial trial(String name, int asked, int known) {
            List<AtLayer> byLayer = new ArrayList<>();
            for (LinearRelation relation : maps) {
                byLayer.add(settings.betas().stream()
                        .map(beta ->
                                new AtLayer(relation.layer(), beta, faithfulness(choosing, relation.stretched(beta))))
                        .reduce((a, b) -> b.faithfulness > a.faithfulness ? b : a)
                        .orElseThrow());
            }
            AtLayer best = byLayer.stream()
                    .reduce((a, b) -> b.faithfulness > a.faithfulness ? b : a)
                    .orElseThrow();
            LinearRelation relation =
                    maps.get(settings.layers().indexOf(best.layer)).stretched(best.beta);
            List<Rival> rivals = new ArrayList<>();
            for (Baseline baseline : Baseline.values()) {
                rivals.add(rival(baseline));
            }
            LinearRelation.Inverse inverse = relation.inverse();
            int rank = bestRank(best.layer, inverse);
            return new RelationTrial(
                    name,
                    asked,
                    known,
                    telling.count(),
                    relation,
                    faithfulness(telling, relation),
                    byLayer,
                    rivals,
                    rank,
                    new Causality(
                            telling.swaps().size(),
                            success(telling, best.layer, inverse, rank),
                            successOfRandom(best.layer, inverse, rank)));
        }

        private double faithfulness(Facts facts, LinearRelation relation) {
            return Scope.free(() -> facts.faithfulness(model, relation.objects(facts.states(relation.layer()))));
        }

        private Rival rival(Baseline baseline) {
            int best = 0;
            double most = -1;
            for (int i = 0; i < expansions.size(); i++) {
                double here = of(choosing, baseline, i);
                if (here > most) {
                    most = here;
                    best = i;
                }
            }
            return new Rival(baseline, settings.layers().get(best), of(telling, baseline, best));
        }

        private double of(Facts facts, Baseline baseline, int layer) {
            return Scope.free(() -> facts.faithfulness(
                    model,
                    predicted(baseline, layer, facts.states(settings.layers().get(layer)))));
        }

        private Tensor predicted(Baseline baseline, int layer, Tensor states) {
            List<Expansion> examples = expansions.get(layer);
            return switch (baseline) {
                case LOGIT_LENS -> states;
                case OFFSET ->
                    states.plus(stacked(examples, Expansion::end)
                            .minus(stacked(examples, Expansion::state))
                            .mean(0, true));
                case BIAS -> Tensor.of(maps.get(layer).bias(), 1, states.dim(1)).expand(states.dim(0), -1);
                case RIDGE ->
                    LeastSquares.of(stacked(examples, Expansion::state), stacked(examples, Expansion::end), RIDGE)
                            .predict(states);
            };
        }

        private static Tensor stacked(List<Expansion> examples, Function<Expansion, Tensor> read) {
            return Tensor.stack(examples.stream().map(read).toList(), 0);
        }

        private int bestRank(int layer, LinearRelation.Inverse inverse) {
            int best = inverse.s().length;
            double most = -1;
            for (int rank : settings.ranks()) {
                double here = rank <= inverse.s().length ? success(choosing, layer, inverse, rank) : -1;
                if (here > most) {
                    most = here;
                    best = rank;
                }
            }
            return best;
        }

        private double success(Facts facts, int layer, LinearRelation.Inverse inverse, int rank) {
            List<Swap> swaps = facts.swaps();
            return share(facts, layer, swaps, i -> inverse.of(facts.change(swaps.get(i)), rank));
        }

        private double successOfRandom(int layer, LinearRelation.Inverse inverse, int rank) {
            LinearRelation.Inverse random = inverse.random(settings.seed());
            List<Swap> swaps = telling.swaps();
            return share(telling, layer, swaps, i -> {
                double[] change = telling.change(swaps.get(i));
                return random.ofLength(change, rank, LinearRelation.norm(inverse.of(change, rank)));
            });
        }

        private double share(Facts facts, int layer, List<Swap> swaps, IntFunction<double[]> added) {
            return (double) IntStream.range(0, swaps.size())
                            .filter(i -> facts.swaps(model, swaps.get(i), layer, added.apply(i)))
                            .count()
                    / Math.max(1, swaps.size());
        }
    }
}

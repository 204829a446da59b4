package cutaway.studies.methods;

import cutaway.interp.attribution.AttributionPatching;
import cutaway.interp.circuit.CircuitFinder;
import cutaway.interp.circuit.CircuitReport;
import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Node;
import cutaway.interp.circuit.Settings;
import cutaway.interp.circuit.Verdict;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.planted.PlantedCircuit;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.studies.Goal;
import cutaway.studies.methods.Rating.Asked;
import cutaway.studies.methods.Rating.Baseline;
import cutaway.studies.methods.Rating.Silence;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.TemporaryFolder;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Which heads and MLPs of a hand-built transformer of six blocks make its answer: three of thirty. The
/// others are decoys: they attend, compute and change with the prompt, and write where nobody reads.
final class CircuitMethods implements Family {

    private static final String NAME = "circuits";
    private static final String PLANTED = "3 of 30 heads and MLPs of a hand-built transformer";
    private static final int PAIRS = 8;

    /// Where nodes of a circuit work.
    private static final PositionChoice ROLES = PositionChoice.parse("S+filler+last");

    @Override
    public String name() {
        return NAME;
    }

    /// What one seed says.
    ///
    /// @param found by each method, a score a component
    /// @param loudest effect on pairs that differ in nothing that matters, as a share of the planted one
    private record Seen(
            Set<Component> wanted,
            List<Component.Own> all,
            Map<String, Map<Component, Double>> found,
            Map<String, Double> loudest,
            double circuit,
            double first,
            boolean silent) {

        double precision(String method) {
            Map<Component, Double> scores = found.getOrDefault(method, Map.of());
            return Ranks.precision(all, wanted, component -> scores.getOrDefault(component, 0.0));
        }
    }

    @Override
    public List<Rating> rate(int seeds) {
        List<Seen> all = IntStream.range(0, seeds).mapToObj(CircuitMethods::see).toList();
        List<Rating> ratings = new ArrayList<>();
        ratings.add(ranking(all, "activation patching", "sweep --method patch"));
        ratings.add(ranking(all, "attribution patching", "sweep --method attribution"));
        ratings.add(Rating.of(
                new Asked(NAME, "circuit search", "circuit", PLANTED + ", each where it works"),
                "overlap (F1) of nodes",
                Goal.atLeast(0.95),
                of(all, Seen::circuit),
                List.of(
                        Baseline.of("as many, most changed activations", of(all, Seen::first)),
                        Baseline.of(
                                "as many at random",
                                of(all, one -> (double) one.wanted.size() / (3 * one.all.size())))),
                Silence.of(
                        "circuits found where prompts differ in a filler",
                        Goal.atMost(0),
                        of(all, one -> one.silent ? 0 : 1))));
        return ratings;
    }

    private static Rating ranking(List<Seen> all, String method, String command) {
        return Rating.of(
                new Asked(NAME, method, command, PLANTED),
                "average precision of the order",
                Goal.atLeast(0.95),
                of(all, one -> one.precision(method)),
                List.of(
                        Baseline.of("activation norm", of(all, one -> one.precision("norm"))),
                        Baseline.of("change of activation", of(all, one -> one.precision("change"))),
                        Baseline.of("order at random", of(all, one -> one.precision("random")))),
                Silence.of(
                        "largest effect where prompts differ in a filler, of the planted one",
                        Goal.atMost(0.05),
                        of(all, one -> one.loudest.getOrDefault(method, Double.NaN))));
    }

    private interface OfSeen {
        double read(Seen one);
    }

    private static double[] of(List<Seen> all, OfSeen read) {
        return all.stream().mapToDouble(read::read).toArray();
    }

    private static Seen see(int seed) {
        PlantedCircuit planted = PlantedCircuit.drawn(seed);
        try (TemporaryFolder folder = TemporaryFolder.create();
                Model model = planted.open(folder.path())) {
            List<Pair> pairs = Pair.read(model, PlantedCircuit.pairs(PAIRS, seed));
            List<Pair> nulls = Pair.read(model, PlantedCircuit.nullPairs(PAIRS, seed));
            Map<String, Map<Component, Double>> found = scores(model, pairs, seed);
            Map<String, Map<Component, Double>> nothing = scores(model, nulls, seed);
            double span = pairs.stream()
                    .mapToDouble(pair -> span(model, pair))
                    .average()
                    .orElse(Double.NaN);
            Map<String, Double> loudest = nothing.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey,
                            entry -> Collections.max(entry.getValue().values()) / span));
            return new Seen(
                    planted.components(),
                    Component.all(model.sizes()),
                    found,
                    loudest,
                    Ranks.overlap(search(model, pairs, seed), planted.nodes()),
                    Ranks.overlap(mostChanged(model, pairs, planted.nodes().size()), planted.nodes()),
                    search(model, nulls, seed).isEmpty());
        }
    }

    private static Set<Node> search(Model model, List<Pair> pairs, int seed) {
        CircuitReport report = new CircuitFinder(model, Settings.seeded(seed), (_, _) -> {}).find(pairs, ROLES);
        return report.verdict() == Verdict.FOUND
                ? report.circuit().orElseThrow().members().stream()
                        .map(CircuitReport.Need::node)
                        .collect(Collectors.toSet())
                : Set.of();
    }

    /// Sizes over pairs, by method and component.
    private static Map<String, Map<Component, Double>> scores(Model model, List<Pair> pairs, int seed) {
        Map<String, Map<Component, Double>> all = new LinkedHashMap<>();
        for (Pair pair : pairs) {
            add(all, "activation patching", patched(model, pair));
            add(all, "attribution patching", attributed(model, pair));
            add(all, "norm", sizes(model, pair, false));
            add(all, "change", sizes(model, pair, true));
        }
        RandomGenerator random = new Random(seed).generator();
        Map<Component, Double> drawn = new HashMap<>();
        Component.all(model.sizes()).forEach(component -> drawn.put(component, random.nextDouble()));
        all.put("random", drawn);
        return all;
    }

    private static void add(Map<String, Map<Component, Double>> all, String method, Map<Component, Double> some) {
        Map<Component, Double> sum = all.computeIfAbsent(method, _ -> new HashMap<>());
        some.forEach((component, score) -> sum.merge(component, Math.abs(score), Double::sum));
    }

    private static Metric metric(Pair pair) {
        return new Metric.LogitDifference(pair.answer(), pair.against());
    }

    private static Source source(List<Integer> ids) {
        return Source.of(ids.stream().mapToInt(Integer::intValue).toArray(), List.of());
    }

    private static double span(Model model, Pair pair) {
        return measure(model, pair.prompt(), pair) - measure(model, pair.contrast(), pair);
    }

    private static double measure(Model model, List<Integer> ids, Pair pair) {
        return Runs.measure(model, ids.stream().mapToInt(Integer::intValue).toArray(), List.of(), metric(pair));
    }

    private static Map<Component, Double> patched(Model model, Pair pair) {
        List<Component.Own> all = Component.all(model.sizes());
        try (Sweep sweep = new Sweep(model, source(pair.prompt()), metric(pair))) {
            double[] values = sweep.measure(all.stream()
                    .map(component ->
                            List.<Edit>of(new Edit.Patch(component.site(), Positions.ALL, source(pair.contrast()))))
                    .toList());
            return IntStream.range(0, all.size())
                    .boxed()
                    .collect(Collectors.toMap(all::get, i -> values[i] - sweep.baseline()));
        }
    }

    private static Map<Component, Double> attributed(Model model, Pair pair) {
        AttributionPatching.Effects effects =
                AttributionPatching.of(model, source(pair.prompt()), source(pair.contrast()), metric(pair));
        return Component.all(model.sizes()).stream()
                .collect(Collectors.toMap(component -> component, component -> switch (component) {
                    case Component.Head(int layer, int head) -> effects.heads()[layer][head];
                    case Component.Mlp(int layer) -> effects.mlps()[layer];
                }));
    }

    /// The norms of activations, or of their change from the contrast, over all positions.
    private static Map<Component, Double> sizes(Model model, Pair pair, boolean ofChange) {
        double[][] squares = squares(model, pair, ofChange);
        List<Component.Own> all = Component.all(model.sizes());
        return IntStream.range(0, all.size())
                .boxed()
                .collect(Collectors.toMap(
                        all::get, i -> Math.sqrt(Arrays.stream(squares[i]).sum())));
    }

    /// `[component, pos]`
    private static double[][] squares(Model model, Pair pair, boolean ofChange) {
        var sites = Component.sites(model.sizes());
        try (Scope _ = Scope.open();
                Trace here = Runs.run(model, batch(pair.prompt()), List.of(), sites);
                Trace there = Runs.run(model, batch(pair.contrast()), List.of(), sites)) {
            Map<Site, Tensor> prompt = sites.stream().collect(Collectors.toMap(site -> site, here::at));
            Map<Site, Tensor> contrast = sites.stream().collect(Collectors.toMap(site -> site, there::at));
            return Component.all(model.sizes()).stream()
                    .map(component -> {
                        Tensor value = component.in(prompt);
                        Tensor shown = ofChange ? value.minus(component.in(contrast)) : value;
                        return shown.square().sum(-1, false).toDoubles();
                    })
                    .toArray(double[][]::new);
        }
    }

    private static Batch batch(List<Integer> ids) {
        return Batch.of(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    /// The nodes whose activations change most from prompt to contrast.
    private static Set<Node> mostChanged(Model model, List<Pair> pairs, int count) {
        Map<Node, Double> changes = new HashMap<>();
        List<Component.Own> all = Component.all(model.sizes());
        for (Pair pair : pairs) {
            double[][] squares = squares(model, pair, true);
            for (int i = 0; i < all.size(); i++) {
                for (int pos = 0; pos < squares[i].length; pos++) {
                    String role = pos == squares[i].length - 1
                            ? "last"
                            : pos == pair.firstDifference() ? "S" : pos > pair.firstDifference() ? "filler" : "before";
                    changes.merge(new Node(all.get(i), role), squares[i][pos], Double::sum);
                }
            }
        }
        return changes.entrySet().stream()
                .sorted(Map.Entry.<Node, Double>comparingByValue().reversed())
                .limit(count)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}

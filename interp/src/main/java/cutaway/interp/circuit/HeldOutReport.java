package cutaway.interp.circuit;

import cutaway.interp.circuit.CircuitFinder.Chosen;
import cutaway.interp.circuit.CircuitReport.Circuit;
import cutaway.interp.circuit.CircuitReport.Completeness;
import cutaway.interp.circuit.CircuitReport.Control;
import cutaway.interp.circuit.CircuitReport.ErrorNode;
import cutaway.interp.circuit.CircuitReport.Faithfulness;
import cutaway.interp.circuit.CircuitReport.Gap;
import cutaway.interp.circuit.CircuitReport.Need;
import cutaway.interp.circuit.CircuitReport.Own;
import cutaway.interp.circuit.CircuitReport.Repeat;
import cutaway.interp.circuit.PromptSet.Asked;
import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.Groups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/// Measures a circuit on prompts that had no say in it: faithfulness, random controls, completeness, minimality.
final class HeldOutReport {

    private final List<Asked> heldOut;
    private final List<Node> nodes;
    private final Settings settings;
    private final BiConsumer<String, String> progress;
    private final Groups groups;
    private final Estimates estimates;

    /// @param nodes of which the circuit was chosen
    HeldOutReport(List<Asked> heldOut, List<Node> nodes, Settings settings, BiConsumer<String, String> progress) {
        this.heldOut = heldOut;
        this.nodes = nodes;
        this.settings = settings;
        this.progress = progress;
        this.groups = PromptSet.groups(heldOut);
        this.estimates = new Estimates(groups, Bootstrap.seeded(settings.seed()));
    }

    record Tested(Circuit circuit, Verdict verdict, int runs) {}

    Tested test(Chosen chosen) {
        try (CircuitBench bench = new CircuitBench(PromptSet.cases(heldOut), nodes, groups)) {
            progress.accept("faithfulness", "");
            Faithfulness faithfulness = faithfulness(bench, chosen);
            progress.accept("random circuits", "");
            Control control = control(bench, chosen, faithfulness.mean().value());
            progress.accept("completeness", "");
            Completeness completeness = completeness(bench, chosen);
            progress.accept("minimality", "");
            List<Need> needs = new Minimality(chosen.nodes(), chosen.subsets())
                    .measure(chosen.given(), bench, estimates, settings.bar());
            Asked first = heldOut.getFirst();
            Circuit circuit = new Circuit(
                    needs,
                    needs.stream()
                            .filter(need -> !need.shown())
                            .map(need -> need.node().name())
                            .toList(),
                    errors(bench, chosen),
                    faithfulness,
                    completeness,
                    control,
                    new Repeat(
                            first.pair().index(),
                            faithfulness.prompts().getFirst().faithfulness(),
                            new Frozen(first.one(), Node.errors(nodes)).outsideInNumbers(chosen.nodes())));
            Verdict verdict = Verdict.of(faithfulness.mean(), estimates.draws(), control.p(), settings.threshold());
            return new Tested(circuit, verdict, bench.forwards());
        }
    }

    private Faithfulness faithfulness(CircuitBench bench, Chosen chosen) {
        double[][] measured = bench.eachFaithfulness(List.of(chosen.nodes(), List.<Node>of()));
        double[] own = measured[0];
        double[] ranges = heldOut.stream().mapToDouble(Asked::range).toArray(); // nats
        double[] recovered = IntStream.range(0, own.length)
                .mapToDouble(i -> own[i] * ranges[i])
                .toArray();
        return new Faithfulness(
                chosen.faithfulness(),
                estimates.mean(own),
                estimates.ratio(recovered, ranges),
                estimates.mean(bench.eachWithout(List.of(chosen.nodes()))[0]),
                estimates.mean(measured[1]),
                IntStream.range(0, own.length)
                        .mapToObj(i -> new Own(heldOut.get(i).pair().index(), own[i]))
                        .toList());
    }

    private List<ErrorNode> errors(CircuitBench bench, Chosen chosen) {
        List<Node> errors = nodes.stream()
                .filter(node -> node.component() instanceof SaeError)
                .toList();
        double[][] without = bench.eachWithout(errors.stream().map(List::of).toList());
        return IntStream.range(0, without.length)
                .mapToObj(i -> new ErrorNode(
                        errors.get(i), chosen.nodes().contains(errors.get(i)), estimates.mean(without[i])))
                .toList();
    }

    /// The rank of the circuit among random ones: p is never 0, for the circuit itself is one that recovers as much.
    private Control control(CircuitBench bench, Chosen chosen, double faithfulness) {
        RandomCircuits random = RandomCircuits.of(chosen.nodes(), nodes, settings.randomCircuits(), settings.seed());
        double[] theirs =
                Arrays.stream(bench.faithfulness(random.circuits())).sorted().toArray();
        long asMuch = Arrays.stream(theirs).filter(one -> one >= faithfulness).count();
        return new Control(
                Arrays.stream(theirs).boxed().toList(), (1.0 + asMuch) / (1.0 + theirs.length), random.unlike());
    }

    private Completeness completeness(CircuitBench bench, Chosen chosen) {
        Subsets subsets = chosen.subsets();
        List<Set<Node>> asked = new ArrayList<>();
        asked.add(Set.of());
        asked.addAll(subsets.random());
        asked.add(subsets.greedy());
        double[][] gaps = Subsets.gaps(chosen.nodes(), asked, bench);
        List<Gap> all = IntStream.range(0, gaps.length)
                .mapToObj(i -> new Gap(List.copyOf(asked.get(i)), estimates.mean(gaps[i])))
                .toList();
        double[][] random = Arrays.copyOfRange(gaps, 1, gaps.length - 1);
        return new Completeness(estimates.meanSize(random), all.getLast(), all.subList(0, all.size() - 1));
    }
}

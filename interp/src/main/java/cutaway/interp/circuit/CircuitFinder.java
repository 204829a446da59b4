package cutaway.interp.circuit;

import cutaway.interp.circuit.CircuitReport.Search;
import cutaway.interp.circuit.PromptSet.Asked;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/// Finds the circuit of a set of prompts: on one half of them the smallest set of heads and MLPs, and of the errors of
/// autoencoders where these are asked for, that recovers enough; on the other half what it is worth, beside controls.
public final class CircuitFinder {

    private final Model model;
    private final Settings settings;
    private final List<SaeError> errors;
    private final BiConsumer<String, String> progress;

    /// @param progress is told which step of the work goes on, and how much of it is done, in words; that may be empty
    public CircuitFinder(Model model, Settings settings, BiConsumer<String, String> progress) {
        this(model, settings, List.of(), progress);
    }

    /// @param errors nodes beside the heads and MLPs
    /// @throws BadInputException when one of them is a part of another, two dictionaries are of one site, or the
    ///     model does not have it
    public CircuitFinder(Model model, Settings settings, List<SaeError> errors, BiConsumer<String, String> progress) {
        this.model = model;
        this.settings = settings;
        this.errors = SaeError.apart(errors);
        errors.forEach(error -> error.term().basis().check(model.sizes()));
        this.progress = progress;
    }

    /// How many nodes are found again on other prompts, and the threshold that follows from them. Only prompts that
    /// [#find] looks for a circuit on have a say; it tests on the others.
    ///
    /// @param at as in [#find]
    /// @throws BadInputException as [#find] does, when too few pairs move as asked, and when those to look on are
    ///     of one group
    public HalvesCurve halves(List<Pair> pairs, PositionChoice at) {
        checkCausal();
        progress.accept("halves", "");
        Roles roles = Roles.of(at);
        PromptSet prompts = PromptSet.of(model, pairs, roles, settings);
        if (prompts.kept() == 0) {
            throw new BadInputException(
                    "of %d pairs too few move as asked from contrast to prompt to choose a threshold by; give other pairs, or a threshold such as 0.8."
                            .formatted(pairs.size()));
        }
        return HalvesCurve.of(prompts.selection(), nodes(prompts.asked(), roles), settings);
    }

    private void checkCausal() {
        if (!model.sizes().isCausal()) {
            throw new BadInputException(model.path()
                    + " is an encoder; a circuit is of the next token of a decoder, such as smollm2-135m-instruct.");
        }
    }

    /// @param at where nodes work: [PositionChoice#ALL] for heads and MLPs as a whole
    /// @throws BadInputException when the model is an encoder, there are fewer than 4 pairs or 2 groups, or
    ///     positions do not fit the pairs
    public CircuitReport find(List<Pair> pairs, PositionChoice at) {
        checkCausal();
        progress.accept("margins", "");
        Roles roles = Roles.of(at);
        PromptSet prompts = PromptSet.of(model, pairs, roles, settings);
        if (prompts.kept() == 0) {
            return nothing(prompts, roles);
        }
        List<Node> nodes = nodes(prompts.asked(), roles);
        List<String> idle = roles.names().stream()
                .filter(role -> nodes.stream().noneMatch(node -> node.at().equals(role)))
                .toList();
        if (nodes.isEmpty()) {
            throw new BadInputException(
                    "prompt and contrast have the same values wherever nodes should work (%s); give positions at or after the first difference."
                            .formatted(String.join(", ", idle)));
        }
        Choice choice;
        try (CircuitBench bench =
                new CircuitBench(PromptSet.cases(prompts.selection()), nodes, PromptSet.groups(prompts.selection()))) {
            choice = choose(bench);
        }
        HeldOutReport heldOut = new HeldOutReport(prompts.heldOut(), nodes, settings, progress);
        Optional<HeldOutReport.Tested> tested = choice.chosen.map(heldOut::test);
        Verdict verdict = tested.map(HeldOutReport.Tested::verdict).orElse(choice.verdict);
        return new CircuitReport(
                settings,
                roles.names().stream().map(Roles::shown).toList(),
                idle,
                nodes.size(),
                prompts.prompts(model),
                verdict,
                why(prompts).of(verdict, choice.ceiling, choice.smallest(), tested),
                choice.ceiling,
                choice.empty,
                choice.searches,
                tested.map(HeldOutReport.Tested::circuit),
                choice.runs + tested.map(HeldOutReport.Tested::runs).orElse(0));
    }

    /// What the selection's prompts chose.
    ///
    /// @param nodes the circuit, in the order of layers
    /// @param subsets that completeness is tested with
    /// @param given by node the others without which it does most
    record Chosen(List<Node> nodes, double faithfulness, Subsets subsets, Map<Node, Set<Node>> given) {}

    /// @param verdict where nothing was chosen
    private record Choice(
            double ceiling, double empty, List<Search> searches, Optional<Chosen> chosen, Verdict verdict, int runs) {

        int smallest() {
            return searches.stream().mapToInt(Search::size).min().orElse(0);
        }
    }

    private Choice choose(CircuitBench bench) {
        progress.accept("ranking", "");
        int quarter = bench.all().size() / 4;
        double[] ends = bench.faithfulness(List.of(bench.all(), List.<Node>of()));
        double ceiling = ends[0];
        double empty = ends[1];
        if (ceiling < settings.threshold()) {
            return new Choice(ceiling, empty, List.of(), Optional.empty(), Verdict.NONE_SMALL, bench.forwards());
        }
        if (empty >= settings.threshold()) {
            return new Choice(ceiling, empty, List.of(), Optional.empty(), Verdict.NOTHING_NEEDED, bench.forwards());
        }
        Map<Node, Double> scores = settings.ranking().scores(bench);
        progress.accept("search", "");
        CircuitSearch search =
                new CircuitSearch(bench, settings.threshold(), quarter, done -> progress.accept("search", done));
        List<CircuitSearch.Found> found =
                search.bothInTurn(scores, settings.ranking().words());
        CircuitSearch.Found best = search.best(found);
        List<Search> searches = found.stream()
                .map(one -> new Search(
                        one.name(),
                        one.how(),
                        one.nodes().size(),
                        one.faithfulness(),
                        one.forwards(),
                        one.shared(found),
                        one.nodes()))
                .toList();
        if (best.nodes().size() > quarter || best.faithfulness() < settings.threshold()) {
            return new Choice(ceiling, empty, searches, Optional.empty(), Verdict.NONE_SMALL, bench.forwards());
        }
        progress.accept("subsets", "");
        Subsets subsets = Subsets.of(best.nodes(), bench, settings.subsets(), settings.seed());
        Map<Node, Set<Node>> given = new Minimality(best.nodes(), subsets).choose(bench);
        Chosen chosen = new Chosen(best.nodes(), best.faithfulness(), subsets, given);
        return new Choice(ceiling, empty, searches, Optional.of(chosen), Verdict.FOUND, bench.forwards());
    }

    /// Every component at every role, as far as something differs there and can reach the answer.
    private List<Node> nodes(List<Asked> asked, Roles roles) {
        List<Frozen> frozen = PromptSet.cases(asked).stream()
                .map(one -> new Frozen(one, errors))
                .toList();
        List<Component> components = new ArrayList<>(Component.all(model.sizes()));
        components.addAll(errors);
        components.sort(Comparator.comparingInt(Component::layer)); // stable: behind the heads and the MLP of its layer
        List<Node> nodes = new ArrayList<>();
        for (Component component : components) {
            for (String role : roles.names()) {
                Node node = new Node(component, role);
                if (frozen.stream().anyMatch(one -> one.matters(node))) {
                    nodes.add(node);
                }
            }
        }
        return nodes;
    }

    private Why why(PromptSet prompts) {
        return new Why(settings, prompts.asked().size(), prompts.moving(settings));
    }

    private CircuitReport nothing(PromptSet prompts, Roles roles) {
        return new CircuitReport(
                settings,
                roles.names().stream().map(Roles::shown).toList(),
                List.of(),
                0,
                prompts.prompts(model),
                Verdict.NOT_AS_ASKED,
                why(prompts).of(Verdict.NOT_AS_ASKED, 0, 0, Optional.empty()),
                0,
                0,
                List.of(),
                Optional.empty(),
                0);
    }
}

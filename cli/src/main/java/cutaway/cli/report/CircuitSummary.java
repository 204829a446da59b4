package cutaway.cli.report;

import static cutaway.cli.report.Ink.count;
import static cutaway.cli.report.Ink.number;
import static cutaway.cli.report.Ink.percent;

import cutaway.interp.circuit.CircuitReport;
import cutaway.interp.circuit.CircuitReport.Circuit;
import cutaway.interp.circuit.CircuitReport.Completeness;
import cutaway.interp.circuit.CircuitReport.Control;
import cutaway.interp.circuit.CircuitReport.ErrorNode;
import cutaway.interp.circuit.CircuitReport.Faithfulness;
import cutaway.interp.circuit.CircuitReport.Half;
import cutaway.interp.circuit.CircuitReport.Need;
import cutaway.interp.circuit.CircuitReport.Own;
import cutaway.interp.circuit.CircuitReport.Prompt;
import cutaway.interp.circuit.CircuitReport.Search;
import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Estimate;
import cutaway.interp.circuit.HalvesCurve;
import cutaway.interp.circuit.Node;
import cutaway.interp.circuit.SaeError;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A circuit over prompts as a readable summary in the terminal.
public final class CircuitSummary {

    /// Below so many groups of held-out prompts, intervals are too narrow.
    private static final int FEW = 10;

    private final CircuitRecord record;
    private final CircuitReport found;
    private final Ink ink;
    private final Lines lines;
    private final int names; // columns that their names take

    private CircuitSummary(CircuitRecord record, Ink ink) {
        this.record = record;
        this.found = record.found();
        this.ink = ink;
        this.lines = new Lines(ink);
        this.names = found.circuit().stream()
                .flatMap(circuit -> Stream.concat(
                        circuit.members().stream().map(Need::node),
                        circuit.errors().stream().map(ErrorNode::node)))
                .mapToInt(node -> node.name().length())
                .reduce(16, Math::max);
    }

    public static List<String> of(CircuitRecord record, Ink ink) {
        CircuitSummary summary = new CircuitSummary(record, ink);
        summary.prompts();
        summary.halves();
        summary.search();
        summary.found.circuit().ifPresent(circuit -> {
            summary.faithfulness(circuit.faithfulness());
            summary.control(circuit.control());
            summary.completeness(circuit.completeness());
            summary.members(circuit);
            summary.errors(circuit.errors());
        });
        summary.repeat();
        return summary.lines.all();
    }

    private void prompts() {
        lines.faint(
                "Cutaway %s  %s (%s, %d layers × %d heads)  seed %d"
                        .formatted(
                                record.version(),
                                record.model().name(),
                                record.model().family(),
                                record.model().layers(),
                                record.model().heads(),
                                found.settings().seed()),
                0);
        List<Prompt> kept = found.prompts().stream()
                .filter(prompt -> prompt.half() != Half.LEFT_OUT)
                .toList();
        lines.title("%d pairs of %s%s%s"
                .formatted(
                        found.prompts().size(),
                        record.pairs(),
                        kept.isEmpty()
                                ? ""
                                : ": %d to look for a circuit on, %d held out"
                                        .formatted(
                                                of(Half.SELECTION).size(),
                                                of(Half.HELD_OUT).size()),
                        record.shuffled() ? ", each asked about the answers of another" : ""));
        if (!kept.isEmpty()) {
            Prompt first = kept.getFirst();
            lines.paragraph("such as pair %d: %s, against %s"
                    .formatted(
                            first.pair(),
                            TerminalReport.shown(first.prompt()),
                            TerminalReport.shown(first.contrast())));
            lines.paragraph("margin = logit(answer) − logit(rival), as %s − %s there: %s nats on the prompts, %s on the"
                            .formatted(
                                    TerminalReport.shown(first.answer()),
                                    TerminalReport.shown(first.against()),
                                    mean(kept.stream()
                                            .mapToDouble(Prompt::margin)
                                            .toArray()),
                                    mean(kept.stream()
                                            .mapToDouble(Prompt::contrastMargin)
                                            .toArray()))
                    + " contrasts, on average.");
        }
        List<Prompt> out = of(Half.LEFT_OUT).stream()
                .filter(prompt -> prompt.margin() - prompt.contrastMargin()
                        < found.settings().leastRange())
                .toList();
        if (!out.isEmpty()) {
            lines.paragraph("%s margin falls by less than %s nats: %s"
                    .formatted(
                            kept.isEmpty() ? "not as asked, for their" : "left out, because their",
                            found.settings().leastRange(),
                            out.stream()
                                    .map(prompt -> "pair %d (%s)"
                                            .formatted(
                                                    prompt.pair(),
                                                    number("%.2f", prompt.margin() - prompt.contrastMargin())))
                                    .collect(Collectors.joining(", "))));
        }
    }

    private static String mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return number("%.2f", sum / values.length);
    }

    private List<Prompt> of(Half half) {
        return found.prompts().stream().filter(prompt -> prompt.half() == half).toList();
    }

    private void halves() {
        @Nullable HalvesCurve halves = record.halves();
        if (halves == null) {
            return;
        }
        HalvesCurve.Point chosen = halves.chosen();
        lines.title("0  The threshold: %.2f, what %s that are found again reach"
                .formatted(found.settings().threshold(), count(chosen.nodes(), "node")));
        lines.paragraph("Two halves of the selection: scores of the best nodes by one half, held against the other"
                + " half's (missed), and what those nodes recover there, beside the same on the half that chose.");
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("  nodes", true),
                new AlignedTable.Head("missed", true),
                new AlignedTable.Head("seen", true),
                new AlignedTable.Head("recovers", true),
                new AlignedTable.Head("seen", true),
                new AlignedTable.Head("", false));
        List<List<String>> rows = halves.points().stream()
                .map(point -> List.of(
                        String.valueOf(point.nodes()),
                        number("%.3f", point.unseen()),
                        number("%.3f", point.seen()),
                        percent(point.faithfulnessUnseen()),
                        percent(point.faithfulness()),
                        point.equals(chosen) ? "chosen" : ""))
                .toList();
        new AlignedTable(heads, rows, ink.width()).lines().forEach(lines::add);
    }

    private void search() {
        String where = String.join(", ", found.roles());
        lines.title(found.circuit()
                .map(circuit -> "1  The circuit: %d of %d nodes (%s at %s)"
                        .formatted(circuit.members().size(), found.nodes(), kinds(), where))
                .orElse("1  No circuit"));
        found.circuit()
                .ifPresent(circuit ->
                        pictures(circuit.members().stream().map(Need::node).toList()));
        lines.paragraph(sentence(found.why()));
        if (!found.idle().isEmpty()) {
            lines.paragraph("No node is at " + String.join(", ", found.idle())
                    + ": prompt and contrast do not differ there, or nothing reaches the answer from there.");
        }
        for (Search search : found.searches()) {
            lines.paragraph("%s (%s): %s %s of the selection's margins; %d of them shared; %s."
                    .formatted(
                            search.name(),
                            search.how(),
                            count(search.size(), "node") + (search.size() == 1 ? " recovers" : " recover"),
                            percent(search.faithfulness()),
                            search.shared(),
                            count(search.runs(), "run")));
        }
        if (found.nodes() > 0) {
            lines.paragraph("On the selection, all nodes together recover %s, the embeddings alone %s."
                    .formatted(percent(found.ceiling()), percent(found.empty())));
        }
    }

    private void pictures(List<Node> nodes) {
        for (String role : nodes.stream().map(Node::at).distinct().sorted().toList()) {
            if (!role.equals(Node.EVERYWHERE)) {
                lines.add("    at " + role);
            }
            Set<Component> here = nodes.stream()
                    .filter(node -> node.at().equals(role))
                    .map(Node::component)
                    .collect(Collectors.toSet());
            ComponentGrid.add(
                    lines, ink, here, record.model().layers(), record.model().heads());
            here.stream()
                    .filter(SaeError.class::isInstance)
                    .map(Component::name)
                    .sorted()
                    .forEach(name -> lines.add("    " + name + "  ◆"));
        }
    }

    /// What nodes are.
    private String kinds() {
        return record.dictionaries().isEmpty() ? "heads and MLPs" : "heads, MLPs and errors of dictionaries";
    }

    private void faithfulness(Faithfulness faithfulness) {
        int prompts = faithfulness.prompts().size();
        lines.title("2  On the %d held-out prompts: what it recovers".formatted(prompts));
        row(
                "alone",
                faithfulness.mean(),
                "everything else from the contrast; on the selection " + percent(faithfulness.selection()));
        row("alone, in all", faithfulness.ofMeans(), "sum of what is recovered over sum of what there is");
        row("taken away", faithfulness.without(), "it from the contrast, everything else as it is");
        row("embeddings", faithfulness.empty(), "all " + kinds() + " from the contrast");
        lines.paragraph("prompt by prompt: "
                + faithfulness.prompts().stream()
                        .sorted(Comparator.comparingDouble(Own::faithfulness))
                        .map(own -> percent(own.faithfulness()) + " (pair " + own.pair() + ")")
                        .collect(Collectors.joining(", ")));
        long groups = of(Half.HELD_OUT).stream().map(Prompt::group).distinct().count();
        if (groups < FEW) {
            lines.paragraph("Intervals are of 95 %%, by bootstrap over %s; of fewer than ten they are too narrow."
                    .formatted(count(groups, "group")));
        }
    }

    private void control(Control control) {
        List<Double> random = control.random();
        lines.paragraph(
                "%d random circuits, as many %s in the same layers where these have others: median %s, largest %s; p = %s%s."
                        .formatted(
                                random.size(),
                                kinds(),
                                percent(random.get(random.size() / 2)),
                                percent(random.getLast()),
                                number("%.2f", control.p()),
                                control.unlike() == 0
                                        ? ""
                                        : "; up to %s smaller, for nothing alike was left"
                                                .formatted(count(control.unlike(), "node"))));
    }

    private void completeness(Completeness completeness) {
        lines.title("3  Is it complete? Model and circuit without the same nodes K: F(M \\ K) − F(C \\ K)");
        row("no node", completeness.subsets().getFirst().gap(), "1 − faithfulness");
        row(
                "random",
                completeness.random(),
                "mean size, of %d random subsets"
                        .formatted(completeness.subsets().size() - 1));
        row(
                "greedy",
                completeness.greedy().gap(),
                "looked for on the selection: without "
                        + names(completeness.greedy().without()));
    }

    private void members(Circuit circuit) {
        lines.title("4  Is it minimal? What members change, without some others where that shows more");
        circuit.members().stream()
                .sorted(Comparator.comparingDouble(
                        (Need need) -> -Math.abs(need.largest().value())))
                .forEach(need -> row(
                        need.node().name(),
                        need.largest(),
                        (need.shown() ? "" : "not shown; ")
                                + (need.given().isEmpty()
                                        ? "alone"
                                        : "without %s; alone %s"
                                                .formatted(
                                                        count(need.given().size(), "other"),
                                                        percent(need.alone().value())))));
        lines.paragraph(
                circuit.notShown().isEmpty()
                        ? "Every member is shown to change faithfulness by more than %s."
                                .formatted(percent(found.settings().bar()))
                        : "Not shown to be needed, for the interval does not lie beyond %s: %s."
                                .formatted(percent(found.settings().bar()), String.join(", ", circuit.notShown())));
    }

    private void errors(List<ErrorNode> errors) {
        if (errors.isEmpty()) {
            return;
        }
        lines.title("5  What dictionaries do not say: what the model recovers with each of it from the contrast");
        errors.forEach(error ->
                row(error.node().name(), error.without(), error.member() ? "in the circuit" : "not in the circuit"));
    }

    private void row(String name, Estimate estimate, String said) {
        String interval = estimate.interval()
                .map(around -> "[" + percent(around.low()) + ", " + percent(around.high()) + "]")
                .orElse("");
        lines.item(
                "%s %6s  %-16s  %s"
                        .formatted(
                                name + " ".repeat(Math.max(0, names - name.length())),
                                percent(estimate.value()),
                                interval,
                                said),
                4);
    }

    private static String names(Collection<Node> nodes) {
        return nodes.isEmpty() ? "none" : nodes.stream().map(Node::name).collect(Collectors.joining(", "));
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    private void repeat() {
        lines.title("Repeat it");
        lines.add("  " + record.command()); // on one line, to be copied
        lines.faint(
                "weights sha256 " + record.model().sha256() + ", "
                        + record.model().dtype() + " on "
                        + record.model().device() + "; seed " + found.settings().seed() + "; " + found.runs()
                        + " runs; " + number("%.1f", record.seconds()) + " s",
                2);
    }
}

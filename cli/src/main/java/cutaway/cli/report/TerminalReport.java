package cutaway.cli.report;

import static cutaway.cli.report.Ink.number;
import static cutaway.cli.report.Ink.percent;

import cutaway.interp.circuit.Component;
import cutaway.interp.explain.Explanation;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Explanation.Effect;
import cutaway.interp.explain.Explanation.Features;
import cutaway.interp.explain.Explanation.Member;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.Prompt;
import cutaway.interp.explain.Explanation.Search;
import cutaway.interp.explain.Explanation.Token;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

/// An explanation as a readable summary in the terminal.
public final class TerminalReport {

    private static final int SHOWN = 12;

    private final Explanation found;
    private final Ink ink;
    private final Lines lines;

    private TerminalReport(Explanation found, Ink ink) {
        this.found = found;
        this.ink = ink;
        this.lines = new Lines(ink);
    }

    /// What can be said as soon as the model has answered.
    public static List<String> answer(String version, ModelFacts model, Prompt prompt, long seed, Ink ink) {
        Lines lines = new Lines(ink);
        lines.faint(
                "Cutaway %s  %s (%s, %d layers × %d heads)  seed %d"
                        .formatted(version, model.name(), model.family(), model.layers(), model.heads(), seed),
                0);
        lines.title(
                shown(prompt.text()) + " → " + shown(prompt.next().getFirst().text()));
        lines.paragraph(prompt.tokens().size() + " tokens, " + (prompt.bos() ? "BOS first" : "no BOS") + ": "
                + prompt.tokens().stream().map(TerminalReport::numbered).collect(Collectors.joining(" ")));
        lines.paragraph("next: " + candidates(prompt.next()));
        return lines.all();
    }

    /// What was found: contrast, lens, patching map, attribution, circuit.
    public static List<String> causes(Explanation found, Ink ink) {
        TerminalReport report = new TerminalReport(found, ink);
        report.contrast();
        report.lens();
        report.patching();
        report.attribution();
        report.circuit();
        report.features();
        report.repeat();
        return report.lines.all();
    }

    private void add(String line) {
        lines.add(line);
    }

    private void title(String text) {
        lines.title(text);
    }

    private void paragraph(String text) {
        lines.paragraph(text);
    }

    private void contrast() {
        paragraph("contrast (" + found.contrast().kind() + "): "
                + found.contrast().how() + "; there, next: "
                + candidates(found.contrast().next()));
        paragraph("margin = logit(%s) − logit(%s): %s nats on the prompt, %s on the contrast; %s."
                .formatted(
                        shown(found.answer().text()),
                        shown(found.answer().rivalText()),
                        number("%.2f", found.answer().margin()),
                        number("%.2f", found.answer().contrastMargin()),
                        found.answer().chosen()));
    }

    private static String numbered(Token token) {
        return token.pos() + ":" + shown(token.text());
    }

    private static String candidates(List<Candidate> next) {
        return next.stream()
                .limit(5)
                .map(candidate -> shown(candidate.text()) + " " + number("%.2f", candidate.probability()))
                .collect(Collectors.joining("  "));
    }

    private void lens() {
        title("1  Where the answer appears: logit lens, probability of "
                + shown(found.answer().text()));
        int from = found.lens().readableFrom();
        int layers = found.model().layers();
        paragraph(
                from < 0
                        ? "It is never the top token at the last position."
                        : from == layers
                                ? "At the last position it is the top token only after the last block."
                                : "At the last position it is the top token from before block " + from
                                        + " to the end.");
        int last = found.prompt().tokens().size() - 1;
        paragraph("Its rank there before each block, 0 the top, and at the end: "
                + Arrays.stream(found.lens().rank())
                        .map(row -> String.valueOf(row[last]))
                        .collect(Collectors.joining(" ")));
        heatmap(found.lens().probability(), value -> value);
    }

    private void patching() {
        title("2  What carries it: residual stream patched from the prompt into the contrast, share recovered");
        paragraph(
                "Control: random changes of the same length recover at most %s in size; cells below that are not told from chance."
                        .formatted(number("%.2f", found.patching().threshold())));
        heatmap(found.patching().recovered(), value -> value);
    }

    /// Layers downwards, positions across; every layer where there is room, else every second or third.
    private void heatmap(double[][] grid, DoubleUnaryOperator scaled) {
        int columns = grid[0].length;
        int fit = Math.max(1, (ink.width() - 12) / 2);
        int first = Math.max(0, columns - fit);
        StringBuilder header = new StringBuilder("    layer ");
        for (int pos = first; pos < columns; pos++) {
            header.append(String.format(Locale.ROOT, "%2d", pos % 100));
        }
        add(ink.faint(header.toString()));
        for (int layer = 0; layer < grid.length; layer++) {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "    %5d ", layer));
            for (int pos = first; pos < columns; pos++) {
                line.append(ink.cell(scaled.applyAsDouble(grid[layer][pos])));
            }
            add(line.toString());
        }
        if (first > 0) {
            lines.faint("(positions 0 to " + (first - 1) + " do not fit; --out writes all)", 4);
        }
    }

    private void attribution() {
        title("3  Who writes it: each head and MLP, nats of margin");
        paragraph("direct: what it writes itself; removed: margin lost when it is taken from the contrast; control: the"
                + " same change in"
                + " a random direction (largest %s); restored: share recovered when it alone is put into the contrast."
                        .formatted(number("%.2f", found.attribution().threshold())));
        add(ink.faint("    component    direct   removed   control  restored"));
        found.attribution().components().stream()
                .sorted(Comparator.comparingDouble((Effect effect) -> -Math.abs(effect.ablation())))
                .limit(SHOWN)
                .forEach(effect -> add("    %-9s %s %s %s %s"
                        .formatted(
                                effect.component().name(),
                                number("%9.3f", effect.direct()),
                                number("%9.3f", effect.ablation()),
                                number("%9.3f", effect.placebo()),
                                number("%9.2f", effect.restoring()))));
        double direct = found.attribution().components().stream()
                .mapToDouble(Effect::direct)
                .sum();
        paragraph(
                "All direct parts, %s from components, %s from embeddings and %s from biases, add up to the margin of %s."
                        .formatted(
                                number("%.2f", direct),
                                number("%.2f", found.attribution().embedding()),
                                number("%.2f", found.attribution().biases()),
                                number("%.2f", found.answer().margin())));
    }

    /// What the features of each dictionary do.
    private void features() {
        int number = 5;
        for (Features features : found.features()) {
            title("%d  Features of %s at %s%s, nats of margin"
                    .formatted(
                            number++,
                            features.dictionary(),
                            features.site(),
                            features.withoutError() ? ", without its error term" : ""));
            paragraph(("Of its %d features %d are active, counted at each position; %d of them were measured. removed:"
                            + " margin lost when it is set to 0 there, all else left as it is; estimate: that to first"
                            + " order; control: a random direction of the same length (largest of all %s).")
                    .formatted(
                            features.width(),
                            features.active(),
                            features.measured(),
                            number("%.2f", features.threshold())));
            if (features.withoutError()) {
                paragraph(
                        "The error term is left out: in every run of this table the features alone stand at %s, and the margin without any of them removed is %s. Heads, MLPs and the circuit are those of the model itself."
                                .formatted(
                                        features.site(),
                                        number("%.2f", found.answer().margin() - features.error())));
            }
            add(ink.faint("    feature  at                activation   removed  estimate   control  writes"));
            features.strongest()
                    .forEach(feature -> add("    %7d  %-16s %s %s %s %s  %s"
                            .formatted(
                                    feature.index(),
                                    numbered(found.prompt().tokens().get(feature.pos())),
                                    number("%11.2f", feature.activation()),
                                    number("%9.3f", feature.ablation()),
                                    number("%9.3f", feature.estimate()),
                                    number("%9.3f", feature.placebo()),
                                    feature.writes().stream()
                                            .limit(3)
                                            .map(written -> shown(written.text()))
                                            .collect(Collectors.joining(" ")))));
            paragraph(
                    "The error term, what the dictionary does not say at all positions, taken out of the model's own run costs %s; random changes of the same length, %s."
                            .formatted(number("%.3f", features.error()), number("%.3f", features.errorPlacebo())));
            features.errorParts()
                    .forEach(part -> paragraph("Of it, %s costs %s; random changes of the same length, %s."
                            .formatted(part.part(), number("%.3f", part.lost()), number("%.3f", part.placebo()))));
        }
    }

    private void circuit() {
        var circuit = found.circuit();
        title(
                circuit.small()
                        ? "4  The circuit: %d of %d components recover %s"
                                .formatted(circuit.members().size(), circuit.of(), percent(circuit.faithfulness()))
                        : "4  No small circuit: %d of %d components were needed to recover %s"
                                .formatted(circuit.members().size(), circuit.of(), percent(circuit.faithfulness())));
        ComponentGrid.add(
                lines,
                ink,
                circuit.members().stream().map(Member::component).collect(Collectors.toSet()),
                found.model().layers(),
                found.model().heads());
        paragraph("Everything else takes its value from the contrast. Controls at the same size: the best by direct"
                + " attribution recover "
                + percent(circuit.byAttribution())
                + ", ten random sets matched in kind, depth and write norm at most "
                + percent(circuit.random().stream()
                        .mapToDouble(value -> value)
                        .max()
                        .orElse(0))
                + "; no component at all, " + percent(circuit.empty())
                + ". With the circuit itself taken away, the rest recovers "
                + percent(circuit.without()) + ".");
        for (Search search : circuit.searches()) {
            paragraph("%s (%s): %d components recover %s; %d of them shared; %d runs."
                    .formatted(
                            search.name(),
                            search.how(),
                            search.size(),
                            percent(search.faithfulness()),
                            search.shared(),
                            search.forwards()));
        }
        paragraph(
                "Members by what is lost without them, heads with their kinds: those are scored on random tokens and on"
                        + " the weights, not on this prompt.");
        circuit.members().stream()
                .sorted(Comparator.comparingDouble((Member member) -> -member.needed()))
                .limit(SHOWN)
                .forEach(member -> {
                    lines.item(
                            "%-8s without it %s less%s"
                                    .formatted(member.component().name(), percent(member.needed()), reads(member)),
                            4);
                    kinds(member.component());
                });
    }

    /// What a head does in general, where it is of any kind.
    private void kinds(Component component) {
        List<String> kinds = component instanceof Component.Head(int layer, int head)
                ? found.kinds().of(layer, head)
                : List.of();
        if (!kinds.isEmpty()) {
            lines.faint(String.join(", ", kinds), 13);
        }
    }

    private String reads(Member member) {
        if (member.reads() < 0) {
            return "";
        }
        Token token = found.prompt().tokens().get(member.reads());
        return "; from the last position it looks most at %s (%s)"
                .formatted(numbered(token), number("%.2f", member.pattern()));
    }

    private void repeat() {
        title("Repeat it");
        add("  " + found.repeat().command()); // on one line, to be copied
        lines.faint(
                "weights sha256 " + found.model().sha256() + ", "
                        + found.model().dtype() + " on "
                        + found.model().device() + "; seed " + found.seed() + "; "
                        + number(
                                "%.1f",
                                found.seconds().values().stream()
                                        .mapToDouble(value -> value)
                                        .sum()) + " s",
                2);
    }

    /// A token in quotes, its line breaks visible.
    static String shown(String token) {
        return "\"" + token.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + "\"";
    }
}

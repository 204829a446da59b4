package cutaway.cli.report;

import static cutaway.cli.report.Ink.number;

import cutaway.interp.explain.Component;
import cutaway.interp.explain.Explanation;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Explanation.Effect;
import cutaway.interp.explain.Explanation.Member;
import cutaway.interp.explain.Explanation.Search;
import cutaway.interp.explain.Explanation.Token;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/// An explanation as one plain page that needs nothing from a network.
public final class HtmlReport {

    private static final String STYLE = """
        :root { color-scheme: light dark; --ink: light-dark(#1d2733, #e4e9ee); --faint: light-dark(#66727f, #94a1ad);
          --line: light-dark(#d5dce3, #35404b); --paper: light-dark(#fbfcfd, #14191e); }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem;
          margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
        .faint { color: var(--faint); } code, .token { font-family: ui-monospace, monospace; font-size: .9em; }
        .token { border: 1px solid var(--line); border-radius: 3px; padding: 0 .25em; white-space: pre; }
        table { border-collapse: collapse; } th, td { padding: .15rem .7rem .15rem 0; text-align: right; }
        th:first-child, td:first-child { text-align: left; } th { font-weight: 600; border-bottom: 1px solid var(--line); }
        .scroll { overflow-x: auto; } svg text { fill: var(--ink); font: 11px ui-monospace, monospace; }
        """;

    private final Explanation found;
    private final StringBuilder page = new StringBuilder();

    private HtmlReport(Explanation found) {
        this.found = found;
    }

    /// The whole page.
    public static String page(Explanation found) {
        HtmlReport report = new HtmlReport(found);
        report.head();
        report.prompt();
        report.lens();
        report.patching();
        report.attribution();
        report.circuit();
        report.repeat();
        return report.page.append("</body></html>\n").toString();
    }

    private void add(String html) {
        page.append(html).append('\n');
    }

    private void head() {
        add("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        add("<title>" + escape(found.prompt().text()) + " → "
                + escape(found.answer().text()) + "</title>");
        add("<style>" + STYLE + "</style></head><body>");
    }

    private void prompt() {
        var model = found.model();
        add("<p class=\"faint\">Cutaway %s · %s (%s, %d layers × %d heads) · seed %d</p>"
                .formatted(
                        escape(found.version()),
                        escape(model.name()),
                        escape(model.family()),
                        model.layers(),
                        model.heads(),
                        found.seed()));
        add("<h1>" + escape(found.prompt().text()) + " → "
                + token(found.answer().text()) + "</h1>");
        add("<p>" + found.prompt().tokens().size() + " tokens, "
                + (found.prompt().bos() ? "BOS first" : "no BOS") + ": "
                + tokens(found.prompt().tokens()) + "</p>");
        add(candidates("Next on the prompt", found.prompt().next()));
        add("<p>Contrast (" + escape(found.contrast().kind()) + "): "
                + escape(found.contrast().how()) + ".<br>"
                + tokens(found.contrast().tokens()) + "</p>");
        add(candidates("Next on the contrast", found.contrast().next()));
        add("<p>The margin is logit(%s) − logit(%s): <b>%s</b> nats on the prompt, <b>%s</b> on the contrast; %s.</p>"
                .formatted(
                        token(found.answer().text()),
                        token(found.answer().rivalText()),
                        number("%.3f", found.answer().margin()),
                        number("%.3f", found.answer().contrastMargin()),
                        escape(found.answer().chosen())));
    }

    private void lens() {
        add("<h2>1 Where the answer appears</h2>");
        add("<p>Logit lens: the probability of " + token(found.answer().text())
                + " if the model ended before that block; the last row is its output. At the last position it is the"
                + " top token "
                + (found.lens().readableFrom() < 0
                        ? "nowhere."
                        : "from row " + found.lens().readableFrom() + " to the end.")
                + "</p>");
        heatmap(
                found.lens().probability(),
                "probability",
                (layer, pos) -> ", rank " + found.lens().rank()[layer][pos]);
    }

    private void patching() {
        add("<h2>2 What carries it</h2>");
        add(("<p>The residual stream before a block, at one position, takes its value from the prompt; the run is"
                        + " the contrast. Share of the margin recovered. Control: a random change of the same length"
                        + " recovers at most %s in size.</p>")
                .formatted(number("%.3f", found.patching().threshold())));
        heatmap(found.patching().recovered(), "recovered", (layer, pos) -> "");
        add("<details><summary>The control</summary>");
        heatmap(found.patching().placebo(), "recovered by a random change", (layer, pos) -> "");
        add("</details>");
    }

    /// Blue for negative, orange for positive, from -1 to 1.
    ///
    /// @param note what else a cell has to say, by layer and position
    private void heatmap(double[][] grid, String what, BiFunction<Integer, Integer, String> note) {
        int width = 26;
        int height = 13;
        int left = 44;
        int columns = grid[0].length;
        int bottom = grid.length * height;
        add(
                "<div class=\"scroll\"><svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s by layer and position\">"
                        .formatted(left + columns * width + 40, bottom + 70, escape(what)));
        for (int layer = 0; layer < grid.length; layer++) {
            add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d</text>"
                    .formatted(left - 6, layer * height + 10, layer));
            for (int pos = 0; pos < columns; pos++) {
                double value = grid[layer][pos];
                add("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" fill-opacity=\"%s\" %s>%s</rect>"
                        .formatted(
                                left + pos * width,
                                layer * height,
                                width,
                                height,
                                value < 0 ? "#2f6db5" : "#d9731a",
                                number("%.3f", Math.min(1, Math.abs(value))),
                                "stroke=\"var(--line)\" stroke-width=\".5\"",
                                "<title>layer %d, position %d %s: %s %s%s</title>"
                                        .formatted(
                                                layer,
                                                pos,
                                                escape(TerminalReport.shown(label(pos))),
                                                escape(what),
                                                number("%.4f", value),
                                                note.apply(layer, pos))));
            }
        }
        for (int pos = 0; pos < columns; pos++) {
            add("<text transform=\"translate(%d %d) rotate(60)\">%s</text>"
                    .formatted(left + pos * width + 9, bottom + 8, escape(label(pos))));
        }
        add("</svg></div>");
    }

    private String label(int pos) {
        return found.prompt().tokens().get(pos).text().replace("\n", "\\n");
    }

    private void attribution() {
        add("<h2>3 Who writes it</h2>");
        add(("<p>Nats of margin. <i>direct</i>: what it writes itself towards the answer; <i>removed</i>: the margin"
            + " lost when it takes its value from the contrast; <i>control</i>: as large a change in a random"
            + " direction (largest %s); <i>restored</i>: share recovered when it alone is put into the contrast."
            + " Direct parts, with %s from embeddings and %s from biases, add up to the margin.</p>")
                .formatted(
                        number("%.3f", found.attribution().threshold()),
                        number("%.3f", found.attribution().embedding()),
                        number("%.3f", found.attribution().biases())));
        List<Effect> ordered = found.attribution().components().stream()
                .sorted(Comparator.comparingDouble((Effect effect) -> -Math.abs(effect.ablation())))
                .toList();
        effects(ordered.subList(0, Math.min(20, ordered.size())));
        add("<details><summary>All " + ordered.size() + " components</summary>");
        effects(ordered);
        add("</details>");
    }

    private void effects(List<Effect> effects) {
        add("<table><tr><th>component<th>direct<th>removed<th>control<th>restored</tr>");
        for (Effect effect : effects) {
            add("<tr><td>%s<td>%s<td>%s<td>%s<td>%s</tr>"
                    .formatted(
                            effect.component().name(),
                            number("%.3f", effect.direct()),
                            number("%.3f", effect.ablation()),
                            number("%.3f", effect.placebo()),
                            number("%.3f", effect.restoring())));
        }
        add("</table>");
    }

    private void circuit() {
        var circuit = found.circuit();
        add("<h2>4 " + (circuit.small() ? "The circuit" : "No small circuit") + "</h2>");
        add(
                "<p><b>%d of %d</b> components %s <b>%s</b> of the margin (faithfulness; %s was asked) while everything else takes its value from the contrast.</p>"
                        .formatted(
                                circuit.members().size(),
                                circuit.of(),
                                circuit.small() ? "recover" : "were needed to recover",
                                percent(circuit.faithfulness()),
                                percent(circuit.target())));
        picture();
        add("<table><tr><th>set<th>size<th>recovers</tr>");
        row("the circuit", circuit.members().size(), circuit.faithfulness());
        row("everything but the circuit", circuit.of() - circuit.members().size(), circuit.without());
        row("nothing but the embeddings", 0, circuit.empty());
        row("the best by direct attribution", circuit.members().size(), circuit.byAttribution());
        for (int i = 0; i < circuit.random().size(); i++) {
            row(
                    "random, matched, seed " + (found.seed() + i),
                    circuit.members().size(),
                    circuit.random().get(i));
        }
        for (Search search : circuit.searches()) {
            row(
                    "found by " + search.name() + " (" + search.how() + "), " + search.shared() + " shared",
                    search.size(),
                    search.faithfulness());
        }
        add("</table><h3>Members</h3><table><tr><th>component<th>lost without it<th>looks most at<th>pattern</tr>");
        for (Member member : circuit.members()) {
            boolean head = member.reads() >= 0;
            add("<tr><td>%s<td>%s<td>%s<td>%s</tr>"
                    .formatted(
                            member.component().name(),
                            number("%.3f", member.needed()),
                            head ? token(label(member.reads())) : "",
                            head ? number("%.2f", member.pattern()) : ""));
        }
        add("</table>");
    }

    private void row(String set, int size, double recovers) {
        add("<tr><td>%s<td>%d<td>%s</tr>".formatted(escape(set), size, number("%.4f", recovers)));
    }

    /// Layers upwards, heads and the MLP across; members filled.
    private void picture() {
        Set<Component> members =
                found.circuit().members().stream().map(Member::component).collect(Collectors.toSet());
        int side = 18;
        int heads = found.model().heads();
        int layers = found.model().layers();
        add(
                "<div class=\"scroll\"><svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"the circuit by layer and component\">"
                        .formatted(60 + (heads + 3) * side, (layers + 2) * side));
        for (int layer = 0; layer < layers; layer++) {
            int y = (layers - 1 - layer) * side;
            add("<text x=\"36\" y=\"%d\" text-anchor=\"end\">%d</text>".formatted(y + 13, layer));
            for (int head = 0; head < heads; head++) {
                Component component = new Component.Head(layer, head);
                add(
                        "<circle cx=\"%d\" cy=\"%d\" r=\"5.5\" fill=\"%s\" stroke=\"var(--line)\"><title>%s</title></circle>"
                                .formatted(52 + head * side, y + 9, fill(members, component), component.name()));
            }
            Component mlp = new Component.Mlp(layer);
            add(
                    "<rect x=\"%d\" y=\"%d\" width=\"22\" height=\"11\" fill=\"%s\" stroke=\"var(--line)\"><title>%s</title></rect>"
                            .formatted(50 + heads * side, y + 4, fill(members, mlp), mlp.name()));
        }
        for (int head = 0; head < heads; head++) {
            add("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%d</text>"
                    .formatted(52 + head * side, layers * side + 14, head));
        }
        add("<text x=\"%d\" y=\"%d\">MLP</text></svg></div>".formatted(50 + heads * side, layers * side + 14));
    }

    private static String fill(Set<Component> members, Component component) {
        return members.contains(component) ? "#d9731a" : "none";
    }

    private void repeat() {
        add("<h2>Repeat it</h2><p><code>" + escape(found.repeat().command()) + "</code></p>");
        add(
                "<p class=\"faint\">Weights sha256 <code>%s</code>; %s on %s; seed %d. The edits of the circuit stand in explain.json under <code>circuit.edits</code>: give them to <code>cutaway run --edit</code>.</p>"
                        .formatted(
                                escape(found.model().sha256()),
                                escape(found.model().dtype()),
                                escape(found.model().device()),
                                found.seed()));
    }

    private static String candidates(String title, List<Candidate> next) {
        return "<p>" + title + ": "
                + next.stream()
                        .limit(6)
                        .map(candidate -> token(candidate.text()) + " " + number("%.3f", candidate.probability()))
                        .collect(Collectors.joining(" &nbsp; "))
                + "</p>";
    }

    private static String tokens(List<Token> tokens) {
        return tokens.stream()
                .map(token -> "<span class=\"token\" title=\"position %d, id %d\">%s</span>"
                        .formatted(token.pos(), token.id(), escape(token.text().replace("\n", "\\n"))))
                .collect(Collectors.joining(" "));
    }

    private static String token(String text) {
        return "<span class=\"token\">" + escape(text.replace("\n", "\\n")) + "</span>";
    }

    private static String percent(double share) {
        return number("%.1f %%", 100 * share);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}

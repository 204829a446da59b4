package cutaway.cli.report;

import static cutaway.cli.report.Ink.count;
import static cutaway.cli.report.Ink.number;

import cutaway.interp.effects.CausalTracing;
import cutaway.interp.effects.Effect;
import cutaway.interp.effects.Effects;
import cutaway.interp.effects.Effects.Answer;
import cutaway.interp.effects.MetricChoice;
import cutaway.interp.effects.Plan;
import cutaway.interp.effects.TokenGradients;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.prompts.Pair;
import cutaway.interp.statistics.Interval;
import cutaway.interp.statistics.Summary;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A sweep as a readable summary in the terminal: its largest effects, and how surely they are what they seem.
public final class SweepReport {

    private static final int MOST_NAMED = 8;

    private final SweepFindings findings;
    private final Effects found;
    private final Lines lines;
    private final Ink ink;

    private SweepReport(SweepFindings findings, Ink ink) {
        this.findings = findings;
        this.found = findings.found();
        this.ink = ink;
        this.lines = new Lines(ink);
    }

    public static List<String> of(SweepFindings findings, String version, ModelFacts model, Ink ink) {
        Effects found = findings.found();
        SweepReport report = new SweepReport(findings, ink);
        report.head(version, model);
        if (found.sweep().pooled().isPresent()) {
            report.pooled(found.sweep().pooled().get().least());
        } else if (found.pairs().size() == 1) {
            report.onePair();
        } else {
            report.manyPairs();
        }
        return report.lines.all();
    }

    /// What a sweep will do.
    ///
    /// @param peakMb expected beyond the weights, of 10^6 bytes
    /// @param isPooled whether pools are to be searched, of which nobody knows before how many runs they take
    public static List<String> planned(Plan plan, double peakMb, boolean isPooled, Ink ink) {
        Lines lines = new Lines(ink);
        lines.title("Plan: %s of %s".formatted(count(plan.questions(), "question"), count(plan.pairs(), "pair")));
        lines.paragraph(String.format(
                Locale.ROOT,
                "%s replaced by %s of single questions, packed, and %s of whole prompts.",
                count(plan.questions(), "forward") + (plan.questions() == 1 ? " is" : " are"),
                count(plan.runs(), "run"),
                count(plan.forwards(), "forward")));
        if (plan.layerPositions() > 0) {
            lines.paragraph(String.format(
                    Locale.ROOT,
                    "Layers × positions: %,d are computed, in place of %,d (%.1f %%).",
                    plan.layerPositions(),
                    plan.plainLayerPositions(),
                    100.0 * plan.layerPositions() / plan.plainLayerPositions()));
        }
        lines.paragraph("Expected on this machine, after a trial: %s s, and at most %s MB of memory beyond the weights."
                .formatted(number("%.1f", plan.seconds()), number("%.0f", peakMb)));
        if (isPooled) {
            lines.paragraph("This is what measuring each takes. A pooled search goes by what it finds: fewer runs where"
                    + " effects are few, but not always less time, for a run of a pool begins where the earliest of its"
                    + " sites is.");
        }
        return lines.all();
    }

    private void head(String version, ModelFacts model) {
        lines.faint(
                "Cutaway %s  %s (%s, %d layers × %d heads)  seed %d"
                        .formatted(
                                version,
                                model.name(),
                                model.family(),
                                model.layers(),
                                model.heads(),
                                found.sweep().seed()),
                0);
        lines.title("%s: %s on %s"
                .formatted(
                        found.sweep().method().text(),
                        count(found.rows().size(), "effect"),
                        count(found.pairs().size(), "pair")));
        lines.paragraph(found.sweep().method().how() + ".");
        if (!found.sweep().bases().all().isEmpty()) {
            lines.paragraph("features: " + found.sweep().bases().text() + ".");
        }
        if (found.sweep().metric() == MetricChoice.KL) {
            lines.paragraph("%s; of the next token, 0 where nothing changes."
                    .formatted(MetricWords.of(found.sweep()).text()));
        } else {
            unedited();
        }
        if (found.sweep().method() instanceof CausalTracing) {
            counted("With the noise alone");
        } else if (found.sweep().metric() == MetricChoice.KL && found.sweep().method() instanceof TokenGradients) {
            counted("With the embeddings of " + found.sweep().method().countedFrom());
        }
        favouring();
    }

    /// The metric of the runs without any edit.
    private void unedited() {
        double prompts = found.pairs().stream()
                .mapToDouble(Effects.Ends::prompt)
                .average()
                .orElse(0);
        double contrasts = found.pairs().stream()
                .mapToDouble(Effects.Ends::contrast)
                .average()
                .orElse(0);
        lines.paragraph("%s: %s on the %s, %s on the %s%s."
                .formatted(
                        MetricWords.of(found.sweep()).text(),
                        number("%.3f", prompts),
                        found.pairs().size() == 1 ? "prompt" : "prompts",
                        number("%.3f", contrasts),
                        found.pairs().size() == 1 ? "contrast" : "contrasts",
                        found.pairs().size() == 1 ? "" : " (means)"));
    }

    /// The metric of a run that is none of the pair's own.
    private void counted(String where) {
        double there = found.rows().stream()
                .mapToDouble(row -> row.value() - row.effect())
                .average()
                .orElse(0);
        lines.paragraph("%s it is %s: effects are counted from there.".formatted(where, number("%.3f", there)));
    }

    private void favouring() {
        List<Integer> favouring = found.favouringContrast();
        if (!favouring.isEmpty()) {
            lines.paragraph(
                    "In %s the contrast favours the answer at least as much as the prompt does, so there is nothing to recover."
                            .formatted(
                                    favouring.size() == 1
                                            ? "pair " + favouring.getFirst()
                                            : favouring.size() > MOST_NAMED
                                                    ? favouring.size() + " pairs"
                                                    : "pairs "
                                                            + favouring.stream()
                                                                    .map(String::valueOf)
                                                                    .collect(Collectors.joining(", "))));
        }
    }

    /// What was found of each question, and what every search says of itself.
    private void pooled(double least) {
        lines.add(ink.faint("    %-34s %9s %9s".formatted("larger than " + least, "mean", "in pairs")));
        for (Answer answer : findings.largest()) {
            lines.add("    %-34s %s %9d"
                    .formatted(
                            answer.question().text(),
                            number("%9.3f", answer.summary().mean()),
                            answer.summary().prompts()));
        }
        if (found.rows().isEmpty()) {
            lines.paragraph("None was found.");
        }
        found.searches().forEach(lines::paragraph);
    }

    private void onePair() {
        Pair pair = found.pairs().getFirst().pair();
        boolean shares = found.rows().stream().anyMatch(row -> row.recovered() != null);
        lines.add(ink.faint("    %-34s %9s %9s %9s".formatted("", "value", "effect", shares ? "recovered" : "")));
        for (Effect row : found.strongest(SweepFindings.SHOWN)) {
            lines.add("    %-34s %s %s %s"
                    .formatted(
                            row.question().text() + token(row, pair),
                            number("%9.3f", row.value()),
                            number("%9.3f", row.effect()),
                            row.recovered() == null ? "" : number("%9.2f", row.recovered())));
        }
        lines.paragraph((found.rows().size() > SweepFindings.SHOWN
                        ? "These are the largest of %,d. "
                                .formatted(found.rows().size())
                        : "")
                + "One pair cannot tell what holds for other prompts; give more.");
    }

    /// The largest by half of the pairs, as the other half has them.
    private void heldOut() {
        lines.add(ink.faint("    %-34s %9s %9s %19s %9s".formatted("", "chosen by", "held out", "95 % interval", "p")));
        for (Effects.Chosen chosen : findings.chosen()) {
            lines.add("    %-34s %s %s"
                    .formatted(
                            chosen.question().text(),
                            number("%9.3f", chosen.selectionMean()),
                            chosen.heldOut()
                                    .map(summary -> "%s %19s %s"
                                            .formatted(
                                                    number("%9.3f", summary.mean()),
                                                    summary.interval()
                                                            .map(SweepReport::interval)
                                                            .orElse(""),
                                                    number("%9.4f", summary.familyWiseP())))
                                    .orElse("(no held-out pair has it)")));
        }
        lines.paragraph(
                "These are the largest on one half of the pairs, which flatters them there; held out, interval and"
                        + " p are of the other half, p corrected for these questions.");
    }

    private void manyPairs() {
        if (!findings.chosen().isEmpty()) {
            heldOut();
            told();
            return;
        }
        lines.add(ink.faint("    %-34s %9s %19s %9s %6s".formatted("", "mean", "95 % interval", "p", "pairs")));
        for (Answer answer : findings.largest()) {
            Summary summary = answer.summary();
            lines.add("    %-34s %s %19s %s %6d"
                    .formatted(
                            answer.question().text(),
                            number("%9.3f", summary.mean()),
                            summary.interval().map(SweepReport::interval).orElse(""),
                            number("%9.4f", summary.familyWiseP()),
                            summary.prompts()));
        }
        told();
    }

    private void told() {
        double smallest = findings.smallestP();
        lines.paragraph(
                smallest > SweepFindings.LEVEL
                        ? "So few independent pairs cannot tell any effect from chance: the smallest p that they allow is %s. Give at least 6."
                                .formatted(number("%.3f", smallest))
                        : "Of %s, %d %s told from chance: p is of sign flips over pairs, corrected for all questions, at most %s."
                                .formatted(
                                        count(findings.answers().size(), "question"),
                                        findings.sure(),
                                        findings.sure() == 1 ? "is" : "are",
                                        SweepFindings.LEVEL));
    }

    private static String interval(Interval interval) {
        return "[%s, %s]".formatted(number("%.3f", interval.low()), number("%.3f", interval.high()));
    }

    /// The token that a question of one pair is about, where it is one.
    private static String token(Effect row, Pair pair) {
        return row.position() == null || row.lastPosition() != null
                ? ""
                : " " + TerminalReport.shown(pair.tokens().get(row.position()));
    }
}

package cutaway.server.ledger;

import cutaway.interp.edit.Source;
import cutaway.interp.evidence.Claim;
import cutaway.interp.evidence.Standing;
import cutaway.interp.site.SiteNames;
import cutaway.server.api.Json;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The ledger as a text to read, with a script that measures every claim again.
final class LedgerReport {

    private LedgerReport() {}

    static LedgerAnswers.LedgerExport of(List<Ledger.Entry> entries) {
        return new LedgerAnswers.LedgerExport(report(entries), script(), claims(entries));
    }

    private static String claims(List<Ledger.Entry> entries) {
        return entries.stream().map(entry -> Json.text(entry.claim()) + "\n").collect(Collectors.joining());
    }

    private static String script() {
        return """
            #!/bin/sh
            # Measures every claim of claims.jsonl again, and fails where a number differs. CUTAWAY says where cutaway is;
            # without it, this is run in Cutaway's own folder.
            set -eu
            cutaway=${CUTAWAY:-./cutaway}
            [ -x "$cutaway" ] || { echo "there is no $cutaway: run this in Cutaway's folder, or set CUTAWAY" >&2; exit 2; }
            "$cutaway" ledger rerun "${1:-claims.jsonl}"
            """;
    }

    private static String report(List<Ledger.Entry> entries) {
        return "# Claims\n\n"
                + (entries.isEmpty() ? "None yet.\n" : "")
                + entries.stream().map(LedgerReport::section).collect(Collectors.joining("\n"))
                + "\nMeasured again by `./cutaway ledger rerun claims.jsonl`, which stands beside this report.\n";
    }

    private static String section(Ledger.Entry entry) {
        Claim claim = entry.claim();
        StringBuilder text = new StringBuilder();
        text.append("## ").append(oneLine(claim.says())).append("\n\n");
        text.append("**").append(status(entry)).append("**\n\n");
        line(
                text,
                "model",
                claim.model().name() + ", sha256 " + claim.model().sha256() + ", "
                        + claim.model().dtype());
        line(text, "scope", claim.scope().isBlank() ? "not said" : oneLine(claim.scope()));
        line(
                text,
                "intervention",
                claim.edits().stream()
                                .map(edit -> SiteNames.legacy(edit.site()))
                                .distinct()
                                .collect(Collectors.joining(", "))
                        + (claim.inContrast() ? ", on the contrast" : ", on the prompt"));
        line(text, "edits", "`" + Json.MAPPER.valueToTree(claim).path("edits") + "`"); // with the kind of each
        InWords words = entry.words();
        line(text, "prompt", run(claim.prompt(), words == null ? null : words.prompt()));
        if (claim.contrast() != null) {
            line(text, "contrast", run(claim.contrast(), words == null ? null : words.contrast()));
        }
        line(
                text,
                "effect",
                String.format(
                        Locale.ROOT,
                        "%s from %.4f to %.4f: %+.4f",
                        words == null ? claim.metric().text() : words.metric(),
                        claim.baseline(),
                        claim.edited(),
                        claim.effect()));
        Claim.Placebos control = claim.control();
        line(
                text,
                "control",
                control == null
                        ? "not measured"
                        : String.format(
                                Locale.ROOT,
                                "%s, %d seeds: at most %.4f in size",
                                control.words(),
                                control.seeds().size(),
                                control.threshold()));
        Claim.HeldOut heldOut = claim.heldOut();
        line(text, "held-out data", heldOut == null ? "not measured" : heldOut(heldOut));
        if (heldOut != null) {
            for (int i = 0; i < heldOut.pairs().size(); i++) {
                text.append(String.format(
                        Locale.ROOT,
                        "  - %+.4f, controls %+.4f: `%s`%n",
                        heldOut.effects().get(i),
                        heldOut.controls().get(i),
                        oneLine(heldOut.pairs().get(i).prompt())));
            }
        }
        return text.toString();
    }

    /// @param text of its tokens, where that is known
    private static String run(Source run, @Nullable String text) {
        return "`" + (text == null ? Json.text(run) : oneLine(text)) + "`";
    }

    private static String heldOut(Claim.HeldOut heldOut) {
        String interval = heldOut.interval() == null
                ? "no interval"
                : String.format(
                        Locale.ROOT,
                        "95 %% interval %.4f to %.4f",
                        heldOut.interval().low(),
                        heldOut.interval().high());
        String control = heldOut.controlInterval() == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; controls %.4f to %.4f",
                        heldOut.controlInterval().low(),
                        heldOut.controlInterval().high());
        return String.format(
                        Locale.ROOT, "%d prompts, mean %+.4f, ", heldOut.pairs().size(), heldOut.mean())
                + interval
                + control;
    }

    private static String status(Ledger.Entry entry) {
        Standing standing = entry.standing();
        return switch (standing.status()) {
            case SUPPORTED -> entry.supported() ? "Supported" : "Could be called supported";
            case SUGGESTED ->
                "Suggested; missing: "
                        + standing.missing().stream()
                                .map(Standing.Missing::part)
                                .collect(Collectors.joining(", "));
            case CONTRADICTED -> "Contradicted: " + String.join("; ", standing.against());
        };
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("- ").append(name).append(": ").append(value).append('\n');
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}

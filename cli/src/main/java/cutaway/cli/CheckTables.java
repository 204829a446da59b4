package cutaway.cli;

import cutaway.interp.check.Certificate;
import cutaway.interp.check.Comparison;
import cutaway.interp.check.Finding;
import cutaway.interp.check.LayerError;
import cutaway.interp.check.PredictionError;
import cutaway.interp.check.SiteError;
import java.util.Locale;

/// What `cutaway check` found, as tables for people.
final class CheckTables {

    private final Console console;

    CheckTables(Console console) {
        this.console = console;
    }

    void print(Certificate certificate) {
        console.line(
                "%s  %s, %d layers, dModel %d, %d heads",
                certificate.model(),
                certificate.family(),
                certificate.sizes().layers(),
                certificate.sizes().dModel(),
                certificate.sizes().heads());
        console.line(
                "golden %s, seed %d, cutaway %s",
                certificate.golden().isEmpty() ? "none" : certificate.golden(),
                certificate.seed(),
                certificate.version());
        console.line("");
        console.line("%-6s  %-13s  %-32s  %10s  %-10s  %s", "", "check", "subject", "worst", "limit", "where");
        for (Finding finding : certificate.checks()) {
            console.line(
                    "%-6s  %-13s  %-32s  %10s  %-10s  %s",
                    finding.passed() ? "ok" : "FAILED",
                    finding.name(),
                    finding.subject(),
                    number(finding.worst()),
                    finding.bound().sign() + " " + number(finding.limit()),
                    finding.at());
        }
        console.line("");
        long failed = certificate.checks().stream()
                .filter(finding -> !finding.passed())
                .count();
        console.line(
                "%s: %d checks, %d failed, %.1f s",
                failed == 0 ? "passed" : "FAILED", certificate.checks().size(), failed, certificate.seconds());
    }

    void print(Comparison comparison) {
        console.line(
                "%s  %s, %d layers, dModel %d, vocab %d",
                comparison.model(),
                comparison.family(),
                comparison.sizes().layers(),
                comparison.sizes().dModel(),
                comparison.sizes().vocab());
        console.line("against %s", comparison.reference());
        console.line(
                "%d sequences, %d tokens: %s, seed %d, cutaway %s",
                comparison.tokens().size(),
                comparison.tokens().stream().mapToInt(Integer::intValue).sum(),
                comparison.text(),
                comparison.seed(),
                comparison.version());
        console.line("");
        console.line("|a-b| / |b| per position: median and worst; cosine: mean");
        console.line("");
        console.line(
                "%-7s %-27s   %-27s   %s", "", "residual stream before it", "what attention adds", "what the MLP adds");
        String columns = "%8s %8s %9s";
        String names = String.format(Locale.ROOT, columns, "median", "worst", "cosine");
        console.line("%-7s %s   %s   %s", "layer", names, names, names);
        for (LayerError layer : comparison.layers()) {
            console.line(
                    "%-7d %s   %s   %s",
                    layer.layer(), cells(layer.stream()), cells(layer.attention()), cells(layer.mlp()));
        }
        console.line("%-7s %s", "end", cells(comparison.end()));
        console.line("%-7s %s", "logits", cells(comparison.logits()));
        console.line("");
        print(comparison.predictions(), comparison.logits());
        console.line("%.1f s", comparison.seconds());
    }

    private void print(PredictionError predictions, SiteError logits) {
        console.line(
                "logits       worst %s at %s",
                number(logits.worst()), logits.at().text());
        console.line(
                "KL(B || A)   mean %s nats, worst %s at %s",
                number(predictions.meanKl()),
                number(predictions.worstKl()),
                predictions.at().text());
        console.line(
                "top-1        the same at %.1f %% of %d positions", 100 * predictions.top1(), predictions.positions());
        predictions
                .perplexity()
                .ifPresent(perplexity -> console.line(
                        "perplexity   A %.4g, B %.4g, of %d tokens",
                        perplexity.model(), perplexity.reference(), perplexity.tokens()));
    }

    private static String cells(SiteError error) {
        return String.format(
                Locale.ROOT, "%8s %8s %9.6f", number(error.median()), number(error.worst()), error.cosine());
    }

    private static String number(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.1e", value);
    }
}

package cutaway.cli.report;

import cutaway.features.pages.FeaturePage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A latent's page for the terminal. Tokens that it fires on stand in `‹ ›`; in `« »` where it has half of the
/// example's greatest activation or more, and `▸` before the one that the example is about.
public final class FeaturePageText {

    private static final String BLOCKS = " ▁▂▃▄▅▆▇█";

    /// Columns before the text of an example.
    private static final int LEFT = 11;

    private final FeaturePage page;
    private final Ink ink;
    private final List<String> lines = new ArrayList<>();

    private FeaturePageText(FeaturePage page, Ink ink) {
        this.page = page;
        this.ink = ink;
    }

    public static List<String> lines(FeaturePage page, Ink ink) {
        FeaturePageText text = new FeaturePageText(page, ink);
        text.head();
        text.stability();
        text.weights();
        text.examples();
        text.doses();
        return text.lines;
    }

    private void add(String format, @Nullable Object... values) {
        lines.add(String.format(Locale.ROOT, format, values).stripTrailing());
    }

    private void head() {
        add(
                "%s  %s, %s, %s",
                ink.bold("latent " + page.latent()), page.dictionary(), String.join(" + ", page.sites()), page.model());
        if (page.max() == null) {
            add("  never fires on %,d tokens", page.tokens());
            return;
        }
        add(
                "  fires on %,d of %,d tokens (%.3g %%), max %.4g, mean %.4g",
                page.fired(), page.tokens(), 100 * page.frequency(), page.max(), page.mean());
        add("  0 %s %.4g  tokens by activation, logarithmic", histogram(page.histogram()), page.max());
    }

    /// A block for each part; the least that is not empty is not blank.
    static String histogram(List<Integer> counts) {
        int most = counts.stream().mapToInt(Integer::intValue).max().orElse(0);
        return counts.stream()
                .map(count -> count == 0
                        ? " "
                        : String.valueOf(
                                BLOCKS.charAt((int) Math.max(1, Math.round(8 * Math.log1p(count) / Math.log1p(most))))))
                .collect(Collectors.joining());
    }

    /// How well other trainings find it again, between what all latents have and what chance gives.
    private void stability() {
        FeaturePage.@Nullable Stability stability = page.stability();
        if (stability != null) {
            add(
                    "  stability  %.2f in %s (all latents %.2f, random directions %.2f)",
                    stability.cosine(), Ink.count(stability.twins(), "twin"), stability.mean(), stability.random());
        }
    }

    private void weights() {
        list("raises", page.raised(), logit -> quoted(logit.text()) + Ink.number(" %+.3g", logit.effect()));
        list("lowers", page.lowered(), logit -> quoted(logit.text()) + Ink.number(" %+.3g", logit.effect()));
        list("nearest", page.nearest(), near -> near.latent() + Ink.number(" (%.2f)", near.cosine()));
        list("fires with", page.together(), other -> other.latent() + Ink.number(" (%.2f)", other.jaccard()));
    }

    /// As many as there is room for.
    private <T> void list(String name, List<T> items, Function<T, String> text) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  %-11s", name));
        for (T item : items) {
            String next = text.apply(item);
            if (line.length() + next.length() + 2 > ink.width()) {
                break;
            }
            line.append(next).append("  ");
        }
        if (!items.isEmpty()) {
            lines.add(line.toString().stripTrailing());
        }
    }

    private static String quoted(String text) {
        return "\"" + TerminalText.of(text).text() + "\"";
    }

    private void examples() {
        if (!page.top().isEmpty()) {
            lines.add("");
            lines.add(ink.bold("greatest"));
            page.top().forEach(this::example);
        }
        for (FeaturePage.Band band : page.bands()) {
            if (!band.examples().isEmpty()) {
                lines.add("");
                lines.add(ink.bold(String.format(Locale.ROOT, "%.4g to %.4g", band.from(), band.to()))
                        + String.format(Locale.ROOT, "  %s", Ink.count(band.tokens(), "token")));
                band.examples().forEach(this::example);
            }
        }
    }

    /// The token that it is about, and around it as much as fits: of the text before two parts, of that after it one.
    private void example(FeaturePage.Example example) {
        double most = example.activations().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
        List<TerminalText> pieces = new ArrayList<>();
        for (int i = 0; i < example.tokens().size(); i++) {
            String token = marked(example.tokens().get(i), example.activations().get(i), most);
            pieces.add(TerminalText.of(i == example.at() ? "▸" + token : token));
        }
        int room = ink.width() - LEFT - pieces.get(example.at()).width();
        int first = example.at();
        int last = example.at();
        boolean more = true;
        while (more) {
            more = false;
            for (int i = 0; i < 2 && first > 0 && pieces.get(first - 1).width() <= room; i++) {
                room -= pieces.get(--first).width();
                more = true;
            }
            if (last + 1 < pieces.size() && pieces.get(last + 1).width() <= room) {
                room -= pieces.get(++last).width();
                more = true;
            }
        }
        StringBuilder line = new StringBuilder();
        for (int i = first; i <= last; i++) {
            String piece = pieces.get(i).text();
            line.append(i == example.at() ? ink.bold(piece) : piece);
        }
        lines.add(String.format(Locale.ROOT, "  %8.4g ", example.activation()) + line);
    }

    private static String marked(String token, double activation, double most) {
        if (activation <= 0) {
            return token;
        }
        return activation >= most / 2 ? "«" + token + "»" : "‹" + token + "›";
    }

    private void doses() {
        if (page.doses().isEmpty()) {
            return;
        }
        lines.add("");
        lines.add(ink.bold("multiplied at its greatest examples")
                + "  mean change of the next token, and that of a random direction of the same norm");
        add(
                "  %8s  %10s %10s  %10s %10s  %10s %10s",
                "factor", "loss", "random", "KL", "random", "top logit", "random");
        page.doses().stream()
                .map(FeaturePage.Dose::factor)
                .distinct()
                .sorted(Comparator.naturalOrder())
                .forEach(this::dose);
    }

    private void dose(double factor) {
        List<FeaturePage.Dose> doses =
                page.doses().stream().filter(dose -> dose.factor() == factor).toList();
        add(
                "  %8.3g  %10s %10s  %10s %10s  %10s %10s",
                factor,
                mean(doses, FeaturePage.Dose::loss),
                mean(doses, FeaturePage.Dose::controlLoss),
                mean(doses, FeaturePage.Dose::kl),
                mean(doses, FeaturePage.Dose::controlKl),
                mean(doses, FeaturePage.Dose::logit),
                mean(doses, FeaturePage.Dose::controlLogit));
    }

    private static String mean(List<FeaturePage.Dose> doses, Function<FeaturePage.Dose, @Nullable Double> of) {
        var known = doses.stream()
                .map(of)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .average();
        return known.isEmpty() ? "" : Ink.number("%+.4f", known.getAsDouble());
    }
}

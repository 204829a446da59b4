package cutaway.cli.report;

import cutaway.studies.methods.Rating;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Ratings of methods as lines: three for each.
public final class RatingTable {

    private RatingTable() {}

    /// @param seeds how many the ratings are of
    public static List<String> lines(List<Rating> ratings, int seeds) {
        List<String> lines = new ArrayList<>();
        lines.add(seeds + " seeds; medians; gain over the best baseline: mean and 95 % interval");
        String family = "";
        for (Rating rating : ratings) {
            if (!rating.family().equals(family)) {
                family = rating.family();
                lines.add("");
                lines.add(family);
            }
            lines.add("  %-28s %s  %s".formatted(rating.method(), number(rating.median()), verdict(rating)));
            lines.add("    " + rating.measure() + "; planted: " + rating.planted() + "; cutaway " + rating.command());
            rating.baselines()
                    .forEach(baseline -> lines.add("    %-46s %s".formatted(baseline.name(), number(baseline.mean()))));
            lines.add("    gain %s (%s to %s) over: %s"
                    .formatted(
                            number(rating.gain().mean()),
                            number(rating.gain().low()),
                            number(rating.gain().high()),
                            rating.gain().over()));
            lines.add("    null, worst seed: %s; %s, wanted %s"
                    .formatted(
                            number(rating.silence().worst()),
                            rating.silence().what(),
                            rating.silence().goal()));
        }
        long passed = ratings.stream().filter(Rating::passes).count();
        lines.add("");
        lines.add(passed + " of " + ratings.size() + " methods pass.");
        return lines;
    }

    private static String verdict(Rating rating) {
        return rating.passes() ? "passes (" + rating.goal() + ")" : "FAILS: " + String.join("; ", rating.failures());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%5.2f", value);
    }
}

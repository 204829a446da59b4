package cutaway.interp.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/// What a pooled search found, what it cost, and what it may have missed.
///
/// @param verdict how the search ended
/// @param rate share of causes found; as it was estimated where items are left undecided or cleared by pools
///     after pooling was given up
/// @param causes items with an effect of their own, largest first
/// @param groups items that have an effect together and not one by one
/// @param unexplained pools with an effect that neither a cause nor a group accounts for
/// @param undecided items of which nothing can be said: not measured alone, and in no null pool
/// @param outOfReach items whose edit cannot move the metric, by the wiring of the model; never asked about
public record Outcome(
        Verdict verdict,
        double rate,
        List<Cause> causes,
        List<Group> groups,
        List<Unexplained> unexplained,
        List<Integer> undecided,
        List<Integer> outOfReach,
        Cost cost,
        Missed missed) {

    /// How a search ended.
    public enum Verdict {
        /// Causes are few: pools found them.
        SPARSE,
        /// Causes are so many that pooling was not worth it: items were measured alone, as far as runs went.
        DENSE,
        /// Causes are so many that pooling was not worth it: the search stopped and left items undecided.
        DENSE_STOPPED,
        /// Items are too few to pool: each was measured alone.
        TOO_FEW
    }

    /// An item that moves the metric.
    ///
    /// @param effect of its edit alone, measured
    public record Cause(int item, double effect) {}

    /// Items that act only together: leave one out and the effect is gone.
    ///
    /// @param effect of all together, measured
    /// @param alone effect of each alone, measured; they do not add up to that of all
    public record Group(List<Integer> items, double effect, List<Double> alone) {}

    /// A pool with an effect that is not one item's.
    public record Unexplained(List<Integer> items, double effect, Why why) {}

    /// Why a pool's effect is nobody's.
    public enum Why {
        /// Its parts have no effect that counts, and add up to it.
        ADDS_UP,
        /// No group as small as was looked for accounts for it.
        NO_SMALL_GROUP,
        /// Looking further would have cost too much.
        NOT_SEARCHED,
        /// Asked again, it was gone: noise is larger than the threshold allows for.
        NOT_REPRODUCED
    }

    /// @param runs that were made
    /// @param rounds batches that they were made in
    /// @param passes times that the undecided items were put into new pools
    /// @param oneEach runs that measuring each item alone takes
    /// @param leastRuns that any search needs to tell so many causes apart, when a run tells only yes or no
    public record Cost(int runs, int rounds, int passes, int oneEach, double leastRuns) {

        /// Runs saved against one for each item; negative where pooling was not worth it.
        public int saved() {
            return oneEach - runs;
        }
    }

    /// What may have been missed.
    ///
    /// @param neverAlone items believed to be no causes by pools alone
    /// @param pairsNeverApart of all pairs of items, the share that lay in the same pools whenever these
    ///     were null: a pair that cancels exactly is missed with this probability
    /// @param audited items drawn from those that pools had cleared, and measured alone
    /// @param auditFound those of them that were causes after all (they are among the causes)
    /// @param atMost with 95 % confidence, the share of causes among cleared items is no larger, whatever
    ///     hides them; 1 where nothing was audited, 0 where nothing was left to miss
    public record Missed(
            int neverAlone, double pairsNeverApart, int audited, List<Integer> auditFound, double atMost) {}

    public Outcome {
        causes = List.copyOf(causes);
        groups = List.copyOf(groups);
        unexplained = List.copyOf(unexplained);
        undecided = List.copyOf(undecided);
        outOfReach = List.copyOf(outOfReach);
    }

    /// The outcome in a few sentences.
    public String summary() {
        return summary(String::valueOf);
    }

    /// As [#summary()], with names of the items.
    public String summary(IntFunction<String> name) {
        List<String> said = new ArrayList<>();
        said.add("%s among %,d in %,d runs, %,d %s than one for each%s."
                .formatted(
                        count(causes.size(), "cause"),
                        cost.oneEach,
                        cost.runs,
                        Math.abs(cost.saved()),
                        cost.saved() >= 0 ? "fewer" : "more",
                        verdict == Verdict.SPARSE && cost.leastRuns > 1
                                ? String.format(
                                        Locale.ROOT, " (no search needs fewer than %.0f)", Math.ceil(cost.leastRuns))
                                : ""));
        said.add("Prevalence: %s%s."
                .formatted(percent(rate), undecided.isEmpty() && missed.neverAlone == 0 ? "" : " estimated"));
        switch (verdict) {
            case SPARSE -> {}
            case DENSE ->
                said.add("Effects are dense (%s): pooling was not worth it%s."
                        .formatted(percent(rate), missed.neverAlone == 0 ? ", and each was measured alone" : ""));
            case DENSE_STOPPED ->
                said.add("Effects are dense (%s estimated): pooling was not worth it, and the search stopped."
                        .formatted(percent(rate)));
            case TOO_FEW -> said.add("They are too few to pool, so each was measured alone.");
        }
        if (!groups.isEmpty()) {
            said.add("%s only together: %s."
                    .formatted(
                            count(groups.size(), "group") + (groups.size() == 1 ? " acts" : " act"),
                            groups.stream()
                                    .map(group -> group.items().stream()
                                            .map(name::apply)
                                            .collect(Collectors.joining(" and ")))
                                    .collect(Collectors.joining(", "))));
        }
        if (!unexplained.isEmpty()) {
            said.add("%s with an effect that is no item's: %s."
                    .formatted(
                            count(unexplained.size(), "pool"),
                            unexplained.stream()
                                    .collect(Collectors.groupingBy(Unexplained::why, Collectors.counting()))
                                    .entrySet()
                                    .stream()
                                    .sorted(Map.Entry.comparingByKey())
                                    .map(why -> why.getValue() + " " + words(why.getKey()))
                                    .collect(Collectors.joining(", "))));
        }
        if (!undecided.isEmpty()) {
            said.add("Nothing is known of " + count(undecided.size(), "item") + ".");
        }
        if (missed.neverAlone > 0) {
            said.add("%s cleared in pools only: %s; %s"
                    .formatted(
                            count(missed.neverAlone, "item") + (missed.neverAlone == 1 ? " was" : " were"),
                            missed.pairsNeverApart == 0
                                    ? "each two of them were apart in some pool, so none hides another"
                                    : "two that cancel are missed with probability " + percent(missed.pairsNeverApart),
                            missed.audited == 0
                                    ? "none was measured alone as an audit."
                                    : "of %d measured alone as an audit, %d had an effect, so at most %s of the cleared have one (95 %% confidence)."
                                            .formatted(
                                                    missed.audited, missed.auditFound.size(), percent(missed.atMost))));
        }
        return String.join(" ", said);
    }

    private static String words(Why why) {
        return switch (why) {
            case ADDS_UP -> "of small parts that add up";
            case NO_SMALL_GROUP -> "of many that act together";
            case NOT_SEARCHED -> "not searched further";
            case NOT_REPRODUCED -> "not there when asked again";
        };
    }

    private static String count(int count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }

    private static String percent(double share) {
        return share > 0 && share < 0.001 ? "under 0.1 %" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}

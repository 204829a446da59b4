package cutaway.interp.circuit;

import cutaway.interp.circuit.HeldOutReport.Tested;
import java.util.Locale;
import java.util.Optional;

/// A verdict in a sentence.
///
/// @param pairs that were asked about
/// @param moving those whose margin falls from prompt to contrast
record Why(Settings settings, int pairs, int moving) {

    /// @param ceiling faithfulness of all nodes together
    /// @param smallest nodes of the smallest set that a search found; 0 where none was made
    String of(Verdict verdict, double ceiling, int smallest, Optional<Tested> tested) {
        String threshold = percent(settings.threshold());
        return switch (verdict) {
            case NOT_AS_ASKED ->
                String.format(
                        Locale.ROOT,
                        "no circuit: %d of %d pairs do not move as asked: their margin does not fall by %s nats from"
                                + " prompt to contrast; a circuit is looked for where at least two thirds do, and %d"
                                + " pairs in %d groups",
                        pairs - moving,
                        pairs,
                        settings.leastRange(),
                        PromptSet.FEWEST_PAIRS,
                        PromptSet.FEWEST_GROUPS);
            case NOTHING_NEEDED ->
                "none: the embeddings recover " + threshold + " with every node at its value"
                        + " from the contrast, so no node is needed";
            case NONE_SMALL ->
                smallest == 0
                        ? "none: all nodes together recover " + percent(ceiling) + ", less than " + threshold
                                + "; other positions carry the rest"
                        : "none that is small: " + smallest
                                + " nodes, more than a quarter of all, were needed to recover " + threshold;
            case FOUND, NOT_HELD_OUT, UNSURE, NO_BETTER_THAN_CHANCE -> {
                Tested there = tested.orElseThrow();
                yield said(verdict, there, threshold);
            }
        };
    }

    private static String said(Verdict verdict, Tested tested, String threshold) {
        String mean = percent(tested.circuit().faithfulness().mean().value());
        return switch (verdict) {
            case FOUND ->
                "found: it recovers " + mean + " on prompts that had no say in it, and p among random circuits is "
                        + String.format(
                                Locale.ROOT, "%.2f", tested.circuit().control().p());
            case NOT_HELD_OUT ->
                "none that holds: on prompts that had no say in it, it recovers " + mean
                        + ", and the whole interval is below " + threshold;
            case UNSURE ->
                "unsure: it recovers " + mean + " on prompts that had no say in it, but these are too few, or"
                        + " too unlike, to tell that from half of " + threshold;
            default ->
                "none: random circuits of its make-up recover as much, with p = "
                        + String.format(
                                Locale.ROOT, "%.2f", tested.circuit().control().p());
        };
    }

    private static String percent(double share) {
        return Math.round(100 * share) + " %";
    }
}

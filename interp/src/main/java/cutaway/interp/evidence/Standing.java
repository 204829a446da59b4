package cutaway.interp.evidence;

import cutaway.interp.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What a claim may be called, and why not more.
///
/// A claim is *supported* only with an intervention, a control, held-out data, seeds, an interval and a scope, and when
/// these speak for it; one that lacks a part is *suggested*; one that has them all and fails is *contradicted* (after
/// the validation that arXiv:2501.16496 asks of interpretations).
///
/// @param missing the parts that it lacks, in the order in which they are measured; empty unless suggested
/// @param against what speaks against it, in words; empty unless contradicted
public record Standing(Status status, List<Missing> missing, List<String> against) {

    public enum Status {
        SUGGESTED,
        SUPPORTED,
        CONTRADICTED
    }

    /// Prompts that must be held out: of fewer, every bootstrap interval is too narrow
    /// ([cutaway.interp.statistics.Bootstrap]).
    public static final int FEWEST_PROMPTS = 10;

    /// Seeds that a control needs.
    public static final int FEWEST_SEEDS = 3;

    /// A part that is missing.
    ///
    /// @param part `control`, `held-out data`, `seeds`, `interval` or `scope`
    /// @param why in words, with what to do
    public record Missing(String part, String why) {}

    public Standing {
        missing = List.copyOf(missing);
        against = List.copyOf(against);
    }

    public static Standing of(Claim claim) {
        List<Missing> missing = new ArrayList<>();
        Claim.Placebos control = claim.control();
        Claim.HeldOut heldOut = claim.heldOut();
        if (control == null || control.changes().isEmpty()) {
            missing.add(new Missing(
                    "control", "nothing says yet what a random change as large does; measure the control."));
        }
        if (heldOut == null || heldOut.pairs().size() < FEWEST_PROMPTS) {
            missing.add(new Missing(
                    "held-out data",
                    "it was measured on %d prompts that played no part in finding it; at least %d are needed."
                            .formatted(heldOut == null ? 0 : heldOut.pairs().size(), FEWEST_PROMPTS)));
        }
        long seeds = Stream.of(
                        Optional.ofNullable(control).map(Claim.Placebos::seeds),
                        Optional.ofNullable(heldOut).map(Claim.HeldOut::seeds))
                .flatMap(Optional::stream)
                .mapToLong(drawn -> drawn.stream().distinct().count())
                .min()
                .orElse(0);
        if (seeds < FEWEST_SEEDS) {
            missing.add(new Missing(
                    "seeds",
                    "the controls were drawn with %d seeds; at least %d are needed.".formatted(seeds, FEWEST_SEEDS)));
        }
        if (heldOut == null || heldOut.interval() == null || heldOut.controlInterval() == null) {
            missing.add(new Missing(
                    "interval", "there is no interval of the effect over prompts; measure it on held-out prompts."));
        }
        if (claim.scope().isBlank()) {
            missing.add(new Missing("scope", "nobody said where it is meant to hold; say it."));
        }
        if (!missing.isEmpty() || control == null || heldOut == null) {
            return new Standing(Status.SUGGESTED, missing, List.of());
        }
        List<String> against = against(claim, control, heldOut);
        return new Standing(against.isEmpty() ? Status.SUPPORTED : Status.CONTRADICTED, List.of(), against);
    }

    private static List<String> against(Claim claim, Claim.Placebos control, Claim.HeldOut heldOut) {
        List<String> against = new ArrayList<>();
        if (!(Math.abs(claim.effect()) > control.threshold())) {
            against.add(String.format(
                    Locale.ROOT,
                    "where it was found, its effect is %.3f and a random change as large makes up to %.3f",
                    claim.effect(),
                    control.threshold()));
        }
        Interval interval = heldOut.interval();
        Interval ofControl = heldOut.controlInterval();
        if (interval == null || ofControl == null) {
            return against;
        }
        if (interval.holds(0)) {
            against.add(String.format(
                    Locale.ROOT,
                    "on held-out prompts the interval of its effect, %.3f to %.3f, holds 0",
                    interval.low(),
                    interval.high()));
        } else if (Math.signum(heldOut.mean()) != Math.signum(claim.effect())) {
            against.add("on held-out prompts its effect has the other sign");
        }
        if (interval.low() <= ofControl.high() && ofControl.low() <= interval.high()) {
            against.add(String.format(
                    Locale.ROOT,
                    "on held-out prompts its interval, %.3f to %.3f, meets that of the controls, %.3f to %.3f",
                    interval.low(),
                    interval.high(),
                    ofControl.low(),
                    ofControl.high()));
        }
        return against;
    }
}

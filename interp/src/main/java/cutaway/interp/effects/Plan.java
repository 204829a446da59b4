package cutaway.interp.effects;

/// What a sweep will do, and what it is expected to take.
///
/// @param pairs of prompts
/// @param questions of all pairs together
/// @param runs questions that have to be run; the others are known to change nothing
/// @param forwards other runs: of the prompts, and of what gradients and readings are taken from
/// @param layerPositions positions that the runs compute, counted in every block; in the last one, where the others get
///     keys and values alone, those that the metric reads
/// @param plainLayerPositions positions that a forward for each question computes
/// @param seconds expected on this machine, after a trial
public record Plan(
        int pairs,
        long questions,
        long runs,
        long forwards,
        long layerPositions,
        long plainLayerPositions,
        double seconds) {

    static final Plan NOTHING = new Plan(0, 0, 0, 0, 0, 0, 0);

    Plan plus(Plan other) {
        return new Plan(
                pairs + other.pairs,
                questions + other.questions,
                runs + other.runs,
                forwards + other.forwards,
                layerPositions + other.layerPositions,
                plainLayerPositions + other.plainLayerPositions,
                seconds + other.seconds);
    }
}

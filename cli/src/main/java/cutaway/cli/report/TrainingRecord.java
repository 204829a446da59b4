package cutaway.cli.report;

import java.util.List;
import java.util.Map;

/// The training of a dictionary, as its page and `--json` have it.
///
/// @param model as it was named
/// @param inputs sites that the dictionary reads
/// @param outputs sites that it writes; the same for an autoencoder
/// @param coder its kind in words, such as `topk, k 32`
/// @param parameters how many numbers it has
/// @param batch tokens of a step
/// @param rate learning rate between warm-up and decay
/// @param texts what the activations were harvested from
/// @param vectors how many there are
/// @param seconds that training took, over all its sessions
/// @param tokensPerSecond of this session
/// @param command that does it again
/// @param curve what the run said of itself, in order
public record TrainingRecord(
        String version,
        String model,
        String sha256,
        List<String> inputs,
        List<String> outputs,
        String coder,
        int width,
        long parameters,
        int batch,
        long steps,
        double rate,
        long seed,
        List<String> texts,
        long vectors,
        double seconds,
        double tokensPerSecond,
        String command,
        List<Point> curve) {

    /// @param step how many steps were made
    /// @param losses parts of the loss of the last one by name; their sum is what training lowers
    /// @param l0 latents that are active on a token, on average over the batch
    /// @param explained share of the variance of the batch that is explained, at most 1
    /// @param dead share of latents that have been silent for as long as the coder counts
    public record Point(long step, Map<String, Double> losses, double l0, double explained, double dead) {}
}

package cutaway.cli.bench;

import java.util.List;

/// A task of `cutaway bench --peers`, with what is wanted of it.
///
/// @param key what `--task` calls it
/// @param label what the table calls it
/// @param task what the workers call it
/// @param pair the prompts
/// @param plain how many times as fast as each rival's documented function
/// @param expert how many times as fast as the rival batched by an expert; 0 where there is nothing to batch
/// @param sample edits that a rival's documented function runs in one repeat, its time then scaled to all; 0 for all
/// @param expertSample the same of the rival batched by an expert
public record PeerTask(
        String key, String label, String task, Pair pair, double plain, double expert, int sample, int expertSample) {

    /// Prompts that are compared.
    public enum Pair {
        /// 14 tokens that differ from the first one on: nothing can be shared.
        EARLY,
        /// 14 tokens that differ from the tenth one on, as in the README.
        LATE,
        /// 64 tokens that differ from the first one on.
        LONG
    }

    /// The receiver of path patching: a head with a large effect on the 14 tokens.
    static final int LAYER = 23;

    static final int HEAD = 3;

    public static final List<PeerTask> ALL = List.of(
            new PeerTask("resid", "residual stream, layer × position", "resid_pre", Pair.EARLY, 25, 3, 30, 140),
            new PeerTask("resid-late", "the same, README's pair", "resid_pre", Pair.LATE, 25, 3, 30, 140),
            new PeerTask("resid-64", "the same, 64 tokens", "resid_pre", Pair.LONG, 10, 3, 30, 320),
            new PeerTask("heads", "every head, all positions", "head_all", Pair.EARLY, 10, 3, 30, 90),
            new PeerTask("heads-pos", "head × position", "head_pos", Pair.EARLY, 15, 3, 30, 504),
            new PeerTask("paths", "paths: heads to q of L23H3", "path_q", Pair.EARLY, 15, 3, 30, 0),
            new PeerTask("attribution", "attribution patching", "attribution", Pair.EARLY, 1.5, 0, 0, 0),
            new PeerTask("direct", "direct logits: heads, neurons", "dla", Pair.EARLY, 2, 0, 0, 0));
}

package cutaway.model.export;

import java.util.List;

/// What was written, and how near the written model is to the one that it was made from.
///
/// @param form `hf` or `gguf`
/// @param family of the written file
/// @param type of its matrices: what was asked for, or `f32`, or `as stored` where blocks were copied
/// @param weightError worst |a - b| / |b| of a weight
/// @param logitError worst |a - b| / |b| of the logits of a position
/// @param kl mean Kullback-Leibler divergence of the written model's next-token probabilities from the source's, nats
/// @param notes sentences on what is otherwise than one might expect
public record Exported(
        String path,
        String form,
        String family,
        String type,
        int weights,
        long bytes,
        double weightError,
        double logitError,
        double kl,
        List<String> notes) {
    public Exported {
        notes = List.copyOf(notes);
    }
}

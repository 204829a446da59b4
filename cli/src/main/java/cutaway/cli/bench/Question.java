package cutaway.cli.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// What the bench asks of Cutaway and of each rival, as a line of JSON.
///
/// @param task its name
/// @param prompt token ids of the run that values are taken from
/// @param contrast token ids of the run that is patched, as many
/// @param answer the token whose logit is measured, nats
/// @param against less that of this one
/// @param sample how many of the task's edits are run, evenly spaced; null for all
/// @param expert whether to run it as an expert of the library would batch it
/// @param layer the receiver's block in path patching
/// @param head the receiver's head in path patching
@JsonInclude(JsonInclude.Include.NON_NULL)
record Question(
        String task,
        int[] prompt,
        int[] contrast,
        int answer,
        int against,
        @Nullable Integer sample,
        boolean expert,
        @Nullable Integer layer,
        @Nullable Integer head) {

    /// The same for a rival.
    ///
    /// @param some edits to run; 0 for all
    Question of(int some, boolean byExpert) {
        return new Question(task, prompt, contrast, answer, against, some == 0 ? null : some, byExpert, layer, head);
    }
}

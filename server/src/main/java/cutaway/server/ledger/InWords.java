package cutaway.server.ledger;

import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.evidence.Claim;
import cutaway.model.Model;
import cutaway.server.api.MayBeLeftOut;
import org.jspecify.annotations.Nullable;

/// What a claim holds as token ids, in words: for a report that is read without the model.
///
/// @param contrast null where the claim has none
public record InWords(String prompt, @MayBeLeftOut @Nullable String contrast, String metric) {

    static InWords of(Claim claim, Model model) {
        Source contrast = claim.contrast();
        return new InWords(
                text(claim.prompt(), model),
                contrast == null ? null : text(contrast, model),
                text(claim.metric(), model));
    }

    private static String text(Source run, Model model) {
        String prompt = run.prompt();
        return prompt == null ? model.tokenizer().decode(run.ids(model), false) : prompt;
    }

    private static String text(Metric metric, Model model) {
        return metric.text(token -> "\"" + model.tokenizer().token(token) + "\"");
    }
}

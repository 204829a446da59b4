package cutaway.server.api;

import cutaway.interp.edit.Source;
import cutaway.model.Model;
import java.util.ArrayList;
import java.util.List;

/// How much may be asked at once.
///
/// @param body bytes of a question
/// @param text characters of a prompt or text
/// @param tokens of a prompt
/// @param waiting questions, and jobs, that may wait
public record Limits(int body, int text, int tokens, int waiting) {

    public static final Limits USUAL = new Limits(2_000_000, 20_000, 2_048, 64);

    private static final int MOST_RUNS = 64;

    /// @throws Refusal when a text is empty or too long
    public void checkText(String given) {
        if (given.isBlank()) {
            throw new Refusal(400, "the text is empty; give one.");
        }
        if (given.length() > text) {
            throw new Refusal(413, "the text has " + given.length() + " characters; at most " + text + " are taken.");
        }
    }

    /// Of a run, and of all that its edits take values from.
    ///
    /// @throws Refusal when a text is empty or too long, or a run has too many tokens, or there are too many
    public void checkRuns(Model model, Source run) {
        List<Source> all = new ArrayList<>(List.of(run));
        for (int i = 0; i < all.size(); i++) {
            all.get(i).edits().forEach(edit -> all.addAll(edit.runs()));
            if (all.size() > MOST_RUNS) {
                throw new Refusal(413, "the edits take values from more than " + MOST_RUNS + " runs; give fewer.");
            }
        }
        for (Source one : all) {
            if (one.prompt() != null) {
                checkText(one.prompt());
            }
            checkTokens(model, one);
        }
    }

    /// @throws Refusal when a run has too many tokens
    public void checkTokens(Model model, Source run) {
        int length = run.ids(model).length;
        if (length > tokens) {
            throw new Refusal(413, "the prompt has " + length + " tokens; at most " + tokens + " are taken.");
        }
    }
}

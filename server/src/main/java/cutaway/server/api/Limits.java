package cutaway.server.api;

import cutaway.interp.edit.Source;
import cutaway.model.Model;

/// How much may be asked at once.
///
/// @param body bytes of a question
/// @param text characters of a prompt or text
/// @param tokens of a prompt
/// @param waiting questions, and jobs, that may wait
public record Limits(int body, int text, int tokens, int waiting) {

    public static final Limits USUAL = new Limits(2_000_000, 20_000, 2_048, 64);

    /// @throws Refusal when a text is empty or too long
    public void checkText(String given) {
        if (given.isBlank()) {
            throw new Refusal(400, "the text is empty; give one.");
        }
        if (given.length() > text) {
            throw new Refusal(413, "the text has " + given.length() + " characters; at most " + text + " are taken.");
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

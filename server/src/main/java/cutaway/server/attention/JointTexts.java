package cutaway.server.attention;

import cutaway.interp.edit.Source;
import cutaway.interp.heads.JointCloud;
import cutaway.interp.prompts.TextSplit;
import cutaway.model.Model;
import cutaway.server.api.Limits;
import cutaway.server.api.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The texts of joint maps, held to what can be drawn.
final class JointTexts {

    /// Of all texts together.
    private static final int MOST_CHARACTERS = 50_000; // an address holds them

    private JointTexts() {}

    /// @throws Refusal when there is no text, or too much
    static void check(String text) {
        if (text.isBlank()) {
            throw new Refusal(400, "the text is empty; give one: some hundred sentences tell something.");
        }
        if (text.length() > MOST_CHARACTERS) {
            throw new Refusal(
                    413,
                    String.format(
                            Locale.ROOT,
                            "the text has %,d characters; at most %,d are taken.",
                            text.length(),
                            MOST_CHARACTERS));
        }
    }

    /// Token ids of each.
    ///
    /// @throws Refusal as [#check], and when one of them, or all together, have too many tokens
    static List<int[]> ids(Model model, String text, TextSplit split, Limits limits) {
        check(text);
        List<int[]> all = new ArrayList<>();
        int tokens = 0;
        for (String one : split.of(text)) {
            limits.checkTokens(model, Source.of(one));
            int[] ids = model.encode(one).ids();
            all.add(ids);
            tokens += ids.length;
        }
        if (tokens < 2 || tokens > JointCloud.MOST_ROWS) {
            throw new Refusal(
                    tokens < 2 ? 400 : 413,
                    String.format(
                            Locale.ROOT,
                            "the texts have %,d tokens together; a map takes 2 to %,d.",
                            tokens,
                            JointCloud.MOST_ROWS));
        }
        return all;
    }
}

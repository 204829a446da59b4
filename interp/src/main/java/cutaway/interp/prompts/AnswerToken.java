package cutaway.interp.prompts;

import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.util.OptionalInt;

/// Finds the token that a text stands for, where it has to be one.
public final class AnswerToken {

    private AnswerToken() {}

    /// Its id.
    ///
    /// @param what to call it in messages, such as `answer`
    /// @throws BadInputException when the text is not exactly one token of the model
    public static int id(Model model, String text, String what) {
        if (text.isEmpty()) {
            throw new BadInputException("the " + what + " is empty; give one token, such as \" Paris\".");
        }
        OptionalInt id = model.tokenizer().idOf(text);
        if (id.isPresent()) {
            return id.getAsInt();
        }
        String tokens = String.join("\", \"", model.tokenizer().encode(text).tokens());
        boolean spaced =
                !text.startsWith(" ") && model.tokenizer().idOf(" " + text).isPresent();
        throw new BadInputException("the %s \"%s\" is not one token of this model but \"%s\"; give one of them%s"
                .formatted(what, text, tokens, spaced ? ", or \" " + text + "\", with its space." : "."));
    }
}

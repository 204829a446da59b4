package cutaway.model.chat;

import cutaway.tensor.BadInputException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A model's chat template: the Jinja source that comes with its tokenizer, ready to turn messages into a prompt.
///
/// The text equals what Python's jinja2 gives as transformers sets it up (`apply_chat_template` with
/// `tokenize=False`): `trim_blocks`, `lstrip_blocks`, loop controls, `{% generation %}`, `raise_exception`,
/// `strftime_now`, and a `tojson` that leaves HTML and other alphabets alone. Templates are untrusted: they reach no
/// Java object, and one that runs on or grows too large ends in a [BadInputException]. Immutable, safe to share.
public final class ChatTemplate {

    private final List<Stmt> statements;
    private final Clock clock;

    private ChatTemplate(List<Stmt> statements, Clock clock) {
        this.statements = statements;
        this.clock = clock;
    }

    /// @throws BadInputException naming the line that cannot be read
    public static ChatTemplate of(String source) {
        return new ChatTemplate(Parser.parse(source), Clock.systemDefaultZone());
    }

    /// This template with `strftime_now` reading another clock: a prompt that holds today's date cannot be repeated.
    public ChatTemplate at(Clock clock) {
        return new ChatTemplate(statements, clock);
    }

    /// The prompt for a conversation, special tokens included: the tokenizer must not add its own.
    ///
    /// @param addGenerationPrompt whether the text ends where the assistant's next message begins
    /// @param variables what the template reads beside the messages: `bos_token`, `eos_token`, `tools` (JSON
    ///     schemas), `documents`, `enable_thinking`...; as in transformers, absent `tools` and `documents` are
    ///     none, not undefined
    /// @throws BadInputException when the template refuses the conversation (with the template's own message),
    ///     fails (with the line), or spends too much
    public String render(
            List<Message> messages, boolean addGenerationPrompt, Map<String, ? extends @Nullable Object> variables) {
        Budget budget = new Budget();
        Names names = new Names(Globals.names(clock));
        Map<String, @Nullable Object> given = new HashMap<>();
        given.put("tools", null);
        given.put("documents", null);
        given.putAll(variables);
        if (given.put("messages", messages) != null
                || given.put("add_generation_prompt", addGenerationPrompt) != null) {
            throw new BadInputException(
                    "variables hold \"messages\" or \"add_generation_prompt\", which are arguments of "
                            + "their own; take them out");
        }
        for (Map.Entry<String, @Nullable Object> variable : given.entrySet()) {
            try {
                names.set(variable.getKey(), Value.of(variable.getValue(), budget));
            } catch (Fault e) {
                throw new BadInputException("variable " + variable.getKey() + ": " + e.getMessage());
            }
        }
        return new Renderer(budget).render(statements, names);
    }
}

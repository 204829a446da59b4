package cutaway.interp.prompts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A prompt, and one of as many tokens to set it against: a line of a pairs file.
///
///     {"prompt": "The Eiffel Tower is in the city of", "contrast": "The Colosseum Arena is in the city of",
///      "answer": " Paris", "against": " Rome", "roles": {"subject": [4, 16]}}
///
/// @param answer the next token asked about; absent for the model's own top token after the prompt
/// @param against the token it is set against; absent for the top token after the contrast, other than the answer
/// @param group prompts of one group count as one draw; absent for a prompt of its own
/// @param roles parts of the prompt by name, each `[start, end)` in UTF-16 units of its text: what positions of
///     different prompts have in common
public record PromptPair(
        @JsonProperty(value = "prompt", required = true) String prompt,
        @JsonProperty(value = "contrast", required = true) String contrast,

        @JsonInclude(Include.NON_NULL) @JsonProperty("answer") @Nullable
        String answer,

        @JsonInclude(Include.NON_NULL) @JsonProperty("against") @Nullable
        String against,

        @JsonInclude(Include.NON_NULL) @JsonProperty("group") @Nullable
        String group,

        @JsonInclude(Include.NON_EMPTY) @JsonProperty("roles")
        Map<String, List<Integer>> roles) {

    public PromptPair {
        if (prompt == null || prompt.isEmpty() || contrast == null || contrast.isEmpty()) {
            throw new BadInputException("a pair needs a \"prompt\" and a \"contrast\" that are not empty.");
        }
        roles = roles == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(roles));
        roles.forEach((name, span) -> checkRole(prompt, name, span));
    }

    private static void checkRole(String prompt, String name, @Nullable List<Integer> span) {
        if (!name.matches("\\p{L}[\\p{L}\\p{N}_]*") || PositionChoice.isReserved(name)) {
            throw new BadInputException("the role \"" + name
                    + "\" has no name that positions can be chosen by; give a word of letters, digits and _, none of "
                    + PositionChoice.RESERVED + ".");
        }
        boolean fits = span != null
                && span.size() == 2
                && span.get(0) != null
                && span.get(1) != null
                && span.get(0) >= 0
                && span.get(0) < span.get(1)
                && span.get(1) <= prompt.length();
        if (!fits) {
            throw new BadInputException(
                    "the role \"%s\" is at %s; give [start, end) within the prompt's %d characters, such as [0, 3]."
                            .formatted(name, span, prompt.length()));
        }
    }

    /// Without roles.
    public static PromptPair of(String prompt, String contrast, String answer, String against) {
        return new PromptPair(prompt, contrast, answer, against, null, Map.of());
    }

    public Optional<String> givenAnswer() {
        return Optional.ofNullable(answer);
    }

    public Optional<String> givenAgainst() {
        return Optional.ofNullable(against);
    }
}

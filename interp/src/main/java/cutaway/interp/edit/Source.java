package cutaway.interp.edit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A run that values are taken from: a prompt, with edits of its own.
///
/// @param prompt the text, or null where the token ids are given
/// @param ids token ids; empty to tokenize the prompt
/// @param edits what is done in that run, in order
public record Source(
        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("prompt") @Nullable
        String prompt,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("ids")
        List<Integer> ids,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("edits")
        List<Edit> edits) {

    public Source {
        if ((ids != null && ids.stream().anyMatch(Objects::isNull))
                || (edits != null && edits.stream().anyMatch(Objects::isNull))) {
            throw new BadInputException("a run's token ids or edits have a gap; give a number or an edit for each.");
        }
        ids = ids == null ? List.of() : List.copyOf(ids);
        edits = edits == null ? List.of() : List.copyOf(edits);
    }

    public static Source of(int[] ids, List<Edit> edits) {
        return new Source(null, Arrays.stream(ids).boxed().toList(), edits);
    }

    public static Source of(String prompt) {
        return new Source(prompt, List.of(), List.of());
    }

    /// Its token ids; those of the prompt begin with what the model's own recipe puts before a text, such as BOS.
    public int[] ids(Model model) {
        return ids.isEmpty() && prompt != null
                ? model.encode(prompt).ids()
                : ids.stream().mapToInt(Integer::intValue).toArray();
    }
}

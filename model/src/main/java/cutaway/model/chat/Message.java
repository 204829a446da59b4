package cutaway.model.chat;

import cutaway.tensor.BadInputException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One message of a conversation: the ordered fields that a chat template sees.
///
/// Almost always these are `role` and `content`; [#with] adds what some templates also read, such as `tool_calls`,
/// `reasoning_content` or a `content` made of parts. Values are text, numbers, booleans, null, lists and maps.
public record Message(Map<String, @Nullable Object> fields) {

    public Message {
        if (!(fields.get("role") instanceof String)) {
            throw new BadInputException("message " + fields.keySet() + " has no role; give one such as "
                    + "\"user\", \"assistant\" or \"system\"");
        }
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    public Message(String role, String content) {
        this(roleAndContent(role, content));
    }

    public String role() {
        // the constructor lets no message without a role pass
        return (String) Objects.requireNonNull(fields.get("role"));
    }

    /// The content when it is text; empty when it is absent, null or made of parts (read [#fields] for those).
    public String content() {
        return fields.get("content") instanceof String text ? text : "";
    }

    /// This message with one field added or replaced.
    public Message with(String field, @Nullable Object value) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>(fields);
        more.put(field, value);
        return new Message(more);
    }

    private static Map<String, @Nullable Object> roleAndContent(String role, String content) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("role", role);
        fields.put("content", content);
        return fields;
    }
}

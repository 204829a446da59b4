package cutaway.interp.edit;

import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A JSON file with a list of [Edit]s:
///
///     [{"op": "zero", "site": "blocks.3.attn.hook_z[5]", "pos": [-1]}]
public final class EditFile {

    /// A property that nobody knows is a slip of the pen: an edit of "postion" 3 must not become one of every position.
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private EditFile() {}

    /// @throws BadInputException when it cannot be read, or is not a list of edits
    public static List<Edit> read(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new BadInputException("there is no file " + path + "; give a JSON file with a list of edits.");
        }
        try {
            Edit[] edits = JSON.readValue(path.toFile(), Edit[].class);
            if (edits == null) {
                throw new BadInputException("it holds null");
            }
            for (int i = 0; i < edits.length; i++) {
                check(edits[i], "edit " + i);
            }
            return List.of(edits);
        } catch (JacksonException | BadInputException e) {
            throw new BadInputException(
                    "cannot read the edits in %s: %s; expected a list such as %s."
                            .formatted(
                                    path, sentence(e), "[{\"op\": \"zero\", \"site\": \"blocks.3.attn.hook_z[5]\"}]"),
                    e);
        }
    }

    /// As [#read] takes it.
    public static String json(List<Edit> edits) {
        return JSON.writerFor(JSON.getTypeFactory().constructCollectionType(List.class, Edit.class))
                .writeValueAsString(edits);
    }

    private static void check(Edit edit, String name) {
        if (edit == null || edit.site() == null) {
            throw new BadInputException(name + " has no site");
        }
        boolean complete = switch (edit) {
            case Edit.Replace replace -> replace.values() != null;
            case Edit.Add add -> add.values() != null;
            case Edit.ProjectOut out -> out.direction() != null;
            case Edit.Patch patch -> isComplete(patch.from(), name);
            case Edit.Mean mean -> mean.over().stream().allMatch(source -> isComplete(source, name));
            case Edit.Scale _, Edit.Zero _ -> true;
        };
        if (!complete) {
            throw new BadInputException(name + " lacks what it should put in place");
        }
    }

    private static boolean isComplete(Source source, String name) {
        if (source == null) {
            return false;
        }
        if (source.prompt() == null && source.ids().isEmpty()) {
            throw new BadInputException(name + " takes values from a run that has neither \"prompt\" nor \"ids\"");
        }
        source.edits().forEach(edit -> check(edit, "an edit within " + name));
        return true;
    }

    private static String sentence(RuntimeException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BadInputException) {
                return withoutPeriod(String.valueOf(cause.getMessage()));
            }
        }
        String message = e instanceof JacksonException jackson ? jackson.getOriginalMessage() : e.getMessage();
        return withoutPeriod(String.valueOf(message).lines().findFirst().orElse(""));
    }

    private static String withoutPeriod(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}

package cutaway.interp.relations;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.model.Model;
import cutaway.model.tokenizer.Encoding;
import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A relation with facts of it, in the form of the LRE dataset (Hernandez et al., arXiv:2308.09124):
///
///     {"name": "country capital", "prompt_templates": ["The capital of {} is"],
///      "samples": [{"subject": "France", "object": "Paris"}, …]}
///
/// Other fields of such a file are not read.
///
/// @param templates with `{}` for the subject; the first one is used
public record Relation(
        @JsonProperty(value = "name", required = true) String name,

        @JsonProperty(value = "prompt_templates", required = true)
        List<String> templates,

        @JsonProperty(value = "samples", required = true) List<Sample> samples) {

    private static final String SLOT = "{}";
    private static final String EXAMPLE = "{\"name\": …, \"prompt_templates\": [\"The capital of {} is\"], \"samples\":"
            + " [{\"subject\": \"France\", \"object\": \"Paris\"}, …]}";

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /// A fact.
    public record Sample(
            @JsonProperty(value = "subject", required = true)
            String subject,

            @JsonProperty(value = "object", required = true) String object) {
        public Sample {
            if (subject == null || object == null || subject.isBlank() || object.isBlank()) {
                throw new BadInputException("a sample without a subject or without an object; give both.");
            }
        }
    }

    /// A prompt of one fact.
    ///
    /// @param subjectEnd position of the subject's last token
    /// @param object the first token of the right object
    public record Prompt(String text, int[] ids, int subjectEnd, int object) {}

    public Relation {
        if (name == null
                || templates == null
                || samples == null
                || templates.stream().anyMatch(Objects::isNull)) {
            throw new BadInputException("a relation has null for its name, templates or samples; expected " + EXAMPLE);
        }
        templates = List.copyOf(templates);
        samples = List.copyOf(samples);
        if (templates.isEmpty() || !templates.getFirst().contains(SLOT)) {
            throw new BadInputException("the relation \"" + name + "\" has no template with {} in it; give one such as"
                    + " \"The capital of {} is\".");
        }
    }

    /// @throws BadInputException when there is no such file, or it holds no relation
    public static Relation read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("there is no file " + file + "; give a JSON file such as " + EXAMPLE + ".");
        }
        try {
            return parse(Files.readString(file), file.toString());
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is not text in UTF-8; expected " + EXAMPLE + ".", e);
        } catch (IOException e) {
            throw new BadInputException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /// @param where what to call the text in messages
    /// @throws BadInputException when it holds no relation
    public static Relation parse(String json, String where) {
        try {
            Relation read = MAPPER.readValue(json, Relation.class);
            if (read == null) {
                throw new BadInputException(where + " holds null; expected " + EXAMPLE + ".");
            }
            return read;
        } catch (JacksonException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BadInputException bad) {
                    throw new BadInputException(where + ": " + bad.getMessage(), e);
                }
            }
            throw new BadInputException(
                    where + " is no relation: " + JsonFault.of(e) + "; expected " + EXAMPLE + ".", e);
        }
    }

    /// The prompt that asks for a subject's object, behind facts that show what is asked, a line each.
    public Prompt prompt(Model model, Sample asked, List<Sample> shown) {
        StringBuilder text = new StringBuilder();
        for (Sample sample : shown) {
            text.append(said(sample.subject)).append(' ').append(sample.object).append('\n');
        }
        int start = text.length() + templates.getFirst().indexOf(SLOT);
        text.append(said(asked.subject));
        Encoding encoding = model.encode(text.toString());
        int[] whole = model.encode(text + " " + asked.object).ids();
        return new Prompt(
                text.toString(),
                encoding.ids(),
                holding(encoding, start + asked.subject.length() - 1),
                whole[Math.min(encoding.ids().length, whole.length - 1)]);
    }

    private String said(String subject) {
        return templates.getFirst().replace(SLOT, subject);
    }

    /// The last token that some of a character came into.
    private static int holding(Encoding encoding, int character) {
        for (int i = encoding.spans().size() - 1; i > 0; i--) {
            Encoding.Span span = encoding.spans().get(i);
            if (span.start() <= character && character < span.end()) {
                return i;
            }
        }
        return 0;
    }
}

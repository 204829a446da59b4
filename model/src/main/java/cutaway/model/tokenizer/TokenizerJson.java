package cutaway.model.tokenizer;

import cutaway.model.tokenizer.TokenizerFacts.Added;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes the parts of a tokenizer.json that do not depend on the kind of tokenizer.
final class TokenizerJson {

    private TokenizerJson() {}

    /// @param added tokens that are recognised before anything else
    /// @param withSpecial false leaves the special ones out: they are read as text
    /// @param rest writes the other properties
    static String of(List<Added> added, boolean withSpecial, Consumer<JsonGenerator> rest) {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("version", "1.0");
            writeAdded(json, added, withSpecial);
            rest.accept(json);
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void writeAdded(JsonGenerator json, List<Added> added, boolean withSpecial) {
        json.writeArrayPropertyStart("added_tokens");
        for (Added token : added) {
            if (withSpecial || !token.special()) {
                json.writeStartObject();
                json.writeNumberProperty("id", token.id());
                json.writeStringProperty("content", token.content());
                json.writeBooleanProperty("single_word", false);
                json.writeBooleanProperty("lstrip", false);
                json.writeBooleanProperty("rstrip", false);
                json.writeBooleanProperty("normalized", false);
                json.writeBooleanProperty("special", token.special());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    /// The `post_processor`: ids before and after a text, and after each of two.
    static void writeAround(JsonGenerator json, List<String> tokens, List<Integer> before, List<Integer> after) {
        if (before.isEmpty() && after.isEmpty()) {
            return;
        }
        json.writeObjectPropertyStart("post_processor");
        json.writeStringProperty("type", "TemplateProcessing");
        for (String kind : List.of("single", "pair")) {
            json.writeArrayPropertyStart(kind);
            for (int text = 0; text < (kind.equals("pair") ? 2 : 1); text++) {
                writePieces(
                        json, "SpecialToken", before.stream().map(tokens::get).toList(), text);
                writePieces(json, "Sequence", List.of(text == 0 ? "A" : "B"), text);
                writePieces(
                        json, "SpecialToken", after.stream().map(tokens::get).toList(), text);
            }
            json.writeEndArray();
        }
        json.writeObjectPropertyStart("special_tokens");
        Stream.concat(before.stream(), after.stream()).distinct().forEach(id -> {
            json.writeObjectPropertyStart(tokens.get(id));
            json.writeStringProperty("id", tokens.get(id));
            json.writeArrayPropertyStart("ids");
            json.writeNumber(id);
            json.writeEndArray();
            json.writeArrayPropertyStart("tokens");
            json.writeString(tokens.get(id));
            json.writeEndArray();
            json.writeEndObject();
        });
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writePieces(JsonGenerator json, String kind, List<String> ids, int text) {
        for (String id : ids) {
            json.writeStartObject();
            json.writeObjectPropertyStart(kind);
            json.writeStringProperty("id", id);
            json.writeNumberProperty("type_id", text);
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    static void writeVocabulary(JsonGenerator json, List<String> tokens) {
        json.writeObjectPropertyStart("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            json.writeNumberProperty(tokens.get(id), id);
        }
        json.writeEndObject();
    }
}

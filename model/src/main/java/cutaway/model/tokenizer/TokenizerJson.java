package cutaway.model.tokenizer;

import cutaway.model.tokenizer.TokenizerFacts.Added;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Consumer;
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

    static void writeVocabulary(JsonGenerator json, List<String> tokens) {
        json.writeObjectPropertyStart("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            json.writeNumberProperty(tokens.get(id), id);
        }
        json.writeEndObject();
    }
}

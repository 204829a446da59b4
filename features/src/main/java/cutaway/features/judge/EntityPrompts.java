package cutaway.features.judge;

import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Entities, prompts that ask for their attributes, and the answers:
///
///     {"prompts": {"country": "{entity} is a city in the country of",
///                  "continent": "{entity} is a city on the continent of"},
///      "entities": [{"entity": "Paris", "country": "France", "continent": "Europe"}]}
///
/// @param prompts by attribute; each has `{entity}` once
/// @param entities with an answer for each attribute
public record EntityPrompts(Map<String, String> prompts, List<Entity> entities) {

    static final String PLACE = "{entity}";

    /// Characters of an entity in a message.
    private static final int MOST_SHOWN = 100;

    /// @param answers by attribute, without a space before them
    public record Entity(String name, Map<String, String> answers) {}

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String FORM = "expected JSON such as {\"prompts\": {\"country\": \"{entity} is a city in the"
            + " country of\", \"continent\": \"{entity} is a city on the continent of\"}, \"entities\": [{\"entity\":"
            + " \"Paris\", \"country\": \"France\", \"continent\": \"Europe\"}]}.";

    public EntityPrompts {
        entities = List.copyOf(entities);
    }

    /// @throws BadInputException when the file cannot be read or something is missing
    public static EntityPrompts read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("there is no file " + file + "; " + FORM);
        }
        JsonNode all;
        try {
            all = JSON.readTree(file.toFile());
        } catch (JacksonException e) {
            throw new BadInputException(file + " is not valid JSON: " + JsonFault.of(e) + "; " + FORM, e);
        }
        for (String part : List.of("prompts", "entities")) {
            JsonNode there = all.path(part);
            if (part.equals("prompts") ? !there.isObject() : !there.isArray()) {
                throw new BadInputException(file + " has no \"" + part + "\"; " + FORM);
            }
        }
        Map<String, String> prompts = new LinkedHashMap<>();
        all.path("prompts").propertyStream().forEach(prompt -> {
            String text = prompt.getValue().isString() ? prompt.getValue().asString() : "";
            int at = text.indexOf(PLACE);
            if (at < 0 || text.indexOf(PLACE, at + 1) >= 0) {
                throw new BadInputException(file + ": the prompt \"" + prompt.getKey() + "\" has not " + PLACE
                        + " once; expected a text such as \"" + PLACE + " is a city in the country of\".");
            }
            prompts.put(prompt.getKey(), text);
        });
        if (prompts.size() < 2) {
            throw new BadInputException(file + " has \"prompts\" for " + prompts.size()
                    + (prompts.size() == 1 ? " attribute" : " attributes")
                    + "; disentangling changes one and leaves others, so give at least two.");
        }
        if (all.path("entities").size() < Disentangling.LEAST) {
            throw new BadInputException(file + " has " + all.path("entities").size()
                    + " \"entities\"; half of them are for choosing latents and half for testing, so give at least "
                    + Disentangling.LEAST + ".");
        }
        List<Entity> entities = new ArrayList<>();
        for (JsonNode entity : all.path("entities").values()) {
            String name = text(file, entity, "entity", entities.size() + 1);
            Map<String, String> answers = new LinkedHashMap<>();
            for (String attribute : prompts.keySet()) {
                answers.put(attribute, text(file, entity, attribute, entities.size() + 1));
            }
            entities.add(new Entity(name, answers));
        }
        return new EntityPrompts(prompts, entities);
    }

    private static String text(Path file, JsonNode entity, String field, int number) {
        JsonNode value = entity.path(field);
        if (!value.isString() || value.asString().isBlank()) {
            throw new BadInputException(
                    file + ": entity " + number + " is " + shown(entity) + " and has no text \"" + field
                            + "\"; give each entity its name and an answer for each prompt, such as {\"entity\":"
                            + " \"Paris\", \"country\": \"France\"}.");
        }
        return value.asString();
    }

    private static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "…" : text;
    }

    /// Some of the entities, by their places.
    public EntityPrompts only(List<Integer> which) {
        return new EntityPrompts(prompts, which.stream().map(entities::get).toList());
    }

    /// The answers that an attribute has, in order.
    List<String> values(String attribute) {
        return List.copyOf(new TreeSet<>(
                entities.stream().map(entity -> entity.answers.get(attribute)).toList()));
    }
}

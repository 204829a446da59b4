package cutaway.server.mcp;

import cutaway.server.api.Json;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.api.Schemas;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a tool takes, as a JSON schema: the parts of its route's address, the fields of the record that the route
/// takes, and of a long work how long to wait for it and which parts of the result to show.
final class ToolSchema {

    private static final String PREFIX = "#/$defs/";

    private ToolSchema() {}

    /// @param followed whether it is waited for a job
    static Map<String, Object> of(Route<?, ?> route, boolean followed) {
        Schemas schemas = new Schemas(PREFIX);
        EditSchemas edits = new EditSchemas(PREFIX);
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (String part : route.parts()) {
            properties.put(part, Map.of("type", "string"));
            required.add(part);
        }
        boolean edited = false;
        for (RecordComponent field : route.takes().getRecordComponents()) {
            Map<String, Object> schema = edits.of(field.getGenericType(), schemas);
            edited |= schema.toString().contains(PREFIX);
            properties.put(field.getName(), schema);
            if (field.getAnnotation(MayBeLeftOut.class) == null) {
                required.add(field.getName());
            }
        }
        if (followed) {
            properties.put(
                    Following.WAIT,
                    Map.of(
                            "type",
                            "integer",
                            "minimum",
                            0,
                            "maximum",
                            Following.LONGEST,
                            "description",
                            "seconds to wait for the result; after them the job goes on, and the tool `job`"
                                    + " has it (default: " + Following.USUAL + ")"));
            properties.put(
                    Following.PARTS,
                    Map.of(
                            "type",
                            "array",
                            "items",
                            Map.of("type", "string"),
                            "description",
                            "fields of the result to show, or \"all\"; what is left out is named in" + " not_shown"));
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("required", required);
        schema.put("additionalProperties", false);
        Map<String, Object> named = new LinkedHashMap<>(edited ? edits.named(schemas) : Map.of());
        named.putAll(schemas.named());
        if (!named.isEmpty()) {
            schema.put("$defs", named);
        }
        return schema;
    }

    /// Looks at the arguments of a call, as far as one can say in a sentence what is wrong with them.
    ///
    /// @throws Refusal when one is unknown, missing, or of another kind
    static void check(Map<String, Object> schema, ObjectNode arguments) {
        Map<?, ?> properties = (Map<?, ?>) schema.getOrDefault("properties", Map.of());
        for (Map.Entry<String, JsonNode> given : arguments.properties()) {
            String name = given.getKey();
            JsonNode value = given.getValue();
            if (!(properties.get(name) instanceof Map<?, ?> property)) {
                throw new Refusal(
                        400,
                        "there is no argument " + Json.text(name) + "; "
                                + (properties.isEmpty()
                                        ? "this tool takes none."
                                        : "there are: "
                                                + properties.keySet().stream()
                                                        .map(String::valueOf)
                                                        .collect(Collectors.joining(", "))
                                                + "."));
            }
            if (!value.isNull() && !isOf(String.valueOf(property.get("type")), value)) {
                throw new Refusal(
                        400,
                        name + " is " + kind(value) + "; give it as JSON of the type " + property.get("type")
                                + ", as this tool's schema has it.");
            }
        }
        for (Object name : (List<?>) schema.getOrDefault("required", List.of())) {
            if (arguments.path(String.valueOf(name)).isMissingNode()) {
                throw new Refusal(
                        400, "the argument " + name + " is missing; this tool's schema says how it is given.");
            }
        }
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "string" -> value.isString();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> true;
        };
    }

    private static String kind(JsonNode value) {
        return "of the type " + value.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}

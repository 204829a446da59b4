package cutaway.server.mcp;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.server.api.Schemas;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// JSON schemas of edits, metrics and runs, from the annotations that Jackson reads them by: an agent has to write
/// them.
final class EditSchemas {

    private static final Map<Class<?>, String> NAMED =
            Map.of(Edit.class, "Edit", Metric.class, "Metric", Source.class, "Source");

    private final String prefix;

    /// @param prefix of a reference: `#/$defs/`
    EditSchemas(String prefix) {
        this.prefix = prefix;
    }

    /// The schema of a type; a reference where it is one of those.
    Map<String, Object> of(Type type, Schemas others) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return Map.of("type", "array", "items", of(list.getActualTypeArguments()[0], others));
        }
        if (type instanceof Class<?> named && NAMED.containsKey(named)) {
            return Map.of("type", "object", "$ref", prefix + NAMED.get(named)); // some clients follow no reference
        }
        if (type == Positions.class) {
            return Map.of(
                    "type",
                    "array",
                    "items",
                    Map.of("type", "integer"),
                    "description",
                    "from 0; left out: all of them");
        }
        if (type == Values.class) {
            return Map.of(
                    "type",
                    "object",
                    "properties",
                    Map.of(
                            "shape", Map.of("type", "array", "items", Map.of("type", "integer")),
                            "data", Map.of("type", "array", "items", Map.of("type", "number"))));
        }
        return others.of(type);
    }

    /// The definitions that the references name.
    Map<String, Object> named(Schemas others) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("Edit", Map.of("oneOf", kinds(Edit.class, others)));
        named.put("Metric", Map.of("oneOf", kinds(Metric.class, others)));
        named.put("Source", object(Source.class, new LinkedHashMap<>(), new ArrayList<>(), others));
        return named;
    }

    private List<Map<String, Object>> kinds(Class<?> sealed, Schemas others) {
        String tag = sealed.getAnnotation(JsonTypeInfo.class).property();
        return Arrays.stream(sealed.getAnnotation(JsonSubTypes.class).value())
                .map(kind -> {
                    Map<String, Object> properties = new LinkedHashMap<>();
                    properties.put(tag, Map.of("const", kind.name()));
                    return object(kind.value(), properties, new ArrayList<>(List.of(tag)), others);
                })
                .toList();
    }

    private Map<String, Object> object(
            Class<?> type, Map<String, Object> properties, List<String> required, Schemas others) {
        for (RecordComponent field : type.getRecordComponents()) {
            properties.put(field.getName(), of(field.getGenericType(), others));
            JsonProperty said = field.getAccessor().getAnnotation(JsonProperty.class);
            if (said != null && said.required()) {
                required.add(field.getName());
            }
        }
        return Map.of("type", "object", "properties", properties, "required", required);
    }
}

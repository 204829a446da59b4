package cutaway.server.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// JSON schemas (2020-12) of records as Jackson writes them, each named once.
///
/// What Jackson writes by a serialiser of its own (edits, metrics, sources) is any object here; the documents say what
/// stands in them.
public final class Schemas {

    private final String prefix;
    private final Map<String, Object> named = new TreeMap<>();

    /// @param prefix of a reference: `#/components/schemas/`
    public Schemas(String prefix) {
        this.prefix = prefix;
    }

    /// The records that were named so far.
    public Map<String, Object> named() {
        return named;
    }

    /// The schema of a type: a reference where it is a record.
    public Map<String, Object> of(Type type) {
        return switch (type) {
            case GenericArrayType array -> list(array.getGenericComponentType());
            case ParameterizedType generic
            when generic.getRawType() == List.class -> list(generic.getActualTypeArguments()[0]);
            case ParameterizedType generic
            when generic.getRawType() == Optional.class -> of(generic.getActualTypeArguments()[0]);
            case ParameterizedType generic
            when generic.getRawType() == Map.class ->
                Map.of("type", "object", "additionalProperties", of(generic.getActualTypeArguments()[1]));
            case Class<?> array when array.isArray() -> list(array.getComponentType());
            case Class<?> plain -> of(plain);
            default -> throw new IllegalArgumentException("no schema for " + type);
        };
    }

    private Map<String, Object> list(Type of) {
        return Map.of("type", "array", "items", of(of));
    }

    private Map<String, Object> of(Class<?> type) {
        if (type.isEnum()) {
            return Map.of(
                    "type",
                    "string",
                    "enum",
                    Arrays.stream(type.getEnumConstants()).map(String::valueOf).toList());
        }
        if (type == String.class || isText(type)) {
            return Map.of("type", "string");
        }
        if (type == boolean.class || type == Boolean.class) {
            return Map.of("type", "boolean");
        }
        if (Stream.of(int.class, long.class, Integer.class, Long.class).anyMatch(type::equals)) {
            return Map.of("type", "integer");
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return Map.of("type", "number");
        }
        if (type.isRecord() && !type.getPackageName().equals("cutaway.interp.edit")) {
            add(type);
            return Map.of("$ref", prefix + type.getSimpleName());
        }
        return Map.of("type", "object");
    }

    private void add(Class<?> type) {
        if (named.containsKey(type.getSimpleName())) {
            return;
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        named.put(type.getSimpleName(), schema); // holds the place while its parts are looked at
        Map<String, Object> properties = new LinkedHashMap<>();
        for (RecordComponent field : type.getRecordComponents()) {
            properties.put(field.getName(), of(field.getGenericType()));
        }
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put(
                "required",
                Arrays.stream(type.getRecordComponents())
                        .filter(field -> field.getAnnotation(MayBeLeftOut.class) == null)
                        .filter(field -> field.getAccessor().getAnnotation(JsonInclude.class) == null)
                        .map(RecordComponent::getName)
                        .toList());
    }

    /// Whether it is written as one string; Jackson finds the annotation on an interface too.
    static boolean isText(Class<?> type) {
        return Stream.concat(Stream.of(type), Arrays.stream(type.getInterfaces()))
                .flatMap(one -> Arrays.stream(one.getMethods()))
                .filter(method -> method.isAnnotationPresent(JsonValue.class))
                .anyMatch(method -> method.getReturnType() == String.class);
    }
}

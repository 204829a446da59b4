package cutaway.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// TypeScript for a record as Jackson writes it: an interface for the record, and one for each record that it holds.
///
/// What Jackson writes by a serialiser of its own (edits, metrics, sources) is `unknown` to the page.
final class RecordTypes {

    private final Map<String, String> interfaces = new TreeMap<>();

    private RecordTypes() {}

    /// The source text of a module.
    static String of(Class<? extends Record> root) {
        RecordTypes types = new RecordTypes();
        types.add(root);
        return "// Made from " + root.getName() + " by RecordTypesTest: mvn verify -Dtypes=write\n\n"
                + String.join("\n", types.interfaces.values());
    }

    private void add(Class<?> type) {
        if (interfaces.containsKey(type.getSimpleName())) {
            return;
        }
        interfaces.put(type.getSimpleName(), ""); // holds the place while its parts are looked at
        String fields = Arrays.stream(type.getRecordComponents())
                .map(field -> "  " + field.getName() + (isOptional(field) ? "?: " : ": ") + name(field.getGenericType())
                        + ";\n")
                .collect(Collectors.joining());
        interfaces.put(type.getSimpleName(), "export interface " + type.getSimpleName() + " {\n" + fields + "}\n");
    }

    private static boolean isOptional(RecordComponent field) {
        JsonInclude include = field.getAccessor().getAnnotation(JsonInclude.class);
        return include != null && include.value() == JsonInclude.Include.NON_NULL;
    }

    private String name(Type type) {
        return switch (type) {
            case GenericArrayType array -> name(array.getGenericComponentType()) + "[]";
            case ParameterizedType generic
            when generic.getRawType() == List.class -> name(generic.getActualTypeArguments()[0]) + "[]";
            case ParameterizedType generic
            when generic.getRawType() == Optional.class -> name(generic.getActualTypeArguments()[0]) + " | null";
            case ParameterizedType generic
            when generic.getRawType() == Map.class ->
                "Record<" + name(generic.getActualTypeArguments()[0]) + ", " + name(generic.getActualTypeArguments()[1])
                        + ">";
            case Class<?> array when array.isArray() -> name((Type) array.getComponentType()) + "[]";
            case Class<?> plain -> name(plain);
            default -> throw new IllegalArgumentException("no TypeScript for " + type);
        };
    }

    private String name(Class<?> type) {
        if (type == String.class || type.isEnum() || isText(type)) {
            return "string";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "boolean";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "number";
        }
        JsonSubTypes kinds = type.getAnnotation(JsonSubTypes.class);
        JsonTypeInfo told = type.getAnnotation(JsonTypeInfo.class);
        if (kinds != null && told != null && !type.getPackageName().equals("cutaway.interp.edit")) {
            return Arrays.stream(kinds.value())
                    .map(kind -> "({ " + told.property() + ": \"" + kind.name() + "\" } & " + name(kind.value()) + ")")
                    .collect(Collectors.joining(" | "));
        }
        if (type.isRecord() && !type.getPackageName().equals("cutaway.interp.edit")) {
            add(type);
            return type.getSimpleName();
        }
        return "unknown";
    }

    /// Whether it is written as one string; Jackson finds the annotation on an interface too.
    private static boolean isText(Class<?> type) {
        return Stream.concat(Stream.of(type), Arrays.stream(type.getInterfaces()))
                .flatMap(one -> Arrays.stream(one.getMethods()))
                .filter(method -> method.isAnnotationPresent(JsonValue.class))
                .map(Method::getReturnType)
                .anyMatch(String.class::equals);
    }
}

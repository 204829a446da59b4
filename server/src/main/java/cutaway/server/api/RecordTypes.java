package cutaway.server.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// TypeScript for a record as Jackson writes it: an interface for the record, and one for each record that it holds.
///
/// What Jackson writes by a serialiser of its own (edits, metrics, sources) is `unknown` to the page.
public final class RecordTypes {

    private final Map<String, String> interfaces = new TreeMap<>();
    private final Map<String, Class<?>> classes = new TreeMap<>();

    private RecordTypes() {}

    /// The source text of a module for the routes: every record that they take or give, and by which route.
    ///
    /// @param elsewhere roots whose types, with those of all that they hold, stand in the modules of these names
    public static String of(List<Route<?, ?>> routes, Map<Class<? extends Record>, String> elsewhere) {
        RecordTypes types = new RecordTypes();
        Map<String, TreeSet<String>> imports = new TreeMap<>();
        elsewhere.forEach((root, module) -> {
            RecordTypes theirs = new RecordTypes();
            theirs.add(root);
            theirs.interfaces.keySet().forEach(name -> {
                types.interfaces.put(name, "");
                imports.computeIfAbsent(module, key -> new TreeSet<>()).add(name);
            });
            types.classes.putAll(theirs.classes);
        });
        String table = routes.stream()
                .map(route -> "  \"" + route.name() + "\": { takes: "
                        + (route.hasBody() ? types.name((Class<?>) route.takes()) : "null") + "; gives: "
                        + types.name((Class<?>) route.gives()) + " };\n")
                .collect(Collectors.joining());
        types.add(Problem.class);
        String own = types.interfaces.values().stream()
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("\n"));
        String imported = imports.entrySet().stream()
                .map(module -> module.getValue().stream()
                        .filter(name -> (own + table).matches("(?s).*\\b" + name + "\\b.*"))
                        .collect(Collectors.joining(", ", "import type { ", " } from \"" + module.getKey() + "\";\n")))
                .filter(line -> !line.contains("{  }"))
                .collect(Collectors.joining());
        return "// Made from the server's routes by RouteTypesTest: mvn verify -Dtypes=write\n\n" + imported + "\n"
                + own + "\n/** What each route takes and gives. */\nexport interface Routes {\n" + table + "}\n";
    }

    /// The source text of a module.
    public static String of(Class<? extends Record> root) {
        RecordTypes types = new RecordTypes();
        types.add(root);
        return "// Made from " + root.getName() + " by RecordTypesTest: mvn verify -Dtypes=write\n\n"
                + String.join("\n", types.interfaces.values());
    }

    private void add(Class<?> type) {
        Class<?> known = classes.putIfAbsent(type.getSimpleName(), type);
        if (known != null && known != type) {
            throw new IllegalArgumentException(
                    known.getName() + " and " + type.getName() + " have one name; rename one");
        }
        if (known != null) {
            return;
        }
        interfaces.put(type.getSimpleName(), ""); // holds the place while its parts are looked at
        String fields = Arrays.stream(type.getRecordComponents())
                .map(field -> "  " + field.getName() + (isOptional(field) ? "?: " : ": ") + name(field.getGenericType())
                        + (isLeftOut(field) ? " | null" : "") + ";\n")
                .collect(Collectors.joining());
        interfaces.put(type.getSimpleName(), "export interface " + type.getSimpleName() + " {\n" + fields + "}\n");
    }

    private static boolean isOptional(RecordComponent field) {
        JsonInclude include = field.getAccessor().getAnnotation(JsonInclude.class);
        return (include != null && include.value() == JsonInclude.Include.NON_NULL) || isLeftOut(field);
    }

    /// Whether a question may leave it out; answers say null by [JsonInclude].
    private static boolean isLeftOut(RecordComponent field) {
        return field.getAnnotation(MayBeLeftOut.class) != null;
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
        if (type == String.class || type.isEnum() || Schemas.isText(type)) {
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
}

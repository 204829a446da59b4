package cutaway.model.family;

import cutaway.model.gguf.GgufMetadata;
import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The settings that a model's file states, under the file's own names.
///
/// Each one that is read is remembered; [#finish] refuses the first that was not, since a setting
/// that nobody understood may change what the model computes.
public final class Settings {

    private final String where;
    private final Map<String, @Nullable Object> values;
    private final Set<String> read = new HashSet<>();
    private final Map<String, Settings> nested = new TreeMap<>();
    private final boolean draft;

    /// @param where what to call the file in messages
    public Settings(String where, Map<String, ? extends @Nullable Object> values) {
        this(where, values, false);
    }

    private Settings(String where, Map<String, ? extends @Nullable Object> values, boolean draft) {
        this.where = where;
        this.values = new TreeMap<>(values);
        this.draft = draft;
    }

    /// Settings for a file that is yet to be written, under more names than its family reads: after the reading,
    /// [#understood()] are those that count.
    public static Settings draft(String where, Map<String, ? extends @Nullable Object> values) {
        return new Settings(where, values, true);
    }

    /// Those that were read or passed over by their name, also null ones.
    public Map<String, @Nullable Object> understood() {
        Map<String, @Nullable Object> all = new TreeMap<>();
        values.forEach((key, value) -> {
            Settings group = nested.get(key);
            if (group != null) {
                all.put(key, group.understood());
            } else if (read.contains(key)) {
                all.put(key, value);
            }
        });
        return all;
    }

    /// Reads a config.json.
    public static Settings ofJson(Path path) {
        try {
            JsonMapper json = JsonMapper.shared();
            JsonNode tree = json.readTree(path.toFile());
            if (!tree.isObject()) {
                throw new BadInputException(
                        path + " holds " + kind(tree) + "; expected an object with a model's settings.");
            }
            return new Settings(path.toString(), json.convertValue(tree, new TypeReference<Map<String, Object>>() {}));
        } catch (JacksonException e) {
            throw new BadInputException(
                    path + " is not a JSON object (" + JsonFault.of(e) + "); expected a model's config.json.", e);
        }
    }

    private static String kind(JsonNode tree) {
        return switch (tree.getNodeType()) {
            case ARRAY -> "a list";
            case STRING -> "a text";
            case NUMBER -> "a number";
            case BOOLEAN, NULL -> tree.toString();
            default -> "nothing";
        };
    }

    /// The settings of a GGUF file that say how to compute: those under its architecture's name. Others tell of the
    /// file's making, of its tokenizer, and of tools that wrote it.
    public static Settings ofGguf(Path path, GgufMetadata metadata) {
        Map<String, Object> values = new TreeMap<>();
        String architecture = metadata.string("general.architecture");
        for (String key : metadata.keys()) {
            if (key.startsWith(architecture + ".")) {
                values.put(key, metadata.value(key));
            }
        }
        return new Settings(path.toString(), values);
    }

    /// Whether the setting is there and not null.
    public boolean has(String key) {
        return values.get(key) != null;
    }

    /// A count, at least 1.
    public int size(String key) {
        return checkedSize(key, number(key));
    }

    public int size(String key, int fallback) {
        return has(key) ? size(key) : note(key, fallback);
    }

    /// A count that may be absent, null or 0, which all mean 0: none.
    public int sizeOrNone(String key) {
        return sizeOrNone(key, 0);
    }

    /// As [#sizeOrNone(String)]; the fallback counts only where the setting is absent, not where it is null.
    public int sizeOrNone(String key, int fallback) {
        return (int) realOrNone(key, fallback);
    }

    /// A count from 0.
    public int count(String key, int fallback) {
        return has(key) && number(key).doubleValue() == 0 ? 0 : size(key, fallback);
    }

    public double real(String key) {
        return number(key).doubleValue();
    }

    /// A number that may be null or 0, which both mean 0: none.
    ///
    /// @param fallback where the setting is absent
    public double realOrNone(String key, double fallback) {
        read.add(key);
        return values.containsKey(key) ? real(key, 0) : fallback;
    }

    public double real(String key, double fallback) {
        return has(key) ? real(key) : note(key, fallback);
    }

    /// A finite number above 0.
    public double positive(String key) {
        double value = real(key);
        if (!Double.isFinite(value) || value <= 0) {
            throw wrong(key, "a finite number above 0");
        }
        return value;
    }

    public double positive(String key, double fallback) {
        return has(key) ? positive(key) : note(key, fallback);
    }

    /// A finite number above 0 that may be null, which means 0: none.
    ///
    /// @param fallback where the setting is absent
    public double positiveOrNone(String key, double fallback) {
        read.add(key);
        return values.containsKey(key) ? positive(key, 0) : fallback;
    }

    public boolean flag(String key, boolean fallback) {
        return has(key) ? of(Boolean.class, key, "true or false") : note(key, fallback);
    }

    public String string(String key) {
        return of(String.class, key, "a string");
    }

    public String string(String key, String fallback) {
        return has(key) ? string(key) : note(key, fallback);
    }

    /// A count that the file may state for each layer, if all are the same.
    public int same(String key, int layers) {
        if (!(value(key) instanceof List<?> list)) {
            return size(key);
        }
        if (list.size() != layers
                || list.stream().distinct().count() != 1
                || !(list.getFirst() instanceof Number number)) {
            throw wrong(key, "one number, or the same one for each of the " + layers + " layers");
        }
        return checkedSize(key, number);
    }

    public List<Double> reals(String key) {
        List<Double> numbers = new ArrayList<>();
        for (Object element : of(List.class, key, "a list of numbers")) {
            if (!(element instanceof Number number)) {
                throw wrong(key, "a list of numbers");
            }
            numbers.add(number.doubleValue());
        }
        return numbers;
    }

    public List<String> strings(String key) {
        List<String> strings = new ArrayList<>();
        for (Object element : of(List.class, key, "a list of strings")) {
            if (!(element instanceof String string)) {
                throw wrong(key, "a list of strings");
            }
            strings.add(string);
        }
        return strings;
    }

    public List<Boolean> flags(String key) {
        List<Boolean> flags = new ArrayList<>();
        for (Object element : of(List.class, key, "a list of true and false")) {
            if (!(element instanceof Boolean flag)) {
                throw wrong(key, "a list of true and false");
            }
            flags.add(flag);
        }
        return flags;
    }

    /// Whether the setting is a group of settings, or a list.
    public boolean isGroup(String key) {
        return values.get(key) instanceof Map<?, ?>;
    }

    public boolean isList(String key) {
        return values.get(key) instanceof List<?>;
    }

    /// A group of settings inside this one; the same one each time it is asked for.
    public Settings group(String key) {
        return nested.computeIfAbsent(key, this::readGroup);
    }

    private Settings readGroup(String key) {
        if (!(value(key) instanceof Map<?, ?> map)) {
            throw wrong(key, "a JSON object");
        }
        Map<String, @Nullable Object> inner = new TreeMap<>();
        map.forEach((name, value) -> inner.put(String.valueOf(name), value));
        return new Settings(where + ", " + key, inner, draft);
    }

    /// What an absent setting means.
    public void fallback(String key, Object value) {
        values.putIfAbsent(key, value);
    }

    /// Two spellings of one setting may both be there only where they say the same.
    public void agree(String key, String other) {
        Object value = values.get(key);
        Object second = values.get(other);
        if (value != null && second != null && !same(value, second)) {
            throw new BadInputException("%s sets both %s = %s and %s = %s, which differ; remove one."
                    .formatted(where, key, shortened(value), other, shortened(second)));
        }
    }

    /// Refuses a setting that is there and null, where null does not mean what its absence does.
    public void refuseNull(String key, String meaning) {
        if (values.containsKey(key) && values.get(key) == null) {
            throw new BadInputException(
                    "%s sets %s = null, %s; Cutaway does not implement that: remove %s if the model is not so."
                            .formatted(where, key, meaning, key));
        }
    }

    /// Reads an old name of a setting as the new one, where the new one is absent.
    ///
    /// @throws BadInputException where both are there and differ
    public void respell(String old, String key) {
        agree(old, key);
        read.add(old);
        Object value = values.get(old);
        if (value != null) {
            values.putIfAbsent(key, value);
        }
    }

    /// Reads an old value of a setting as the new one.
    public void respell(String key, String old, String now) {
        if (old.equals(values.get(key))) {
            values.put(key, now);
        }
    }

    /// Accepts a setting only with the value that Cutaway implements, or absent.
    public void expect(String key, Object only) {
        read.add(key);
        Object value = values.get(key);
        if (value != null && !same(value, only)) {
            throw new BadInputException(
                    "%s sets %s = %s, which changes what the model computes; Cutaway implements %s only."
                            .formatted(where, key, value, only));
        }
    }

    /// Passes over settings that do not change what a trained model computes.
    public void ignore(String... keys) {
        read.addAll(List.of(keys));
    }

    /// @throws BadInputException naming the first setting that was neither read nor ignored
    public void finish() {
        if (draft) {
            return;
        }
        values.forEach((key, value) -> {
            if (value != null && !read.contains(key)) {
                throw new BadInputException(
                        "%s sets %s = %s, which Cutaway does not understand and which may change what the model computes; remove it only if you know that it does not."
                                .formatted(where, key, shortened(value)));
            }
        });
        nested.values().forEach(Settings::finish);
    }

    public BadInputException wrong(String key, String expected) {
        return new BadInputException(
                "%s sets %s = %s; expected %s.".formatted(where, key, shortened(values.get(key)), expected));
    }

    private static boolean same(Object a, Object b) {
        return a.equals(b) || (a instanceof Number x && b instanceof Number y && x.doubleValue() == y.doubleValue());
    }

    private Object value(String key) {
        read.add(key);
        Object value = values.get(key);
        if (value == null) {
            throw new BadInputException(where + " does not set " + key + ", which this kind of model needs.");
        }
        return value;
    }

    private Number number(String key) {
        return of(Number.class, key, "a number");
    }

    private <T> T of(Class<T> type, String key, String expected) {
        Object value = value(key);
        if (!type.isInstance(value)) {
            throw wrong(key, expected);
        }
        return type.cast(value);
    }

    private int checkedSize(String key, Number number) {
        double value = number.doubleValue();
        if (value != Math.rint(value) || value < 1 || value > Integer.MAX_VALUE) {
            throw wrong(key, "a whole number from 1 to " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    private <T> T note(String key, T fallback) {
        read.add(key);
        return fallback;
    }

    private static String shortened(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}

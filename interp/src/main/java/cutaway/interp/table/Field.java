package cutaway.interp.table;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A column of a table and the record component that fills it.
///
/// @param name in snake_case: `dHead` is `d_head`
/// @param type DuckDB's name for it
/// @param nullable whether the component may be null
record Field(String name, String type, boolean nullable, Method accessor) {

    private static final Map<Class<?>, String> TYPES = Map.of(
            String.class, "VARCHAR",
            int.class, "INTEGER",
            Integer.class, "INTEGER",
            long.class, "BIGINT",
            Long.class, "BIGINT",
            double.class, "DOUBLE",
            Double.class, "DOUBLE",
            boolean.class, "BOOLEAN",
            Boolean.class, "BOOLEAN");

    /// @throws IllegalArgumentException for a component of another type, or two components that make one name
    static List<Field> of(Class<? extends Record> rowType) {
        var fields = new LinkedHashMap<String, Field>();
        for (RecordComponent component : rowType.getRecordComponents()) {
            Field field = of(component);
            Field other = fields.putIfAbsent(field.name, field);
            if (other != null) {
                throw new IllegalArgumentException(
                        rowType.getName() + " has two components that would be the column " + field.name);
            }
        }
        if (fields.isEmpty()) {
            throw new IllegalArgumentException(rowType.getName() + " has no components: a table has a column at least");
        }
        return new ArrayList<>(fields.values());
    }

    private static Field of(RecordComponent component) {
        Class<?> type = component.getType();
        String column = type.isEnum() ? "VARCHAR" : TYPES.get(type);
        if (column == null) {
            throw new IllegalArgumentException(component.getDeclaringRecord().getName() + "." + component.getName()
                    + " is a " + type.getName()
                    + "; a table takes String, enums, int, long, double, boolean and their boxes");
        }
        Method accessor = component.getAccessor();
        accessor.setAccessible(true); // the record may be private
        return new Field(
                snakeCase(component.getName()),
                column,
                component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                accessor);
    }

    /// The value of a row: a String, Integer, Long, Double or Boolean, or null where that is allowed.
    ///
    /// @param at number of the row, from 0
    @Nullable
    Object value(Record row, int at) {
        Object value;
        try {
            value = accessor.invoke(row);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("row " + at + " does not give its " + name, e);
        }
        if (value == null && !nullable) {
            throw new IllegalArgumentException(
                    "row " + at + " has no " + name + ": its record does not mark it @Nullable");
        }
        return value instanceof Enum<?> constant ? constant.name() : value;
    }

    /// The column as `CREATE TABLE` declares it.
    String declaration() {
        return Database.name(name) + " " + type + (nullable ? "" : " NOT NULL");
    }

    /// `dHead` is `d_head`, `meanKL` is `mean_kl`, `KLMean` is `kl_mean`.
    private static String snakeCase(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_")
                .toLowerCase(Locale.ROOT);
    }
}

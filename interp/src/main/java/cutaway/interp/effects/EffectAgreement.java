package cutaway.interp.effects;

import cutaway.interp.statistics.Agreement;
import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.table.Query;
import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How far two sweeps of the same prompts agree on the questions that both answer: patching and its gradient
/// approximation, say.
///
/// @param pairs prompts that effects are means over, at most
/// @param questions what both answered; the agreement counts them in this order
/// @param agreement of the means over pairs
public record EffectAgreement(long pairs, List<Question> questions, Agreement agreement) {

    private static final List<String> QUESTION = List.of(
            "site",
            "layer",
            "head",
            "neuron",
            "position",
            "last_position",
            "role",
            "receiver",
            "receiver_layer",
            "receiver_head");

    /// What two files have to have in common: the same model, read the same way.
    private static final List<String> SHARED = List.of("sha256", "metric", "kl from");

    /// Of two files that sweeps wrote.
    ///
    /// @param reference measured effects, say
    /// @param approximation the same by another method
    /// @param top how many of the largest are compared
    /// @param misses how many of the worst are listed
    /// @throws BadInputException when a file is no table of effects, or they are of different models, metrics or
    ///     prompts, or of no common question
    public static EffectAgreement of(Path reference, Path approximation, int top, int misses, long seed) {
        checkComparable(reference, approximation);
        String same = String.join(
                " and ",
                QUESTION.stream()
                        .map(column -> "a." + column + " is not distinct from b." + column)
                        .toList());
        String asked =
                String.join(", ", QUESTION.stream().map(column -> "a." + column).toList());
        String sql =
                "select " + asked + ", avg(a.effect), avg(b.effect), count(*) from " + table(reference) + " a join "
                        + table(approximation) + " b on a.pair = b.pair and " + same + " group by all order by all";
        List<List<@Nullable Object>> rows =
                Query.run(sql, List.of(reference, approximation)).rows();
        if (rows.isEmpty()) {
            throw new BadInputException(reference + " and " + approximation
                    + " answer no question in common; sweep the same --sites and --positions.");
        }
        List<Question> questions = rows.stream().map(EffectAgreement::question).toList();
        int columns = QUESTION.size();
        return new EffectAgreement(
                (long) Arrays.stream(column(rows, columns + 2)).max().orElse(0),
                questions,
                Agreement.of(column(rows, columns), column(rows, columns + 1), top, misses, Bootstrap.seeded(seed)));
    }

    private static String table(Path file) {
        return "read_parquet(" + Query.literal(file) + ")";
    }

    private static double[] column(List<List<@Nullable Object>> rows, int column) {
        double[] numbers = new double[rows.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = ((Number) Objects.requireNonNull(rows.get(i).get(column))).doubleValue();
        }
        return numbers;
    }

    private static Question question(List<@Nullable Object> row) {
        return new Question(
                String.valueOf(row.get(0)),
                integer(row.get(1)),
                integer(row.get(2)),
                integer(row.get(3)),
                integer(row.get(4)),
                integer(row.get(5)),
                text(row.get(6)),
                text(row.get(7)),
                integer(row.get(8)),
                integer(row.get(9)));
    }

    private static @Nullable Integer integer(@Nullable Object value) {
        return value == null ? null : ((Number) value).intValue();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static void checkComparable(Path reference, Path approximation) {
        Map<String, String> one = facts(reference);
        Map<String, String> other = facts(approximation);
        List<String> keys = new ArrayList<>(SHARED);
        one.keySet().stream().filter(key -> key.startsWith("pair ")).forEach(keys::add);
        other.keySet().stream()
                .filter(key -> key.startsWith("pair ") && !keys.contains(key))
                .forEach(keys::add);
        for (String key : keys) {
            if (!one.getOrDefault(key, "nothing").equals(other.getOrDefault(key, "nothing"))) {
                throw new BadInputException(
                        "%s and %s were not asked the same: %s is %s in the one and %s in the other; sweep the same pairs on the same model with the same metric."
                                .formatted(
                                        reference,
                                        approximation,
                                        key,
                                        one.getOrDefault(key, "nothing"),
                                        other.getOrDefault(key, "nothing")));
            }
        }
    }

    /// What a file says of itself.
    private static Map<String, String> facts(Path file) {
        Map<String, String> facts = new LinkedHashMap<>();
        String sql = "select decode(key), decode(value) from parquet_kv_metadata(" + Query.literal(file) + ")";
        try {
            Query.run(sql, List.of(file))
                    .rows()
                    .forEach(row -> facts.put(String.valueOf(row.get(0)), String.valueOf(row.get(1))));
        } catch (BadInputException e) {
            throw Files.isRegularFile(file)
                    ? new BadInputException(
                            file + " cannot be read as a Parquet file; give files of cutaway sweep --out.", e)
                    : e;
        }
        if (!facts.containsKey("method")) {
            throw new BadInputException(file + " was not written by a sweep; give files of cutaway sweep --out.");
        }
        return facts;
    }
}

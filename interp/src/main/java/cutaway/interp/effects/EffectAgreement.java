package cutaway.interp.effects;

import cutaway.interp.statistics.Agreement;
import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.table.Query;
import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How far two sweeps of the same prompts agree on the questions that both answer: patching and its gradient
/// approximation, say.
///
/// @param pairs prompts that effects are means over, at most
/// @param referenceFrom the run that the reference's effects are counted from, as [Method#countedFrom] says; empty
///     where its file does not say it
/// @param approximationFrom the same of the approximation
/// @param questions what both answered; the agreement counts them in this order
/// @param agreement of the means over pairs
public record EffectAgreement(
        long pairs, String referenceFrom, String approximationFrom, List<Question> questions, Agreement agreement) {

    private static final List<String> QUESTION = List.of(
            "site",
            "layer",
            "head",
            "neuron",
            "dictionary",
            "feature",
            "position",
            "last_position",
            "role",
            "receiver",
            "receiver_layer",
            "receiver_head");

    static final String COUNTED_FROM = "counted from";

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
        Map<String, String> one = facts(reference);
        Map<String, String> other = facts(approximation);
        checkComparable(reference, one, approximation, other);
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
                one.getOrDefault(COUNTED_FROM, ""),
                other.getOrDefault(COUNTED_FROM, ""),
                questions,
                Agreement.of(column(rows, columns), column(rows, columns + 1), top, misses, Bootstrap.seeded(seed)));
    }

    /// Files of before there were features have no columns of them.
    private static String table(Path file) {
        return "(select * from read_parquet(" + Query.literal(file) + ") union all by name"
                + " select null::varchar as dictionary, null::integer as feature where false)";
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
                text(row.get(4)),
                integer(row.get(5)),
                integer(row.get(6)),
                integer(row.get(7)),
                text(row.get(8)),
                text(row.get(9)),
                integer(row.get(10)),
                integer(row.get(11)));
    }

    private static @Nullable Integer integer(@Nullable Object value) {
        return value == null ? null : ((Number) value).intValue();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static void checkComparable(
            Path reference, Map<String, String> one, Path approximation, Map<String, String> other) {
        for (String key : SHARED) {
            String there = one.getOrDefault(key, "nothing");
            String here = other.getOrDefault(key, "nothing");
            if (!there.equals(here)) {
                throw new BadInputException(
                        "%s and %s were not asked the same: %s is %s in the one and %s in the other; sweep the same pairs on the same model with the same metric."
                                .formatted(reference, approximation, key, there, here));
            }
        }
        Set<String> pairs = new LinkedHashSet<>(one.keySet());
        pairs.addAll(other.keySet());
        List<String> different = pairs.stream()
                .filter(key -> key.startsWith("pair ") && !text(one, key).equals(text(other, key)))
                .toList();
        if (!different.isEmpty()) {
            throw new BadInputException(
                    "%s and %s are not of the same pairs: %d differ, the first is %s; sweep one file of pairs with both methods."
                            .formatted(reference, approximation, different.size(), different.getFirst()));
        }
    }

    /// The text of a pair, which stands after what its unedited runs gave.
    private static String text(Map<String, String> facts, String pair) {
        String said = facts.getOrDefault(pair, "");
        return said.substring(said.indexOf('{') + 1);
    }

    /// Whether the two count their effects from different runs, so that their signs need not agree.
    public boolean isCountedDifferently() {
        return !referenceFrom.isEmpty() && !approximationFrom.isEmpty() && !referenceFrom.equals(approximationFrom);
    }

    /// What a file says of itself.
    private static Map<String, String> facts(Path file) {
        if (Files.isDirectory(file)) {
            throw new BadInputException(file + " is a folder; give a file of cutaway sweep --out.");
        }
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

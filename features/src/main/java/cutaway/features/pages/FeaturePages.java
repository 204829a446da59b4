package cutaway.features.pages;

import cutaway.interp.table.Query;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The pages of a dictionary's latents, as [Pages] wrote them. Nothing is kept open or in memory.
///
///     FeaturePage page = FeaturePages.open(Path.of("pages")).page(123);
public final class FeaturePages {

    private static final TypeReference<List<Integer>> WHOLE = new TypeReference<>() {};
    private static final TypeReference<List<Double>> NUMBERS = new TypeReference<>() {};
    private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};

    private final Path folder;
    private final PagesFacts facts;

    private FeaturePages(Path folder, PagesFacts facts) {
        this.folder = folder;
        this.facts = facts;
    }

    /// @throws BadInputException when the folder holds none
    public static FeaturePages open(Path folder) {
        return new FeaturePages(folder, PagesFacts.read(folder));
    }

    /// What they say of themselves.
    public PagesFacts facts() {
        return facts;
    }

    /// One latent's page.
    ///
    /// @throws BadInputException when the dictionary has no such latent, or a table is missing or damaged
    public FeaturePage page(int latent) {
        return pages(latent, latent + 1).getFirst();
    }

    /// The pages of some latents, one after another: each table is read once for all of them.
    ///
    /// @param end after the last
    /// @throws BadInputException as [#page]
    public List<FeaturePage> pages(int first, int end) {
        if (first < 0 || end > facts.width()) {
            throw new BadInputException("there is no latent " + (first < 0 ? first : end - 1) + " in " + folder
                    + "; expected 0 to " + (facts.width() - 1) + ".");
        }
        String known = facts.twins() == null ? "NULL" : "stability"; // older tables have no such column
        Map<Integer, List<Row>> features = rows(
                "fired, max, mean, decoder_norm, histogram, bands, " + known, Tables.FEATURES, first, end, "latent");
        Map<Integer, List<Row>> examples = new HashMap<>();
        for (int file = first / facts.latentsPerFile(); file * facts.latentsPerFile() < end; file++) {
            examples.putAll(rows(
                    "band, activation, document, context, position, focus, tokens, activations",
                    Tables.examples(file),
                    first,
                    end,
                    "rank"));
        }
        Map<Integer, List<Row>> logits = rows("raised, token, text, effect", Tables.LOGITS, first, end, "rank");
        Map<Integer, List<Row>> others =
                rows("kind, other, cosine, tokens, jaccard, phi", Tables.NEIGHBOURS, first, end, "rank");
        Map<Integer, List<Row>> doses = rows(
                "example, factor, loss, kl, logit, control_loss, control_kl, control_logit",
                Tables.DOSE,
                first,
                end,
                "example, factor");
        return IntStream.range(first, end)
                .mapToObj(latent -> page(
                        latent,
                        features.getOrDefault(latent, List.of()),
                        examples.getOrDefault(latent, List.of()),
                        logits.getOrDefault(latent, List.of()),
                        others.getOrDefault(latent, List.of()),
                        doses.getOrDefault(latent, List.of())))
                .toList();
    }

    /// Latents in whose examples a text stands near the token that they fire on, those that fire hardest there first,
    /// as a share of what they ever reach.
    ///
    /// @param text matched without regard to case
    /// @param most latents
    public List<Found> search(String text, int most) {
        List<Found> found = new ArrayList<>();
        for (int file = 0; file * facts.latentsPerFile() < facts.width(); file++) {
            Path path = folder.resolve(Tables.examples(file));
            Path features = folder.resolve(Tables.FEATURES);
            String words =
                    "lower(array_to_string(list_slice(from_json(tokens, '[\"VARCHAR\"]'), focus - 1, focus + 2), ''))";
            String sql = "SELECT e.latent, max(e.activation / f.max) AS share, count(*) AS examples FROM read_parquet("
                    + Query.literal(path) + ") e JOIN read_parquet(" + Query.literal(features)
                    + ") f ON e.latent = f.latent WHERE contains(" + words + ", "
                    + "'" + text.toLowerCase(Locale.ROOT).replace("'", "''") + "'"
                    + ") GROUP BY e.latent ORDER BY examples DESC, share DESC, e.latent LIMIT " + most;
            for (List<@Nullable Object> values :
                    Query.run(sql, List.of(path, features)).rows()) {
                Row row = new Row(values);
                found.add(new Found(row.whole(0), row.number(1), row.whole(2)));
            }
        }
        return found.stream()
                .sorted(Comparator.comparingInt(Found::examples)
                        .thenComparingDouble(Found::share)
                        .reversed())
                .limit(most)
                .toList();
    }

    /// A latent with a text in its examples.
    ///
    /// @param share the greatest activation there, over the greatest anywhere
    /// @param examples with the text within two tokens
    public record Found(int latent, double share, int examples) {}

    private FeaturePage page(
            int latent, List<Row> features, List<Row> examples, List<Row> logits, List<Row> others, List<Row> doses) {
        if (features.size() != 1) {
            throw new BadInputException(folder.resolve(Tables.FEATURES) + " has " + features.size() + " rows of latent "
                    + latent + "; make the pages again.");
        }
        Row feature = features.getFirst();
        @Nullable Double max = feature.maybe(1);
        return new FeaturePage(
                facts.dictionary(),
                facts.model().name(),
                facts.inputs(),
                latent,
                feature.whole(0),
                facts.tokens(),
                feature.whole(0) / (double) facts.tokens(),
                max,
                feature.maybe(2),
                feature.number(3),
                JsonMapper.shared().readValue(feature.text(4), WHOLE),
                examples.stream()
                        .filter(row -> row.values.getFirst() == null)
                        .map(FeaturePages::example)
                        .toList(),
                bands(max, JsonMapper.shared().readValue(feature.text(5), WHOLE), examples),
                logits(logits, true),
                logits(logits, false),
                others.stream()
                        .filter(row -> row.text(0).equals(Tables.Kind.COSINE.name()))
                        .map(row -> new FeaturePage.Near(row.whole(1), row.number(2)))
                        .toList(),
                others.stream()
                        .filter(row -> row.text(0).equals(Tables.Kind.COACTIVATION.name()))
                        .map(row -> new FeaturePage.Partner(row.whole(1), row.whole(3), row.number(4), row.number(5)))
                        .toList(),
                doses.stream().map(FeaturePages::dose).toList(),
                stability(feature.maybe(6)));
    }

    private FeaturePage.@Nullable Stability stability(@Nullable Double cosine) {
        PagesFacts.@Nullable TwinFacts twins = facts.twins();
        return twins == null || cosine == null
                ? null
                : new FeaturePage.Stability(cosine, twins.dictionaries().size(), twins.mean(), twins.random());
    }

    private static List<FeaturePage.Band> bands(@Nullable Double max, List<Integer> counts, List<Row> examples) {
        List<FeaturePage.Band> bands = new ArrayList<>();
        for (int i = 0; i < counts.size() && max != null; i++) {
            int band = i;
            bands.addFirst(new FeaturePage.Band(
                    max * i / counts.size(),
                    max * (i + 1) / counts.size(),
                    counts.get(i),
                    examples.stream()
                            .filter(row -> row.values.getFirst() instanceof Number number && number.intValue() == band)
                            .map(FeaturePages::example)
                            .toList()));
        }
        return bands;
    }

    private static List<FeaturePage.Logit> logits(List<Row> rows, boolean raised) {
        return rows.stream()
                .filter(row -> Objects.equals(row.values.getFirst(), raised))
                .map(row -> new FeaturePage.Logit(row.whole(1), row.text(2), row.number(3)))
                .toList();
    }

    private static FeaturePage.Example example(Row row) {
        return new FeaturePage.Example(
                row.number(1),
                row.whole(2),
                row.whole(3),
                row.whole(4),
                row.whole(5),
                JsonMapper.shared().readValue(row.text(6), TEXTS),
                JsonMapper.shared().readValue(row.text(7), NUMBERS));
    }

    private static FeaturePage.Dose dose(Row row) {
        return new FeaturePage.Dose(
                row.whole(0),
                row.number(1),
                row.maybe(2),
                row.number(3),
                row.maybe(4),
                row.maybe(5),
                row.number(6),
                row.maybe(7));
    }

    /// The columns of a table's row.
    private record Row(List<@Nullable Object> values) {
        int whole(int column) {
            return (int) number(column);
        }

        double number(int column) {
            return Objects.requireNonNull(maybe(column));
        }

        @Nullable
        Double maybe(int column) {
            return values.get(column) instanceof Number number ? number.doubleValue() : null;
        }

        String text(int column) {
            return String.valueOf(values.get(column));
        }
    }

    /// The rows of some latents, by latent.
    private Map<Integer, List<Row>> rows(String columns, String table, int first, int end, String order) {
        Path file = folder.resolve(table);
        String sql = "SELECT " + columns + ", latent FROM read_parquet(" + Query.literal(file) + ") WHERE latent >= "
                + first + " AND latent < " + end + " ORDER BY latent, " + order;
        return Query.run(sql, List.of(file)).rows().stream()
                .map(Row::new)
                .collect(Collectors.groupingBy(row -> row.whole(row.values.size() - 1)));
    }
}

package cutaway.features.pages;

import cutaway.interp.table.Query;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
        if (latent < 0 || latent >= facts.width()) {
            throw new BadInputException(
                    "there is no latent " + latent + " in " + folder + "; expected 0 to " + (facts.width() - 1) + ".");
        }
        Row feature = rows("fired, max, mean, decoder_norm, histogram, bands", Tables.FEATURES, latent, "latent")
                .getFirst();
        @Nullable Double max = feature.maybe(1);
        List<Row> examples = rows(
                "band, activation, document, context, position, focus, tokens, activations",
                Tables.examples(latent / facts.latentsPerFile()),
                latent,
                "rank");
        List<Row> logits = rows("raised, token, text, effect", Tables.LOGITS, latent, "rank");
        List<Row> others = rows("kind, other, cosine, tokens, jaccard, phi", Tables.NEIGHBOURS, latent, "rank");
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
                rows(
                                "example, factor, loss, kl, logit, control_loss, control_kl, control_logit",
                                Tables.DOSE,
                                latent,
                                "example, factor")
                        .stream()
                        .map(FeaturePages::dose)
                        .toList());
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

    private List<Row> rows(String columns, String table, int latent, String order) {
        Path file = folder.resolve(table);
        return Query.run(
                        "SELECT " + columns + " FROM read_parquet(" + Query.literal(file) + ") WHERE latent = " + latent
                                + " ORDER BY " + order,
                        List.of(file))
                .rows()
                .stream()
                .map(Row::new)
                .toList();
    }

    /// The latents that have pages, by number.
    public IntStream latents() {
        return IntStream.range(0, facts.width());
    }
}

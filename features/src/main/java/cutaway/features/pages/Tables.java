package cutaway.features.pages;

import cutaway.interp.table.Table;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The tables of pages: their names and rows. Lists are JSON arrays as text, which `from_json` and `json_extract` of
/// DuckDB read.
final class Tables {

    static final String FEATURES = "features.parquet";
    static final String NEIGHBOURS = "neighbours.parquet";
    static final String LOGITS = "logits.parquet";
    static final String DOSE = "dose.parquet";

    /// Latents of a file of examples: what is written of them lies in memory at once.
    static final int LATENTS_PER_FILE = 2048;

    /// A row of `features`.
    ///
    /// @param fired tokens on which the latent is above 0
    /// @param frequency their share
    /// @param max the greatest activation; null where it never fires
    /// @param mean of the activations above 0
    /// @param decoderNorm norm of its decoder row
    /// @param histogram tokens in equal parts of 0 to max
    /// @param bands tokens in each band
    /// @param stability mean cosine with its partners in the twins; null where there are none
    record Feature(
            int latent,
            int fired,
            double frequency,
            @Nullable Double max,
            @Nullable Double mean,
            double decoderNorm,
            String histogram,
            String bands,
            @Nullable Double stability) {}

    /// A row of `examples`.
    ///
    /// @param band of an example that was drawn, from 0; null for the top ones
    /// @param rank from 1, by activation
    /// @param activation at the token that it is about
    /// @param focus where that token stands among the tokens shown
    /// @param tokens their texts
    /// @param activations of the latent on each
    record Example(
            int latent,
            @Nullable Integer band,
            int rank,
            double activation,
            int document,
            int context,
            int position,
            int focus,
            String tokens,
            String activations) {}

    /// What makes two latents neighbours.
    enum Kind {
        COSINE,
        COACTIVATION
    }

    /// A row of `neighbours`.
    ///
    /// @param cosine of the decoder rows
    /// @param tokens on which both fire
    record Neighbour(
            int latent,
            Kind kind,
            int rank,
            int other,
            @Nullable Double cosine,
            @Nullable Integer tokens,
            @Nullable Double jaccard,
            @Nullable Double phi) {}

    /// A row of `logits`.
    ///
    /// @param raised whether the token is one of those that are raised most; else, that are lowered most
    record Logit(int latent, boolean raised, int rank, int token, String text, double effect) {}

    private Tables() {}

    static String examples(int file) {
        return "examples-%05d.parquet".formatted(file);
    }

    static String json(Object list) {
        return JsonMapper.shared().writeValueAsString(list);
    }

    /// Writes the examples of some latents, each made when it is written.
    ///
    /// @param of the examples of a latent, as yet without texts
    static void write(
            Path folder,
            int file,
            int first,
            int end,
            IntFunction<List<Place>> of,
            IntFunction<String> text,
            StoredCodes codes,
            TokenRows rows,
            PageSettings settings) {
        List<Place> places = new ArrayList<>();
        for (int latent = first; latent < end; latent++) {
            places.addAll(of.apply(latent));
        }
        List<Example> lazily = new AbstractList<>() {
            @Override
            public Example get(int index) {
                return example(places.get(index), text, codes, rows, settings);
            }

            @Override
            public int size() {
                return places.size();
            }
        };
        Table.write(folder.resolve(examples(file)), Example.class, lazily, Map.of());
    }

    /// An example before its text is looked up.
    record Place(int latent, @Nullable Integer band, int rank, int row) {}

    private static Example example(
            Place place, IntFunction<String> text, StoredCodes codes, TokenRows rows, PageSettings settings) {
        int row = place.row;
        int first = rows.first(row, settings.before());
        int last = rows.last(row, settings.after());
        List<String> tokens = new ArrayList<>();
        List<Float> activations = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            tokens.add(text.apply(rows.token(i)));
            activations.add(codes.value(i, place.latent));
        }
        return new Example(
                place.latent,
                place.band,
                place.rank,
                codes.value(row, place.latent),
                rows.document(row),
                rows.context(row),
                rows.position(row),
                row - first,
                json(tokens),
                json(activations));
    }
}

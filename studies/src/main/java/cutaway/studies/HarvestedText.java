package cutaway.studies;

import cutaway.features.store.ActivationStore;
import cutaway.features.store.Batch;
import cutaway.features.store.Harvest;
import cutaway.features.store.HarvestSettings;
import cutaway.features.store.Limits;
import cutaway.features.store.Order;
import cutaway.features.store.Sinks;
import cutaway.features.store.StoreFacts;
import cutaway.features.store.StoredType;
import cutaway.features.store.Texts;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.TemporaryFolder;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/// What a model has at a site over a text: for dictionaries to be trained on, and two more parts of the text to fit and
/// to test what is said of them. The parts follow each other in the text; no context has tokens in two, and no document
/// either where the text has many.
///
/// Left out are special tokens, the first [#SKIPPED] tokens of each context, and attention sinks, which are more than
/// [#SINK] times as long as the median token.
///
/// @param contexts token ids of each context of the text, by number
/// @param byDocument whether the parts are of other documents; else of other contexts
public record HarvestedText(Part train, Part fit, Part test, List<int[]> contexts, boolean byDocument)
        implements AutoCloseable {

    /// Tokens of a context.
    public static final int CONTEXT = 128;

    /// First tokens of a context that are left out.
    public static final int SKIPPED = 8;

    /// How many times as long as the median token a sink is.
    public static final double SINK = 10;

    /// From how many documents on the parts are cut between documents.
    private static final int MANY = 12;

    /// Tokens, in the order of the text.
    ///
    /// @param x `[n, d]` float32
    /// @param earlier what stands at the other sites, one after another, `[n, d of them]` float32; none of one site
    ///     alone
    /// @param ids of the tokens
    /// @param positions of each in its context
    /// @param contexts of each, by number
    public record Part(Tensor x, Optional<Tensor> earlier, int[] ids, int[] positions, int[] contexts) {

        public int size() {
            return ids.length;
        }

        /// The first contexts, as many as have so many tokens or all, by number.
        public int[] firstContexts(int tokens) {
            return IntStream.of(contexts)
                    .distinct()
                    .limit(Math.max(1, tokens / CONTEXT))
                    .toArray();
        }
    }

    /// Harvests a text. Where it has fewer tokens, all parts are smaller in proportion.
    ///
    /// @param train tokens of the first part
    /// @param each of the other two
    /// @param progress is told how far it is, 0 to 1
    /// @throws BadInputException when the model has not the site, or the text is too short for three parts
    public static HarvestedText of(Model model, Texts text, Site site, int train, int each, DoubleConsumer progress) {
        return of(model, text, List.of(site), train, each, progress);
    }

    /// As [#of(Model, Texts, Site, int, int, DoubleConsumer)], of several sites.
    ///
    /// @param sites of one width; the first says which tokens are sinks
    public static HarvestedText of(
            Model model, Texts text, List<Site> sites, int train, int each, DoubleConsumer progress) {
        long wanted = Math.ceilDiv((train + 2L * each) * CONTEXT, CONTEXT - SKIPPED) + 8L * CONTEXT;
        HarvestSettings settings = new HarvestSettings(
                sites,
                wanted,
                Math.min(CONTEXT, model.sizes().context()),
                0,
                Order.DOCUMENT,
                new HarvestSettings.Kept(StoredType.F32, false, true, false));
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Harvest.run(
                    model,
                    new StoreFacts.ModelFacts("", "", ""),
                    text,
                    settings,
                    folder.file("store"),
                    Limits.USUAL,
                    (vectors, all) -> progress.accept(all == 0 ? 0 : (double) vectors / all));
            try (ActivationStore store = ActivationStore.open(folder.file("store"));
                    Scope _ = Scope.open()) {
                List<int[]> contexts = text.contexts(model.tokenizer(), settings.context(), 2 * wanted);
                return parts(Kept.of(store, sites), train, each, contexts);
            }
        }
    }

    /// The tokens that are not left out, with their documents.
    private record Kept(Part all, int[] documents) {

        static Kept of(ActivationStore store, List<Site> sites) {
            List<Tensor> vectors = new ArrayList<>();
            List<int[]> columns = new ArrayList<>(); // id, position, context, document
            for (Batch batch : store.sequences()) {
                int[] positions = batch.positions();
                int[] rows = IntStream.range(0, positions.length)
                        .filter(i -> positions[i] >= SKIPPED)
                        .toArray();
                if (rows.length == 0) {
                    continue;
                }
                vectors.add(Scope.keep(() -> batch.joined(sites).gatherRows(0, index(rows))));
                int[] ids = batch.tokens();
                int[] contexts = batch.contexts();
                int[] documents = batch.documents();
                for (int row : rows) {
                    columns.add(new int[] {ids[row], positions[row], contexts[row], documents[row]});
                }
            }
            if (vectors.isEmpty()) {
                throw new BadInputException("no context of the text has more than " + SKIPPED
                        + " tokens, which are left out of each; give a longer text.");
            }
            Tensor joined = Tensor.cat(vectors, 0);
            vectors.forEach(Tensor::close); // as much again
            Tensor x = joined.slice(1, 0, joined.dim(1) / sites.size()); // sites of one width
            double[] norms = x.norms(1).toDoubles();
            double longest = Sinks.limit(norms, SINK);
            int[] rows = IntStream.range(0, norms.length)
                    .filter(i -> norms[i] <= longest)
                    .toArray();
            return new Kept(
                    new Part(
                            x.gatherRows(0, index(rows)),
                            sites.size() == 1
                                    ? Optional.empty()
                                    : Optional.of(joined.slice(1, x.dim(1), joined.dim(1))
                                            .gatherRows(0, index(rows))),
                            column(columns, rows, 0),
                            column(columns, rows, 1),
                            column(columns, rows, 2)),
                    column(columns, rows, 3));
        }

        private static int[] column(List<int[]> columns, int[] rows, int which) {
            return IntStream.of(rows).map(row -> columns.get(row)[which]).toArray();
        }
    }

    private static Tensor index(int[] rows) {
        return Tensor.of(Arrays.stream(rows).asLongStream().toArray(), rows.length);
    }

    private static HarvestedText parts(Kept kept, int train, int each, List<int[]> contexts) {
        int n = kept.all.size();
        double share = Math.min(1, n / (train + 2.0 * each));
        int[] planned = {(int) (share * train), (int) (share * (train + each)), (int) (share * (train + 2.0 * each))};
        boolean many = IntStream.of(kept.documents).distinct().count() >= MANY;
        int[] cuts = cuts(planned, many ? kept.documents : kept.all.contexts);
        boolean byDocument = many && isCut(cuts);
        if (many && !byDocument) {
            cuts = cuts(planned, kept.all.contexts);
        }
        if (!isCut(cuts)) {
            throw new BadInputException(
                    "the text has " + n + " tokens that count, too few contexts for three parts; give a longer text.");
        }
        return new HarvestedText(
                part(kept.all, 0, cuts[0]),
                part(kept.all, cuts[0], cuts[1]),
                part(kept.all, cuts[1], cuts[2]),
                contexts,
                byDocument);
    }

    private static boolean isCut(int[] cuts) {
        return 0 < cuts[0] && cuts[0] < cuts[1] && cuts[1] < cuts[2];
    }

    /// The planned ends, each moved on to where a key changes.
    private static int[] cuts(int[] planned, int[] keys) {
        return IntStream.of(planned)
                .map(end -> {
                    int at = end;
                    while (0 < at && at < keys.length && keys[at] == keys[at - 1]) {
                        at++;
                    }
                    return at;
                })
                .toArray();
    }

    private static Part part(Part all, int from, int to) {
        return new Part(
                Scope.detach(all.x.slice(0, from, to).copy()),
                all.earlier.map(of -> Scope.detach(of.slice(0, from, to).copy())),
                Arrays.copyOfRange(all.ids, from, to),
                Arrays.copyOfRange(all.positions, from, to),
                Arrays.copyOfRange(all.contexts, from, to));
    }

    @Override
    public void close() {
        List.of(train, fit, test).forEach(part -> {
            part.x.close();
            part.earlier.ifPresent(Tensor::close);
        });
    }
}

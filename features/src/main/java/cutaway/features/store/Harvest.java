package cutaway.features.store;

import cutaway.features.store.StoreFacts.Contents;
import cutaway.features.store.StoreFacts.End;
import cutaway.features.store.StoreFacts.ModelFacts;
import cutaway.interp.table.Table;
import cutaway.model.Model;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.ProcessMemory;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Harvests the activations of a model's sites over a text into a store on disk.
///
///     Harvest.run(model, facts, Texts.of(places, "text"), HarvestSettings.of(site), out, Limits.USUAL, progress);
///
/// Contexts go through the model a [Window] at a time. What is kept of them fills a [ShardBuffer], which is written
/// when it is full. `store.json` says after each shard how far the harvest is, so that after an interruption the
/// same command goes on from the last whole shard, and makes the same bytes as if it had never stopped.
public final class Harvest {

    /// Told how far a harvest is.
    public interface Progress {

        /// Says nothing.
        Progress NONE = (vectors, wanted) -> {};

        /// @param vectors of each site that the store has
        /// @param wanted how many it will have; `Long.MAX_VALUE` for as many as the text gives
        void harvested(long vectors, long wanted);

        /// Called when the harvest goes on after this many vectors.
        default void resumed(long vectors) {}
    }

    private final SitePass pass;
    private final HarvestSettings settings;
    private final Tokenizer tokenizer;
    private final StoreFacts start;
    private final long most;
    private final Progress progress;
    private final TokenDigest digest = new TokenDigest();
    private final BitSet seenTokens = new BitSet();
    private final SpecialTokens special;

    private double[] longest;
    private @Nullable Piece pending; // read, and for the next window
    private long contexts; // taken from the text
    private long lastDocument = -1;

    private Harvest(Model model, SitePass pass, StoreFacts start, long most, Progress progress) {
        this.pass = pass;
        this.settings = start.settings();
        this.tokenizer = model.tokenizer();
        this.start = start;
        this.most = most;
        this.progress = progress;
        this.special = new SpecialTokens(tokenizer);
        this.longest = start.contents().longest().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /// Harvests, or goes on with a harvest that was interrupted.
    ///
    /// @param facts of the model, to stand in the store
    /// @param out the store's folder: one that is not there or empty, or that the same harvest left unfinished
    /// @return what the store says of itself
    /// @throws BadInputException when a site is not in the model, the text is damaged or has no tokens, another
    ///     store is there, a vector is not finite, or there is no room
    public static StoreFacts run(
            Model model,
            ModelFacts facts,
            Texts texts,
            HarvestSettings settings,
            Path out,
            Limits limits,
            Progress progress) {
        if (settings.context() > model.sizes().context()) {
            throw new BadInputException("contexts of " + settings.context() + " tokens are longer than the model's "
                    + model.sizes().context() + "; shorten --context.");
        }
        SitePass pass = new SitePass(model, settings.sites(), settings.kept().loss());
        List<String> names = texts.files().stream().map(Path::toString).toList();
        StoreFolder folder = new StoreFolder(out);
        StoreFacts start = folder.begun()
                .map(begun -> same(begun, facts, settings, out))
                .orElseGet(() -> {
                    Contents none =
                            new Contents(List.of(), 0, 0, List.of(), new TokenDigest().hex(), 0, 0, End.NOT_YET);
                    return new StoreFacts(
                            StoreFacts.FORMAT, facts, settings, limits.layout(pass, settings), names, none);
                });
        if (start.end() != End.NOT_YET) {
            return start;
        }
        if (start.vectors() > 0) {
            progress.resumed(start.vectors());
        }
        long most = limits.most(settings, start.layout().widths());
        folder.checkRoom(settings.tokens() == 0 ? 0 : most - start.vectors(), start);
        ProcessMemory.keepFreed();
        try (Pieces pieces = new Pieces(texts, model.tokenizer(), settings.context());
                ShardWriter writer = new ShardWriter(folder, start)) {
            return new Harvest(model, pass, start, most, progress).run(pieces, writer, out);
        }
    }

    private static StoreFacts same(StoreFacts begun, ModelFacts facts, HarvestSettings settings, Path out) {
        String differs = !begun.model().sha256().equals(facts.sha256())
                        || !begun.model().dtype().equals(facts.dtype())
                ? "of the model " + begun.model().name() + " in "
                        + begun.model().dtype()
                : !begun.settings().equals(settings) ? "with other settings (" + begun.settings() + ")" : "";
        if (!differs.isEmpty()) {
            throw new BadInputException(
                    out + " holds a store " + differs + "; give --out another folder, or the command that began it.");
        }
        return begun;
    }

    private StoreFacts run(Pieces pieces, ShardWriter writer, Path out) {
        skip(pieces, start.contents().pass(), out);
        int skipRows = start.contents().rows();
        End end = End.NOT_YET;
        while (end == End.NOT_YET) {
            List<Piece> window = window(pieces);
            if (window.isEmpty()) {
                end = End.TEXT;
            } else {
                harvest(window, skipRows, writer);
                skipRows = 0;
                window.forEach(this::passed);
                progress.harvested(writer.vectors(), most);
                end = writer.vectors() < most ? End.NOT_YET : settings.tokens() == most ? End.TOKENS : End.SIZE;
            }
        }
        if (writer.vectors() == 0) {
            throw new BadInputException("the text has no tokens to harvest: "
                    + (contexts == 0 ? "it is empty" : "all that it has are special tokens or attention sinks")
                    + "; give another text.");
        }
        long documents = end == End.TEXT ? pieces.documents().size() : lastDocument + 1;
        return writer.finish(state(writer, contexts, 0, documents, end), () -> writeNames(pieces, documents, out));
    }

    /// Passes over what is harvested already.
    private void skip(Pieces pieces, long count, Path out) {
        for (long i = 0; i < count; i++) {
            Piece piece = pieces.next();
            if (piece == null) {
                break;
            }
            passed(piece);
        }
        if (!digest.hex().equals(start.contents().tokensSha256())) {
            throw new BadInputException("the text is not what " + out
                    + " was begun with, so its harvest cannot go on; give that text, or --out another folder.");
        }
    }

    private void passed(Piece piece) {
        digest.add(piece.ids());
        contexts++;
        lastDocument = piece.document();
        Arrays.stream(piece.ids()).forEach(seenTokens::set);
    }

    private List<Piece> window(Pieces pieces) {
        List<Piece> window = new ArrayList<>();
        int tokens = 0;
        Piece next = pending == null ? pieces.next() : pending;
        while (next != null
                && (window.isEmpty()
                        || tokens + next.ids().length <= start.layout().batchTokens())) {
            window.add(next);
            tokens += next.ids().length;
            next = pieces.next();
        }
        pending = next;
        return window;
    }

    /// @param skipRows vectors of this window that are in a shard already
    private void harvest(List<Piece> pieces, int skipRows, ShardWriter writer) {
        try (Scope scope = Scope.open()) {
            Window window = Window.of(pieces, settings.context());
            SitePass.Values values = pass.run(window);
            List<float[]> norms = values.vectors().stream().map(Harvest::norms).toList();
            if (!settings.kept().sinks() && longest.length == 0) {
                longest = sinkNorms(window, norms);
            }
            List<MemorySegment> stored = new ArrayList<>();
            for (int site = 0; site < norms.size(); site++) {
                stored.add(ShardBuffer.stored(
                        values.vectors().get(site),
                        settings.kept().type(),
                        settings.sites().get(site)));
            }
            add(window, new ShardBuffer.Stored(stored, norms, values.loss()), skipRows, writer);
        }
    }

    private static float[] norms(Tensor vectors) {
        return Scope.free(() -> vectors.square().sum(1, false).sqrt().toFloats());
    }

    private void add(Window window, ShardBuffer.Stored stored, int skipRows, ShardWriter writer) {
        int row = 0; // among those of this window that are kept
        for (int i = 0; i < window.pieces().size() && writer.vectors() < most; i++) {
            Piece piece = window.pieces().get(i);
            int[] kept = kept(window, i, stored.norms());
            if (settings.order() == Order.DOCUMENT && kept.length > writer.room() && row >= skipRows) {
                writer.endShard(state(writer, contexts, row, piece.document() + 1L, End.NOT_YET));
            }
            for (int position : kept) {
                if (row++ < skipRows) {
                    continue;
                }
                if (writer.vectors() == most) {
                    break;
                }
                if (writer.room() == 0) {
                    writer.endShard(state(writer, contexts, row - 1, piece.document() + 1L, End.NOT_YET));
                }
                int place = window.place(i, position);
                writer.add(
                        stored,
                        place,
                        piece.ids()[position],
                        position,
                        piece.document(),
                        Math.toIntExact(contexts + i));
            }
        }
    }

    /// Positions of a context whose vectors are kept.
    private int[] kept(Window window, int piece, List<float[]> norms) {
        int[] ids = window.pieces().get(piece).ids();
        int[] kept = new int[ids.length];
        int count = 0;
        for (int position = 0; position < ids.length; position++) {
            if (!settings.kept().special() && special.has(ids[position])) {
                continue;
            }
            int place = window.place(piece, position);
            boolean sink = false;
            for (int site = 0; site < norms.size(); site++) {
                float norm = norms.get(site)[place];
                if (!Float.isFinite(norm)) {
                    throw new BadInputException(settings.sites().get(site).text()
                            + " is not finite at token " + position + " of the context " + (contexts + piece)
                            + "; compute the model in float32, or leave that text out.");
                }
                sink |= longest.length > 0 && norm > longest[site];
            }
            if (!sink) {
                kept[count++] = position;
            }
        }
        return Arrays.copyOf(kept, count);
    }

    private double[] sinkNorms(Window window, List<float[]> norms) {
        double[] found = new double[norms.size()];
        for (int site = 0; site < found.length; site++) {
            float[] of = norms.get(site);
            double[] counted = new double[of.length];
            int count = 0;
            for (int i = 0; i < window.pieces().size(); i++) {
                int[] ids = window.pieces().get(i).ids();
                for (int position = 0; position < ids.length; position++) {
                    if (!special.has(ids[position])) {
                        counted[count++] = of[window.place(i, position)];
                    }
                }
            }
            found[site] = Sinks.limit(Arrays.copyOf(counted, count));
        }
        return found;
    }

    private Contents state(ShardWriter writer, long passStart, int rows, long documents, End end) {
        return new Contents(
                writer.shards(),
                end == End.NOT_YET ? passStart : contexts,
                documents,
                Arrays.stream(longest).boxed().toList(),
                digest.hex(),
                passStart,
                rows,
                end);
    }

    /// A row of `documents.parquet`.
    private record DocumentRow(int document, String file, long place) {}

    /// A row of `vocabulary.parquet`.
    private record TokenRow(int token, String text) {}

    private void writeNames(Pieces pieces, long documents, Path out) {
        List<DocumentRow> rows = new ArrayList<>();
        for (int i = 0; i < documents; i++) {
            Pieces.Source source = pieces.documents().get(i);
            rows.add(new DocumentRow(i, source.file().toString(), source.place()));
        }
        Table.write(out.resolve("documents.parquet"), DocumentRow.class, rows, Map.of());
        List<TokenRow> tokens = seenTokens.stream()
                .mapToObj(id -> new TokenRow(id, tokenizer.token(id)))
                .toList();
        Table.write(out.resolve("vocabulary.parquet"), TokenRow.class, tokens, Map.of());
    }
}

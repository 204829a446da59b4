package cutaway.features.store;

import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a store says of itself, in its `store.json`.
///
/// @param format 1; a reader refuses what it does not know
/// @param texts where the text came from
public record StoreFacts(
        int format, ModelFacts model, HarvestSettings settings, Layout layout, List<String> texts, Contents contents) {

    static final String FILE = "store.json";

    static final int FORMAT = 1;

    private static final JsonMapper JSON = JsonMapper.shared();

    /// The model that made the vectors.
    ///
    /// @param name as its users call it
    /// @param sha256 of its files
    /// @param dtype that it was computed in, such as `float32`
    public record ModelFacts(String name, String sha256, String dtype) {}

    /// How the store is cut.
    ///
    /// @param widths numbers of a vector, by site
    /// @param batchTokens tokens that go through the model together, at most
    /// @param shardRows vectors of each site in a shard, at most
    record Layout(List<Integer> widths, int batchTokens, int shardRows) {
        Layout {
            widths = List.copyOf(widths);
        }
    }

    /// What it holds so far.
    ///
    /// @param shards vectors of each shard
    /// @param contexts of the text that were harvested
    /// @param documents of the text that were begun
    /// @param longest by site, the longest vector that is no attention sink; empty where sinks are kept
    /// @param tokensSha256 over the ids of all tokens that went through the model before the pass that gave the
    ///     last shard its last vectors, 32-bit little endian
    /// @param pass that pass's first context
    /// @param rows of that pass that are in a shard
    /// @param end why it ended
    record Contents(
            List<Integer> shards,
            long contexts,
            long documents,
            List<Double> longest,
            String tokensSha256,
            long pass,
            int rows,
            End end) {
        Contents {
            shards = List.copyOf(shards);
            longest = List.copyOf(longest);
        }

        long vectors() {
            return shards.stream().mapToLong(Integer::longValue).sum();
        }
    }

    /// Why a harvest ended.
    public enum End {
        /// It has not: the same command goes on with it.
        NOT_YET,
        /// It has as many vectors as were asked for.
        TOKENS,
        /// The text was at its end.
        TEXT,
        /// It may not take more room on the disk.
        SIZE
    }

    public StoreFacts {
        texts = List.copyOf(texts);
    }

    /// Vectors of each site.
    public long vectors() {
        return contents.vectors();
    }

    /// What decides its contents, as text: two stores with the same have the same vectors in the same order.
    public String identity() {
        return JSON.writeValueAsString(List.of(model, settings, layout, texts, contents));
    }

    /// Whether it is finished, and why.
    public End end() {
        return contents.end;
    }

    StoreFacts with(Contents other) {
        return new StoreFacts(format, model, settings, layout, texts, other);
    }

    /// @throws BadInputException when the folder holds no store
    static StoreFacts read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(
                    folder + " is no store of activations: it holds no " + FILE + "; make one with cutaway harvest.");
        }
        StoreFacts facts;
        try {
            facts = JSON.readValue(Files.readString(file), StoreFacts.class);
        } catch (JacksonException | IOException | BadInputException e) {
            throw new BadInputException(
                    file + " is no description of a store ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                            + "); harvest again into another folder.",
                    e);
        }
        if (facts == null || facts.format != FORMAT) {
            throw new BadInputException(file + " has the format " + (facts == null ? "null" : facts.format)
                    + "; this version of Cutaway reads " + FORMAT + ".");
        }
        return facts;
    }

    void write(Path folder) throws IOException {
        WholeFile.write(
                folder.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }

    /// The shard's vectors, and the ids of their tokens.
    static Path vectors(Path folder, int shard) {
        return folder.resolve("vectors-%05d.safetensors".formatted(shard));
    }

    /// The same ids, and scalars, as a table.
    static Path tokens(Path folder, int shard) {
        return folder.resolve("tokens-%05d.parquet".formatted(shard));
    }

    /// The column of a site's norms: `norm_15_resid_post`.
    static String normColumn(Site site) {
        String name = site.text().replaceFirst("^blocks\\.", "").replace("hook_", "");
        return "norm_" + name.replaceAll("\\W+", "_").replaceFirst("_$", "");
    }
}

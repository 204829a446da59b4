package cutaway.cli.bench;

import cutaway.features.store.Harvest;
import cutaway.features.store.HarvestSettings;
import cutaway.features.store.Limits;
import cutaway.features.store.Order;
import cutaway.features.store.StoreFacts.ModelFacts;
import cutaway.features.store.StoredType;
import cutaway.features.store.Texts;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Text whose activations are harvested: the project's own documents and sources, so that nothing has to be
/// downloaded. Cutaway reads it; rivals get the contexts that Cutaway cuts it into.
record BenchText(Path file) {

    static final int CONTEXT = 128;

    /// Every vector of a context, so that rivals, which leave none out, have the same.
    private static final HarvestSettings.Kept ALL = new HarvestSettings.Kept(StoredType.F32, true, true, false);

    /// @param home the project's folder
    /// @param folder to keep it in
    static BenchText of(Path home, Path folder) {
        Path file = folder.resolve("text.txt");
        if (!Files.exists(file)) {
            try {
                Files.createDirectories(folder);
                Path partial = folder.resolve("text.partial");
                Files.deleteIfExists(partial);
                for (Path source : sources(home)) {
                    Files.writeString(
                            partial,
                            Files.readString(source) + "\n",
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                }
                Files.move(partial, file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new BenchText(file);
    }

    private static List<Path> sources(Path home) throws IOException {
        try (Stream<Path> documents = Files.walk(home.resolve("docs"));
                Stream<Path> sources = Files.walk(home.resolve("features/src"))) {
            return Stream.concat(
                            documents.filter(path -> path.toString().endsWith(".md")),
                            sources.filter(path -> path.toString().endsWith(".java")))
                    .sorted()
                    .toList();
        }
    }

    private Texts texts() {
        return Texts.of(List.of(file), "text");
    }

    /// Writes the first contexts, `contexts` `[n, pos]` int64, where a rival finds them.
    ///
    /// @param tokens of all, a multiple of [#CONTEXT]
    void writeContexts(Tokenizer tokenizer, int tokens, Path to) {
        List<int[]> contexts = texts().contexts(tokenizer, CONTEXT, tokens);
        if (contexts.size() * CONTEXT != tokens || contexts.stream().anyMatch(ids -> ids.length != CONTEXT)) {
            throw new BadInputException(file + " has too few tokens for " + tokens + "; remove it, so that it is"
                    + " written anew, or measure less.");
        }
        long[] ids =
                contexts.stream().flatMapToInt(IntStream::of).asLongStream().toArray();
        Scope.free(() -> {
            LinkedHashMap<String, Tensor> named = new LinkedHashMap<>();
            named.put("contexts", Tensor.of(ids, contexts.size(), CONTEXT));
            TensorFile.write(to, named, Map.of());
            return 0;
        });
    }

    /// Harvests sites over the first tokens.
    ///
    /// @param facts of the model
    void harvest(Model model, ModelFacts facts, List<Site> sites, int tokens, Order order, Path out) {
        var _ = Harvest.run(
                model,
                facts,
                texts(),
                new HarvestSettings(sites, tokens, CONTEXT, 0, order, ALL),
                out,
                Limits.USUAL,
                Harvest.Progress.NONE);
    }

    static ModelFacts facts(Model model) {
        return new ModelFacts("bench", model.sha256(), "float32");
    }
}

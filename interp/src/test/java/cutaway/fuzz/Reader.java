package cutaway.fuzz;

import cutaway.interp.TinyModel;
import cutaway.interp.check.GoldenReading;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Json;
import cutaway.interp.run.Runs;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.gguf.GgufFile;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.Scope;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Everything of Cutaway that reads a file which strangers wrote.
///
/// What opens is used too: a lying shape may show only there.
enum Reader {
    GGUF,
    GGUF_SHARDS,
    SAFETENSORS_FILE,
    SAFETENSORS_FOLDER,
    CONFIG,
    INDEX,
    TOKENIZER,
    EDITS,
    GOLDEN;

    private static final String TEXT = "ab 12\n a\u0301 \u00e9\ud83d\ude00<s>[CLS]<unk>";

    /// A valid file, and what must lie beside it to be opened.
    ///
    /// @param open what to open: the file or a folder around it
    record Seed(Path file, Path open) {}

    /// Puts copies of valid files into folders of their own.
    List<Seed> seeds(Path work) throws IOException {
        Path made = Files.createDirectories(work.resolve("made"));
        return switch (this) {
            case GGUF -> {
                List<Path> files = new ArrayList<>(Seeds.files("model\\.gguf|written\\.gguf", "converted", "cutaway"));
                files.add(Seeds.withTokenizer(made));
                files.add(files.getLast()); // the tokenizer has metadata of its own: twice the chance
                yield copies(files, work, false);
            }
            case GGUF_SHARDS -> {
                List<Path> shards = Seeds.shards(made);
                yield shards.stream()
                        .map(shard -> new Seed(shard, shards.getFirst()))
                        .toList();
            }
            case SAFETENSORS_FILE -> copies(Seeds.files(".*\\.safetensors", "differential", "cutaway"), work, false);
            case SAFETENSORS_FOLDER -> copies(Seeds.files("model.*\\.safetensors", "differential"), work, true);
            case CONFIG -> copies(Seeds.files("config\\.json", "differential", "golden"), work, true);
            case INDEX -> copies(Seeds.files("model\\.safetensors\\.index\\.json", "differential"), work, true);
            case TOKENIZER -> {
                List<Path> files = new ArrayList<>(Seeds.files("tokenizer(_config)?\\.json", "cutaway"));
                files.add(Seeds.unigram(made.resolve("unigram")));
                files.add(Seeds.parts(made.resolve("parts")));
                yield copies(files, work, true);
            }
            case EDITS -> List.of(new Seed(Seeds.edits(made), made));
            case GOLDEN -> copies(Seeds.files("golden\\.safetensors", "differential", "golden/llama"), work, true);
        };
    }

    private static List<Seed> copies(List<Path> files, Path work, boolean wholeFolder) throws IOException {
        List<Seed> seeds = new ArrayList<>();
        for (Path file : files) {
            Path folder = Files.createDirectories(work.resolve("seed-" + seeds.size()));
            try (Stream<Path> beside = wholeFolder ? Files.list(file.getParent()) : Stream.of(file)) {
                for (Path one : beside.filter(Files::isRegularFile).toList()) {
                    Files.copy(one, folder.resolve(one.getFileName()));
                }
            }
            Path copy = folder.resolve(file.getFileName());
            seeds.add(new Seed(copy, wholeFolder ? folder : copy));
        }
        return seeds;
    }

    /// Opens the seed's file, which was damaged, and uses what it gives.
    void read(Seed seed, Models models) {
        switch (this) {
            case GGUF, GGUF_SHARDS -> {
                try (GgufFile file = GgufFile.open(seed.open)) {
                    file.metadata().keys().forEach(file.metadata()::value);
                    if (file.metadata().has("tokenizer.ggml.model")) {
                        try (Tokenizer tokenizer = Tokenizer.of(file)) {
                            use(tokenizer);
                        }
                    }
                }
                use(seed.open);
            }
            case SAFETENSORS_FILE -> {
                try (SafetensorsFile file = SafetensorsFile.open(seed.file);
                        Scope scope = Scope.open()) {
                    TensorFile.readAll(file);
                }
            }
            case SAFETENSORS_FOLDER, CONFIG, INDEX -> use(seed.open);
            case TOKENIZER -> {
                try (Tokenizer tokenizer = Tokenizer.ofJson(seed.open)) {
                    use(tokenizer);
                }
            }
            case EDITS -> {
                List<Edit> edits = Json.editsIn(seed.file);
                Runs.run(models.golden("llama"), Batch.of(1, 2, 3, 4), edits, List.of())
                        .close();
            }
            case GOLDEN -> GoldenReading.compare(models.at(seed.open), seed.file);
        }
    }

    private static void use(Path path) {
        try (Model model = Model.open(path);
                Scope scope = Scope.open()) {
            int length =
                    Math.min(Math.min(5, model.sizes().context()), model.sizes().vocab());
            model.logits(IntStream.range(0, length).toArray()).toFloats();
        }
    }

    private static void use(Tokenizer tokenizer) {
        int[] ids = tokenizer.encode(TEXT).ids();
        tokenizer.encode(TEXT, false);
        tokenizer.decode(ids, true);
        tokenizer.token(tokenizer.vocabSize() - 1);
        tokenizer.before();
        tokenizer.idOf("a");
    }

    /// Models that stay open, as nothing in their own files is damaged.
    static final class Models {

        private final Map<Path, Model> open = new HashMap<>();

        Model at(Path path) {
            return open.computeIfAbsent(path, Model::open);
        }

        Model golden(String name) {
            return open.computeIfAbsent(Path.of(name), any -> TinyModel.open(name));
        }
    }
}

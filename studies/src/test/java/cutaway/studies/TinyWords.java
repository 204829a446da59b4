package cutaway.studies;

import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// A random model (3 blocks, dModel 32) whose tokenizer has the words `w0` to `w96`. The embedding of `w50` is made a
/// thousand times as long, which makes a sink of it.
public final class TinyWords {

    public static final int SINK = 50;

    private static final Path GOLDEN = Path.of("../model/src/test/resources/golden/llama");

    private TinyWords() {}

    /// @param folder that its files are put into
    public static Model model(Path folder) throws IOException {
        Path to = Files.createDirectories(folder.resolve("llama"));
        Files.copy(GOLDEN.resolve("config.json"), to.resolve("config.json"));
        try (SafetensorsFile file = SafetensorsFile.open(GOLDEN.resolve("model.safetensors"));
                Scope _ = Scope.open()) {
            LinkedHashMap<String, Tensor> tensors = TensorFile.readAll(file);
            tensors.replaceAll((name, tensor) -> name.endsWith("embed_tokens.weight") ? withSink(tensor) : tensor);
            TensorFile.write(to.resolve("model.safetensors"), tensors, Map.of());
        }
        var words = new TreeMap<String, Integer>();
        IntStream.range(0, 97).forEach(id -> words.put("w" + id, id));
        Files.writeString(
                to.resolve("tokenizer.json"), """
                    {"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "added_tokens": [],
                     "pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": null, "post_processor": null,
                     "model": {"type": "WordLevel", "unk_token": "w0", "vocab": %s}}
                    """.formatted(JsonMapper.shared().writeValueAsString(words)));
        return Model.open(to);
    }

    private static Tensor withSink(Tensor embedding) {
        return Tensor.cat(
                List.of(
                        embedding.slice(0, 0, SINK),
                        embedding.slice(0, SINK, SINK + 1).times(1000),
                        embedding.slice(0, SINK + 1, embedding.dim(0))),
                0);
    }

    /// Words 3 to 96, drawn.
    public static String text(long seed, int count) {
        return new Random(seed).ints(count, 3, 97).mapToObj(id -> "w" + id).collect(Collectors.joining(" "));
    }
}

package cutaway.features.store;

import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// Random models (3 layers, 4 heads, dModel 32, vocab 97) with a tokenizer whose words are `w3` to `w96`, and texts in
/// those words: what the tokens of a text must be is plain.
public final class Words {

    public static final int BOS = 1;
    static final int EOS = 2;

    private static final Path GOLDEN = Path.of("../model/src/test/resources/golden");

    private Words() {}

    /// A model's folder, with `<s>` before each text.
    ///
    /// @param family a golden folder, such as `llama`
    public static Path model(Path to, String family) {
        return model(to, family, false, UnaryOperator.identity());
    }

    /// @param after whether the recipe puts `</s>` behind each text
    /// @param change what is made of the embedding of tokens, `[97, 32]`
    static Path model(Path to, String family, boolean after, UnaryOperator<Tensor> change) {
        try {
            Path folder = Files.createDirectories(to.resolve(family));
            Files.copy(GOLDEN.resolve(family).resolve("config.json"), folder.resolve("config.json"));
            try (SafetensorsFile file =
                            SafetensorsFile.open(GOLDEN.resolve(family).resolve("model.safetensors"));
                    Scope scope = Scope.open()) {
                LinkedHashMap<String, Tensor> tensors = TensorFile.readAll(file);
                tensors.replaceAll(
                        (name, tensor) -> name.endsWith("embed_tokens.weight") ? change.apply(tensor) : tensor);
                TensorFile.write(folder.resolve("model.safetensors"), tensors, Map.of());
            }
            Files.writeString(folder.resolve("tokenizer.json"), tokenizer(after));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tokenizer(boolean after) {
        var words = new TreeMap<String, Integer>();
        IntStream.range(0, 97).forEach(id -> words.put("w" + id, id));
        words.remove("w" + BOS);
        words.remove("w" + EOS);
        words.put("<s>", BOS);
        words.put("</s>", EOS);
        String end = after ? ", {\"SpecialToken\": {\"id\": \"</s>\", \"type_id\": 0}}" : "";
        return """
            {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
             "added_tokens": [
               {"id": 1, "content": "<s>", "special": true, "normalized": false, "single_word": false, "lstrip": false, "rstrip": false},
               {"id": 2, "content": "</s>", "special": true, "normalized": false, "single_word": false, "lstrip": false, "rstrip": false}],
             "pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": null,
             "post_processor": {"type": "TemplateProcessing",
               "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}%s],
               "pair": [],
               "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]},
                                  "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
             "model": {"type": "WordLevel", "unk_token": "w0", "vocab": %s}}
            """.formatted(end, JsonMapper.shared().writeValueAsString(words));
    }

    /// Words 3 to 96, drawn.
    public static int[] draw(long seed, int count) {
        return new java.util.Random(seed).ints(count, 3, 97).toArray();
    }

    public static String text(int... words) {
        return IntStream.of(words).mapToObj(word -> "w" + word).collect(Collectors.joining(" "));
    }

    /// JSON lines, a document each.
    public static Path lines(Path file, List<int[]> documents) {
        try {
            return Files.writeString(
                    file,
                    documents.stream()
                            .map(document -> "{\"text\": \"" + text(document) + "\"}\n")
                            .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The contexts that documents are to be cut into: BOS and `room` words at most.
    static List<int[]> contexts(List<int[]> documents, int room, boolean after) {
        List<int[]> contexts = new ArrayList<>();
        for (int[] document : documents) {
            for (int from = 0; from < document.length; from += room) {
                IntStream words = IntStream.range(from, Math.min(document.length, from + room))
                        .map(i -> document[i]);
                IntStream begun = IntStream.concat(IntStream.of(BOS), words);
                contexts.add((after ? IntStream.concat(begun, IntStream.of(EOS)) : begun).toArray());
            }
        }
        return contexts;
    }

    public static StoreFacts.ModelFacts facts(Model model) {
        return new StoreFacts.ModelFacts("tiny", model.sha256(), "float32");
    }

    /// The least that a harvest takes, which gives shards of 256 vectors and passes of one context.
    static Limits least(Model model, HarvestSettings settings) {
        SitePass pass = new SitePass(model, settings.sites(), settings.kept().loss());
        long tooLittle = 0;
        long enough = 1_000_000_000;
        while (enough - tooLittle > 1) {
            long memory = (tooLittle + enough) / 2;
            try {
                new Limits(memory, Long.MAX_VALUE).layout(pass, settings);
                enough = memory;
            } catch (BadInputException e) {
                tooLittle = memory;
            }
        }
        return new Limits(enough, Long.MAX_VALUE);
    }
}

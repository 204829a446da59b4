package cutaway.studies.additionhelix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.geometry.LabelFeatures;
import cutaway.lab.Lab;
import cutaway.model.Model;
import cutaway.studies.Figure;
import cutaway.studies.Shipped;
import cutaway.studies.Size;
import cutaway.studies.StudyRun;
import cutaway.tensor.Random;
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
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class LanguageModelsTest {

    private static final Path GOLDEN = Path.of("../model/src/test/resources/golden/bert");
    private static final int WORDS = 95; // of the model's 97 tokens; numbers above are read as 0

    @TempDir
    private Path folder;

    private static StudyRun run(StudyRun.Host host) {
        return new StudyRun(new AdditionHelix(), Size.QUICK, 1, Map.of(), host);
    }

    /// A small BERT whose words 0 to 94 lie on a helix, or anywhere.
    private Path bert(boolean isHelix) throws IOException {
        Path to = Files.createDirectories(folder.resolve(isHelix ? "helix" : "none"));
        Files.copy(GOLDEN.resolve("config.json"), to.resolve("config.json"));
        double[] numbers = IntStream.range(0, WORDS).asDoubleStream().toArray();
        LabelFeatures helix = new LabelFeatures.Fourier(List.of(10.0, 5.0, 50.0), false);
        try (SafetensorsFile file = SafetensorsFile.open(GOLDEN.resolve("model.safetensors"));
                Scope _ = Scope.open()) {
            LinkedHashMap<String, Tensor> tensors = TensorFile.readAll(file);
            Random random = new Random(4);
            tensors.replaceAll((name, tensor) -> {
                if (!name.endsWith("word_embeddings.weight")) {
                    return tensor;
                }
                Tensor drawn = random.normal(WORDS, 32);
                Tensor on = Tensor.of(LabelFeatures.rows(helix.over(numbers), numbers), WORDS, helix.count())
                        .to(drawn.dtype())
                        .matmul(random.normal(helix.count(), 32));
                return Tensor.cat(List.of(isHelix ? on : drawn, tensor.slice(0, WORDS, tensor.dim(0))), 0);
            });
            TensorFile.write(to.resolve("model.safetensors"), tensors, Map.of());
        }
        Map<String, Integer> words = new TreeMap<>(Map.of("[CLS]", WORDS, "[SEP]", WORDS + 1));
        IntStream.range(0, WORDS).forEach(id -> words.put(Integer.toString(id), id));
        String mark = "{\"SpecialToken\": {\"id\": \"%s\", \"type_id\": 0}}";
        String special = "\"%1$s\": {\"id\": \"%1$s\", \"ids\": [%2$d], \"tokens\": [\"%1$s\"]}";
        Files.writeString(to.resolve("tokenizer.json"), """
            {"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "added_tokens": [],
             "pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": null,
             "post_processor": {"type": "TemplateProcessing",
                "single": [%s, {"Sequence": {"id": "A", "type_id": 0}}, %s], "pair": [],
                "special_tokens": {%s, %s}},
             "model": {"type": "WordLevel", "unk_token": "0", "vocab": %s}}
            """.formatted(
                        mark.formatted("[CLS]"),
                        mark.formatted("[SEP]"),
                        special.formatted("[CLS]", WORDS),
                        special.formatted("[SEP]", WORDS + 1),
                        JsonMapper.shared().writeValueAsString(words)));
        return to;
    }

    private static Figure.Curves pieces(Path bert) {
        LanguageModels.Reported found = LanguageModels.report(
                run(new StudyRun.Host() {
                    @Override
                    public void tell(String what, double done) {}

                    @Override
                    public Model model() {
                        throw new IllegalStateException("nobody said that there is one");
                    }

                    @Override
                    public Optional<Path> modelHere(String name) {
                        return name.equals("bert-base-uncased") ? Optional.of(bert) : Optional.empty();
                    }
                }),
                60);
        assertEquals(2, found.notes().size());
        return (Figure.Curves) found.figures().getFirst().plot();
    }

    /// Word pieces on a helix are told by it after every block, and those that lie anywhere by none.
    @Test
    void wordPiecesOnAHelixAreTold() throws IOException {
        Figure.Curves on = pieces(bert(true));
        assertEquals(List.of(0.0, 1.0, 2.0), on.series().getFirst().x());
        double told = on.series().get(0).y().getFirst();
        assertTrue(told > 0.6 && on.series().get(1).y().getFirst() < 0.1, on.toString());
        Figure.Curves off = pieces(bert(false));
        assertTrue(off.series().getFirst().y().stream().allMatch(share -> share < 0.1), off.toString());
    }

    @Test
    void withoutModelsBothAreLeftOutAndSaidSo() {
        LanguageModels.Reported none = LanguageModels.report(run(StudyRun.Host.QUIET), 60);
        assertTrue(none.figures().isEmpty());
        assertEquals(2, none.notes().size());
        assertTrue(none.notes().stream().allMatch(note -> note.contains("left out")), none.toString());
    }

    /// The quick form trains no transformer.
    @Test
    void theTransformerComesWithCutaway() {
        assertTrue(Shipped.has(Lab.usual(), AddingTransformer.recipe()));
    }
}

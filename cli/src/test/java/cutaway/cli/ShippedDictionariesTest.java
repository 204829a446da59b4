package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.use.ActiveFeatures;
import cutaway.features.use.DictionaryBasis;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The dictionaries of the default model that lie in the tree, on a text that none of them was trained on.
class ShippedDictionariesTest {

    private static final Path FOLDER = Path.of("../dictionaries/smollm2-135m-instruct");
    private static final long MOST_BYTES = 20_000_000;

    private static final String TEXT =
            "The lighthouse keeper had not spoken to anyone for eleven days when the supply boat finally came around"
                + " the point. It carried flour, paraffin, two letters from his sister in Glasgow, and a dog that"
                + " nobody had asked for. \"He jumped aboard at the harbour,\" the pilot said, \"and he would not be"
                + " put off.\" The keeper looked at the animal, which was grey and missing half of one ear, and told"
                + " the pilot that rules were rules. By evening the dog was asleep on the second step of the spiral"
                + " stair, and the keeper was reading the letters aloud, one after the other, to see how a voice"
                + " sounded in that room.";

    private static List<Path> folders() {
        try (Stream<Path> all = Files.list(FOLDER)) {
            return all.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void eachExplainsMoreThanAWrongOneAndAboutAsMuchAsItsScoresSay() {
        assumeModel();
        try (Model model = Model.open(Hub.resolve(Hub.DEFAULT));
                Scope _ = Scope.open()) {
            List<Dictionary> dictionaries =
                    folders().stream().map(DictionaryFiles::openOne).toList();
            List<Site> sites = dictionaries.stream()
                    .flatMap(dictionary -> Stream.concat(
                            dictionary.origin().inputs().stream(), dictionary.origin().outputs().stream()))
                    .distinct()
                    .toList();
            try (Trace trace = Runs.run(model, Batch.of(model.encode(TEXT).ids()), List.of(), sites)) {
                for (int i = 0; i < dictionaries.size(); i++) {
                    Dictionary dictionary = dictionaries.get(i);
                    Tensor x = rows(trace, dictionary.origin().inputs().getFirst());
                    Tensor y = rows(trace, dictionary.origin().outputs().getFirst());
                    double unexplained = unexplained(dictionary.reconstruct(x), y);
                    double stated = stated(folders().get(i));
                    assertEquals(
                            stated, unexplained, 0.5 * stated, folders().get(i).toString());
                    Tensor ofOthers = Tensor.cat(List.of(x.slice(0, 1, x.dim(0)), x.slice(0, 0, 1)), 0);
                    assertTrue(unexplained(dictionary.reconstruct(ofOthers), y) > 0.9, "of the token after");
                }
            } finally {
                dictionaries.forEach(Dictionary::close);
            }
        }
    }

    /// A sink has the largest codes of all: where one is taken for a word, every feature that is shown is of it. The
    /// first word "the" of a prompt is one in blocks 2 to 9, seven times as long as the others.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "When Mary and John went to the store, John gave a drink to",
                "The capital of France is",
                "In the beginning God created the heaven and the earth. And the earth was without form"
            })
    void whatIsMostActiveIsNotOneTokenAlone(String prompt) {
        assumeModel();
        try (Model model = Model.open(Hub.resolve(Hub.DEFAULT))) {
            Source run = new Source(
                    null, Arrays.stream(model.encode(prompt).ids()).boxed().toList(), List.of());
            for (Path folder : folders()) {
                try (Dictionary dictionary = DictionaryFiles.openOne(folder)) {
                    ActiveFeatures found = ActiveFeatures.of(
                            model,
                            new DictionaryBasis(folder.getFileName().toString(), dictionary),
                            run,
                            new Metric.LogProbability(1),
                            10,
                            0,
                            _ -> {});
                    long most = found.rows().stream()
                            .collect(Collectors.groupingBy(ActiveFeatures.Row::position, Collectors.counting()))
                            .values()
                            .stream()
                            .mapToLong(Long::longValue)
                            .max()
                            .orElseThrow();
                    assertTrue(most <= 6, folder + " shows " + most + " of one token");
                    assertTrue(found.unread().size() < 3, folder + " leaves out " + found.unread());
                }
            }
        }
    }

    private static void assumeModel() {
        boolean here = Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT));
        Assumptions.assumeTrue(
                here, "skipped: the default model is not in the cache; fetch it with: cutaway models " + Hub.DEFAULT);
    }

    /// What is at each token but the first, `[n, d]`.
    private static Tensor rows(Trace trace, Site site) {
        Tensor all = trace.at(site).squeeze(0);
        return all.slice(0, 1, all.dim(0)).contiguous();
    }

    /// Squared errors over squared deviations from the mean.
    private static double unexplained(Tensor found, Tensor y) {
        return found.minus(y).square().sum().item()
                / y.minus(y.mean(0, true)).square().sum().item();
    }

    private static double stated(Path folder) {
        JsonNode scores =
                JsonMapper.shared().readTree(folder.resolve("scores.json").toFile());
        for (JsonNode row : scores.path("judgement").path("rows")) {
            if (row.path("metric").asString().equals("FVU")) {
                return row.path("value").path("value").asDouble();
            }
        }
        throw new AssertionError("no FVU in " + folder);
    }

    @Test
    void theyAreSmall() throws IOException {
        long bytes = 0;
        for (Path folder : folders()) {
            try (Stream<Path> files = Files.list(folder)) {
                bytes += files.mapToLong(file -> file.toFile().length()).sum();
            }
        }
        assertTrue(bytes > 0 && bytes <= MOST_BYTES, bytes + " bytes");
    }
}

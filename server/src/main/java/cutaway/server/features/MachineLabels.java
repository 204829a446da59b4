package cutaway.server.features;

import cutaway.features.pages.FeaturePage;
import cutaway.server.api.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What machines say of features: what `cutaway features explain --json` wrote into `explained.json` beside the
/// dictionary, with its score; else the tokens that a feature raises most.
final class MachineLabels {

    private static final String FILE = "explained.json";
    private static final int TOKENS = 5;

    private final Map<Integer, FeatureAnswers.MachineLabel> explained = new TreeMap<>();
    private final Map<Integer, List<FeaturePage.Logit>> raised;

    MachineLabels(Path dictionary, Map<Integer, List<FeaturePage.Logit>> raised) {
        this.raised = raised;
        Path file = dictionary.resolve(FILE);
        if (Files.isRegularFile(file)) {
            try {
                JsonNode latents = Json.MAPPER.readTree(Files.readString(file)).path("latents");
                latents.forEach(latent -> explained.put(latent.path("latent").asInt(-1), label(latent.path("read"))));
            } catch (IOException | JacksonException e) {
                explained.clear(); // a file that cannot be read says nothing
            }
        }
    }

    private static FeatureAnswers.MachineLabel label(JsonNode read) {
        return new FeatureAnswers.MachineLabel(
                read.path("explanation").path("text").asString(""),
                List.of(),
                String.format(
                        Locale.ROOT,
                        "an explanation; detection %.2f, where 0.5 is guessing",
                        read.path("detection").asDouble(0)),
                true);
    }

    /// Without text and tokens where nothing can be said.
    FeatureAnswers.MachineLabel of(int feature) {
        FeatureAnswers.MachineLabel label = explained.get(feature);
        if (label != null && !label.text().isEmpty()) {
            return label;
        }
        return new FeatureAnswers.MachineLabel(
                "",
                raised.getOrDefault(feature, List.of()).stream()
                        .limit(TOKENS)
                        .map(FeaturePage.Logit::text)
                        .toList(),
                "the tokens that it raises most",
                false);
    }

    /// Features whose explanation has a text in it.
    List<Integer> explained(String text) {
        return explained.entrySet().stream()
                .filter(entry ->
                        entry.getValue().text().toLowerCase(Locale.ROOT).contains(text))
                .map(Map.Entry::getKey)
                .toList();
    }
}

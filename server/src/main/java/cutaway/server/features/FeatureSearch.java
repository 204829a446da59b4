package cutaway.server.features;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.features.pages.FeaturePage;
import cutaway.features.pages.FeaturePages;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.features.FeatureAnswers.MachineLabel;
import cutaway.server.model.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Search of features by a text.
final class FeatureSearch {

    private static final int MOST_HITS = 40;

    private final Dictionaries dictionaries;
    private final OpenDictionaries open;
    private final Labels labels;
    private final Reading reading;

    FeatureSearch(Dictionaries dictionaries, OpenDictionaries open, Labels labels, Reading reading) {
        this.dictionaries = dictionaries;
        this.open = open;
        this.labels = labels;
        this.reading = reading;
    }

    public record FindAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String dictionary,
            @JsonProperty(required = true) String text) {}

    /// @param by where the text was found, in words
    /// @param label what a person calls it; empty where nobody did
    public record FeatureHit(int feature, String by, String label, MachineLabel machine) {}

    /// @param looked where was looked, in words
    public record FeatureHits(List<FeatureHit> hits, List<String> looked) {}

    Route<FindAsked, FeatureHits> route() {
        return Route.post(
                "/api/features/find",
                "Features by a text: in labels, in the tokens that they raise, in examples.",
                FindAsked.class,
                FeatureHits.class,
                (asked, at) -> find(asked));
    }

    private FeatureHits find(FindAsked asked) {
        String text = asked.text.strip().toLowerCase(Locale.ROOT);
        if (text.isEmpty() || text.length() > 100) {
            throw new Refusal(400, "the text to look for has " + text.length() + " characters; give 1 to 100.");
        }
        Map<String, FeaturePages> pages = dictionaries.pages(asked.dictionary);
        return reading.model(asked.model, model -> {
            OpenDictionaries.One one = open.use(asked.dictionary, model.model());
            Map<Integer, List<FeaturePage.Logit>> raised =
                    one.raised(model.model(), IntStream.range(0, one.basis().width()));
            MachineLabels machine = new MachineLabels(dictionaries.path(asked.dictionary), raised);
            Map<Integer, Labels.PersonLabel> people = labels.of(asked.dictionary);
            Map<Integer, String> found = new LinkedHashMap<>();
            List<String> looked = new ArrayList<>(List.of("labels"));
            people.values().stream()
                    .filter(label -> label.text().toLowerCase(Locale.ROOT).contains(text))
                    .forEach(label -> found.putIfAbsent(label.feature(), "a person's label"));
            machine.explained(text).forEach(feature -> found.putIfAbsent(feature, "a machine's label"));
            pages.forEach((name, of) -> {
                looked.add("examples of " + name);
                of.search(text, MOST_HITS)
                        .forEach(hit -> found.putIfAbsent(hit.latent(), hit.examples() + " examples of " + name));
            });
            if (!raised.isEmpty()) {
                looked.add("tokens that a feature raises");
                raising(raised, text)
                        .forEach(hit -> found.putIfAbsent(hit.feature, "raises it, rank " + (hit.rank + 1)));
            }
            return new FeatureHits(
                    found.entrySet().stream()
                            .limit(MOST_HITS)
                            .map(hit -> new FeatureHit(
                                    hit.getKey(),
                                    hit.getValue(),
                                    people.containsKey(hit.getKey())
                                            ? people.get(hit.getKey()).text()
                                            : "",
                                    machine.of(hit.getKey())))
                            .toList(),
                    looked);
        });
    }

    private record Raising(int feature, int rank, double effect) {}

    /// The features that raise a token with this text, those that raise it before others first.
    private static List<Raising> raising(Map<Integer, List<FeaturePage.Logit>> raised, String text) {
        List<Raising> hits = new ArrayList<>();
        for (int feature : raised.keySet()) {
            List<FeaturePage.Logit> tokens = raised.getOrDefault(feature, List.of());
            for (int rank = 0; rank < tokens.size(); rank++) {
                if (tokens.get(rank).text().toLowerCase(Locale.ROOT).contains(text)) {
                    hits.add(new Raising(feature, rank, tokens.get(rank).effect()));
                    break;
                }
            }
        }
        hits.sort(Comparator.comparingInt(Raising::rank)
                .thenComparing(Comparator.comparingDouble(Raising::effect).reversed()));
        return hits.subList(0, Math.min(MOST_HITS, hits.size()));
    }
}

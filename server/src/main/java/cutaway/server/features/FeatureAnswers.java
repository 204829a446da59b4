package cutaway.server.features;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.pages.DirectionFacts;
import cutaway.features.pages.FeaturePage;
import cutaway.features.pages.FeaturePages;
import cutaway.features.pages.Illusion;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.site.Site;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.model.Reading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The dictionaries, the page of a feature, and labels.
public final class FeatureAnswers implements AutoCloseable {

    /// Tokens, and neighbours, of a feature without pages.
    private static final int SHOWN = 20;

    /// Latents whose examples say what is usual on a corpus.
    private static final int USUAL = 300;

    private final Dictionaries dictionaries;
    private final OpenDictionaries open;
    private final Labels labels;
    private final FeatureSearch search;
    private final Reading reading;
    private final Map<String, Illusion.Reference> references = new HashMap<>();
    private final ExampleLikeness likeness = new ExampleLikeness();

    /// @param folder of the workbench: labels are kept in it
    public FeatureAnswers(Dictionaries dictionaries, Path folder, Reading reading) {
        this.dictionaries = dictionaries;
        this.open = new OpenDictionaries(dictionaries);
        this.labels = new Labels(folder.resolve("labels"));
        this.search = new FeatureSearch(dictionaries, open, labels, reading);
        this.reading = reading;
    }

    public record DictionaryList(List<Dictionaries.DictionaryEntry> dictionaries) {}

    /// @param model its name; empty for the usual one
    public record DictionaryAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String dictionary) {}

    /// @param text that the pages are of
    /// @param tokens of it
    public record PagesEntry(String name, List<String> texts, long tokens) {}

    /// @param madeFor the model that it names; empty where it names none
    /// @param width how many features
    /// @param code how a code is made: `topk, k 32`
    /// @param labelled what people have labelled, by feature
    public record DictionaryShown(
            String name,
            ModelFacts model,
            String madeFor,
            List<String> reads,
            List<String> writes,
            int width,
            String code,
            Map<String, String> notes,
            List<PagesEntry> pages,
            List<Labels.PersonLabel> labelled) {}

    /// @param feature its number, from 0
    public record FeatureAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String dictionary,
            @JsonProperty(required = true) int feature) {}

    /// What a machine says of a feature.
    ///
    /// @param text an explanation; empty where there is none
    /// @param raised where there is none, the tokens that the feature raises most; empty where it writes none
    /// @param from how it was made
    /// @param explained whether it is an explanation
    public record MachineLabel(String text, List<String> raised, String from, boolean explained) {}

    /// A feature on one corpus.
    public record CorpusPage(String name, List<String> texts, FeaturePage page) {}

    /// Two corpora of a feature, and whether it is clear on one of them only.
    public record CorpusPair(String first, String second, Illusion illusion) {}

    /// @param direction what its weights say; absent of a feature that writes at several layers
    /// @param pages one of each corpus; none where no pages were made
    /// @param pairs of the corpora
    /// @param person absent where nobody wrote a label
    public record FeatureShown(
            String dictionary,
            ModelFacts model,
            int feature,
            int width,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            DirectionFacts direction,

            List<CorpusPage> pages,
            List<CorpusPair> pairs,
            MachineLabel machine,
            @JsonInclude(JsonInclude.Include.NON_NULL) Labels.@Nullable PersonLabel person) {}

    /// @param text empty to take the label away
    public record LabelAsked(
            @JsonProperty(required = true) String dictionary,
            @JsonProperty(required = true) int feature,
            @JsonProperty(required = true) String text) {}

    public record LabelKept(
            @JsonInclude(JsonInclude.Include.NON_NULL) Labels.@Nullable PersonLabel person) {}

    /// @param pages name of the pages that say it
    public record TogetherAsked(
            @JsonProperty(required = true) String dictionary,
            @JsonProperty(required = true) String pages,
            @JsonProperty(required = true) int feature) {}

    /// Which of some features fire on the same tokens.
    ///
    /// @param features the one asked for first
    /// @param jaccard of each pair, the intersection of their tokens over the union; 0 where the pages name them no
    ///     partners
    public record Together(String pages, List<Integer> features, List<List<Double>> jaccard) {}

    public List<Route<?, ?>> routes() {
        return List.of(
                Route.get(
                        "/api/dictionaries",
                        "The dictionaries that can be named, and their feature pages.",
                        DictionaryList.class,
                        at -> new DictionaryList(dictionaries.offered())),
                Route.post(
                        "/api/features/dictionary",
                        "What a dictionary is.",
                        DictionaryAsked.class,
                        DictionaryShown.class,
                        (asked, at) -> shown(asked)),
                Route.post(
                        "/api/features/page",
                        "A feature: its examples on each corpus, what it writes, its neighbours and labels.",
                        FeatureAsked.class,
                        FeatureShown.class,
                        (asked, at) -> page(asked)),
                search.route(),
                Route.post(
                        "/api/features/together",
                        "Which features fire on the same tokens of a corpus as one.",
                        TogetherAsked.class,
                        Together.class,
                        (asked, at) -> together(asked)),
                Route.post(
                        "/api/features/label",
                        "Writes what a person calls a feature.",
                        LabelAsked.class,
                        LabelKept.class,
                        (asked, at) -> label(asked)));
    }

    /// The open dictionaries, for who computes with them too.
    OpenDictionaries open() {
        return open;
    }

    private DictionaryShown shown(DictionaryAsked asked) {
        Map<String, FeaturePages> pages = dictionaries.pages(asked.dictionary);
        return reading.model(asked.model, model -> {
            OpenDictionaries.One one = open.use(asked.dictionary, model.model());
            return new DictionaryShown(
                    asked.dictionary,
                    model.facts(),
                    one.dictionary().map(it -> it.origin().model()).orElse(""),
                    one.basis().inputs().stream().map(Site::text).toList(),
                    one.basis().outputs().stream().map(Site::text).toList(),
                    one.basis().width(),
                    one.dictionary().map(FeatureAnswers::code).orElse("a cross-layer transcoder"),
                    one.dictionary()
                            .map(it -> (Map<String, String>)
                                    new TreeMap<>(it.origin().notes()))
                            .orElse(Map.of()),
                    pages.entrySet().stream()
                            .map(entry -> new PagesEntry(
                                    entry.getKey(),
                                    texts(entry.getValue()),
                                    entry.getValue().facts().tokens()))
                            .toList(),
                    List.copyOf(labels.of(asked.dictionary).values()));
        });
    }

    /// What the pages are of, without where it lies.
    private static List<String> texts(FeaturePages pages) {
        return pages.facts().texts().stream()
                .map(text -> text.substring(text.lastIndexOf('/') + 1))
                .toList();
    }

    private static String code(Dictionary dictionary) {
        return switch (dictionary.activation()) {
            case Activation.Relu() -> "ReLU";
            case Activation.TopK(int k, boolean _) -> "the " + k + " largest of a token";
            case Activation.JumpRelu _ -> "above a threshold of each feature (JumpReLU)";
            case Activation.Gated _ -> "gated";
        };
    }

    private FeatureShown page(FeatureAsked asked) {
        Map<String, FeaturePages> pages = dictionaries.pages(asked.dictionary);
        return reading.model(asked.model, model -> {
            OpenDictionaries.One one = open.use(asked.dictionary, model.model());
            check(asked.feature, one.basis().width());
            List<CorpusPage> shown = new ArrayList<>();
            pages.forEach((name, of) -> {
                if (of.facts().width() == one.basis().width()) {
                    shown.add(new CorpusPage(
                            name, texts(of), of.page(asked.feature).named(asked.dictionary)));
                }
            });
            return new FeatureShown(
                    asked.dictionary,
                    model.facts(),
                    asked.feature,
                    one.basis().width(),
                    one.dictionary()
                            .map(it -> DirectionFacts.of(model.model(), it, asked.feature, SHOWN))
                            .orElse(null),
                    shown,
                    pairs(asked.dictionary, pages, shown),
                    new MachineLabels(
                                    dictionaries.path(asked.dictionary),
                                    one.raised(model.model(), IntStream.of(asked.feature)))
                            .of(asked.feature),
                    labels.of(asked.dictionary).get(asked.feature));
        });
    }

    static void check(int feature, int width) {
        if (feature < 0 || feature >= width) {
            throw new Refusal(
                    404, "there is no feature " + feature + "; this dictionary has 0 to " + (width - 1) + ".");
        }
    }

    private List<CorpusPair> pairs(String dictionary, Map<String, FeaturePages> pages, List<CorpusPage> shown) {
        List<CorpusPair> pairs = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            for (int j = i + 1; j < shown.size(); j++) {
                CorpusPage first = shown.get(i);
                CorpusPage second = shown.get(j);
                reference(dictionary, pages, first.name, second.name)
                        .ifPresent(reference -> pairs.add(new CorpusPair(
                                first.name, second.name, reference.of(first.page.top(), second.page.top()))));
            }
        }
        return pairs;
    }

    private Optional<Illusion.Reference> reference(
            String dictionary, Map<String, FeaturePages> pages, String first, String second) {
        List<FeaturePages> both = Stream.of(first, second).map(pages::get).toList();
        String key = dictionary + "\n" + likeness.hasEncoder() + "\n"
                + both.stream().map(it -> it.facts().toString()).toList(); // pages that are made again are others
        Illusion.Reference known = references.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        List<List<FeaturePage.Example>> usual = both.stream()
                .map(it -> it.pages(0, Math.min(USUAL, it.facts().width())).stream()
                        .map(FeaturePage::top)
                        .flatMap(Collection::stream)
                        .toList())
                .toList();
        if (usual.stream().anyMatch(examples -> examples.size() < Illusion.LEAST)) {
            return Optional.empty();
        }
        Illusion.Reference made = likeness.among(usual.getFirst(), usual.getLast());
        references.put(key, made);
        return Optional.of(made);
    }

    private Together together(TogetherAsked asked) {
        FeaturePages pages = dictionaries.pages(asked.dictionary).get(asked.pages);
        if (pages == null) {
            throw new Refusal(
                    404,
                    "there are no pages \"" + asked.pages + "\" of this dictionary; GET /api/dictionaries lists them.");
        }
        check(asked.feature, pages.facts().width());
        List<Integer> features = new ArrayList<>(List.of(asked.feature));
        pages.page(asked.feature).together().forEach(partner -> features.add(partner.latent()));
        List<Map<Integer, Double>> partners = features.stream()
                .map(feature -> {
                    Map<Integer, Double> of = new HashMap<>();
                    pages.page(feature).together().forEach(partner -> of.put(partner.latent(), partner.jaccard()));
                    return of;
                })
                .toList();
        List<List<Double>> jaccard = new ArrayList<>();
        for (int i = 0; i < features.size(); i++) {
            List<Double> row = new ArrayList<>();
            for (int j = 0; j < features.size(); j++) {
                row.add(
                        i == j
                                ? 1.0
                                : Math.max(
                                        partners.get(i).getOrDefault(features.get(j), 0.0),
                                        partners.get(j).getOrDefault(features.get(i), 0.0)));
            }
            jaccard.add(row);
        }
        return new Together(asked.pages, features, jaccard);
    }

    private LabelKept label(LabelAsked asked) {
        dictionaries.path(asked.dictionary);
        if (asked.feature < 0) {
            throw new Refusal(404, "there is no feature " + asked.feature + "; they are numbered from 0.");
        }
        return new LabelKept(
                labels.put(asked.dictionary, asked.feature, asked.text).orElse(null));
    }

    /// Closes the dictionaries; called when nobody asks any more.
    @Override
    public void close() {
        open.close();
        likeness.close();
    }
}

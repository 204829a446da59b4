package cutaway.features.pages;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.NewFolder;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Feature pages as Neuronpedia imports them: in `v1/{modelId}/{sourceId}` the records of model, set and source, and
/// `features/batch-{n}.jsonl.gz` and `activations/batch-{n}.jsonl.gz`, a latent or an example each line.
///
/// Each file has a table of its database, and its import takes the columns from the first line: every line has the same
/// fields, and a file without lines, which it cannot read, is not written. Written are the columns that may not be
/// empty, and what pages know. Left out are what is computed over activations (correlations), histograms of all logits,
/// and the release.
///
/// @param modelId Neuronpedia's name of the model, such as `gpt2-small`
/// @param sourceId layer and set, such as `5-res-jb`; after `__` anything more, as in `5-res-jb__l0-32`
/// @param vectors whose decoder rows are written as the latents' vectors
/// @param creator whom the records are of
public record NeuronpediaExport(String modelId, String sourceId, Optional<Dictionary> vectors, Creator creator) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");
    private static final Pattern SOURCE = Pattern.compile("(?:[0-9]+|e)-([A-Za-z0-9_.-]+?)(?:__.*)?");

    /// Whom Neuronpedia shows as the author.
    ///
    /// @param id of a user of its database; each record refers to one that is there
    /// @param name of a person or group
    public record Creator(String id, String name) {

        /// The user that a fresh database of Neuronpedia has.
        public static final String USUAL_ID = "clkht01d40000jv08hvalcvly";

        /// @throws BadInputException when there is no id
        public Creator {
            if (id.isBlank()) {
                throw new BadInputException("the creator's id is empty; give that of a user of Neuronpedia's database,"
                        + " such as " + USUAL_ID + ", which a fresh one has.");
            }
        }
    }

    /// Latents of a file.
    private static final int BATCH = 256;

    /// What SAEDashboard says of the band of a top example.
    private static final int NO_BAND = -1;

    public NeuronpediaExport {
        if (!NAME.matcher(modelId).matches() || !SOURCE.matcher(sourceId).matches()) {
            throw new BadInputException("a model " + modelId + " and a source " + sourceId
                    + "; Neuronpedia has names of letters, digits, _, - and ., and sources that are a layer and a set,"
                    + " such as 5-res-jb.");
        }
    }

    /// @param out a folder that is not there yet, or is empty; it is complete or not there
    /// @throws BadInputException when the vectors are of another dictionary, or nothing can be written
    public void write(FeaturePages pages, Path out, Pages.Progress progress) {
        int width = pages.facts().width();
        vectors.filter(dictionary -> dictionary.width() != width).ifPresent(dictionary -> {
            throw new BadInputException("the pages are of " + width + " latents, and the dictionary has "
                    + dictionary.width() + "; give the one that they were made of.");
        });
        NewFolder.write(out, folder -> {
            Path source = Files.createDirectories(
                    folder.resolve("v1").resolve(modelId).resolve(sourceId));
            record(source.resolve("model.jsonl"), model());
            record(source.resolve("sourceset.jsonl"), set(pages.facts()));
            record(source.resolve("source.jsonl"), source(pages.facts()));
            for (int first = 0; first < width; first += BATCH) {
                progress.done("export", first / (double) width);
                List<FeaturePage> some = pages.pages(first, Math.min(width, first + BATCH));
                String name = "batch-" + first / BATCH + ".jsonl.gz";
                lines(
                        source.resolve("features").resolve(name),
                        some.stream().map(page -> feature(page, pages.facts())).toList());
                lines(
                        source.resolve("activations").resolve(name),
                        some.stream()
                                .flatMap(page -> activations(page).stream())
                                .toList());
            }
        });
    }

    private static void record(Path file, Map<String, @Nullable Object> record) throws IOException {
        Files.writeString(file, JsonMapper.shared().writeValueAsString(record) + "\n");
    }

    /// Layers and neurons are columns that may not be empty; Neuronpedia's own converters write 0 there.
    private Map<String, @Nullable Object> model() {
        Map<String, @Nullable Object> model = new LinkedHashMap<>();
        model.put("id", modelId);
        model.put("displayNameShort", modelId);
        model.put("displayName", modelId);
        model.put("layers", 0);
        model.put("neuronsPerLayer", 0);
        model.put("owner", "");
        model.put("visibility", "PUBLIC");
        model.put("creatorId", creator.id);
        return model;
    }

    private Map<String, @Nullable Object> set(PagesFacts facts) {
        Map<String, @Nullable Object> set = new LinkedHashMap<>();
        set.put("modelId", modelId);
        set.put("name", setName());
        set.put("description", facts.dictionary());
        set.put("visibility", "PUBLIC");
        set.put("urls", List.of());
        set.put("creatorName", creator.name);
        set.put("creatorId", creator.id);
        return set;
    }

    private Map<String, @Nullable Object> source(PagesFacts facts) {
        Map<String, @Nullable Object> source = new LinkedHashMap<>();
        source.put("id", sourceId);
        source.put("modelId", modelId);
        source.put("setName", setName());
        source.put("visibility", "PUBLIC");
        source.put("dataset", String.join(", ", facts.texts()));
        source.put("notes", "pages of cutaway " + facts.version());
        source.put("creatorId", creator.id);
        return source;
    }

    private String setName() {
        Matcher named = SOURCE.matcher(sourceId);
        if (!named.matches()) {
            throw new IllegalStateException(sourceId); // checked above
        }
        return named.group(1);
    }

    private static void lines(Path file, List<Map<String, @Nullable Object>> records) throws IOException {
        if (records.isEmpty()) {
            return;
        }
        Files.createDirectories(file.resolveSibling(""));
        try (var writer = new BufferedWriter(
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8))) {
            for (Map<String, @Nullable Object> one : records) {
                writer.write(JsonMapper.shared().writeValueAsString(one));
                writer.write('\n');
            }
        }
    }

    private Map<String, @Nullable Object> feature(FeaturePage page, PagesFacts facts) {
        Map<String, @Nullable Object> feature = new LinkedHashMap<>();
        double max = page.max() == null ? 0 : page.max();
        int bins = page.histogram().size();
        feature.put("modelId", modelId);
        feature.put("layer", sourceId);
        feature.put("index", String.valueOf(page.latent()));
        feature.put("sourceSetName", setName());
        feature.put("creatorId", creator.id);
        feature.put("maxActApprox", max);
        feature.put("hasVector", vectors.isPresent());
        vectors.ifPresent(dictionary -> {
            feature.put("vector", vector(dictionary, page.latent()));
            feature.put("vectorDefaultSteerStrength", max);
        });
        if (!facts.outputs().isEmpty()) {
            feature.put("hookName", facts.outputs().getLast());
        }
        feature.put(
                "topkCosSimIndices",
                page.nearest().stream().map(FeaturePage.Near::latent).toList());
        feature.put(
                "topkCosSimValues",
                page.nearest().stream().map(FeaturePage.Near::cosine).toList());
        feature.put(
                "pos_str", page.raised().stream().map(FeaturePage.Logit::text).toList());
        feature.put(
                "pos_values",
                page.raised().stream().map(FeaturePage.Logit::effect).toList());
        feature.put(
                "neg_str", page.lowered().stream().map(FeaturePage.Logit::text).toList());
        feature.put(
                "neg_values",
                page.lowered().stream().map(FeaturePage.Logit::effect).toList());
        feature.put("frac_nonzero", page.frequency());
        feature.put("freq_hist_data_bar_heights", page.histogram());
        List<Double> middles = new ArrayList<>();
        for (int bin = 0; bin < bins; bin++) {
            middles.add(max * (bin + 0.5) / bins);
        }
        feature.put("freq_hist_data_bar_values", middles);
        return feature;
    }

    private static float[] vector(Dictionary dictionary, int latent) {
        return Scope.free(() -> dictionary.weights().decoder().select(0, latent).toFloats());
    }

    private List<Map<String, @Nullable Object>> activations(FeaturePage page) {
        List<Map<String, @Nullable Object>> activations = new ArrayList<>();
        page.top().forEach(example -> activations.add(activation(page, example, activations.size(), null)));
        page.bands()
                .forEach(band -> band.examples()
                        .forEach(example -> activations.add(activation(page, example, activations.size(), band))));
        return activations;
    }

    private Map<String, @Nullable Object> activation(
            FeaturePage page, FeaturePage.Example example, int number, FeaturePage.@Nullable Band band) {
        Map<String, @Nullable Object> activation = new LinkedHashMap<>();
        List<Double> values = example.activations();
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        activation.put("id", modelId + "_" + sourceId + "_" + page.latent() + "_" + number);
        activation.put("modelId", modelId);
        activation.put("layer", sourceId);
        activation.put("index", String.valueOf(page.latent()));
        activation.put("creatorId", creator.id);
        activation.put("tokens", example.tokens());
        activation.put("values", values);
        activation.put("maxValue", most);
        activation.put("maxValueTokenIndex", values.indexOf(most));
        activation.put(
                "minValue",
                values.stream().mapToDouble(Double::doubleValue).min().orElse(0));
        activation.put("dataIndex", String.valueOf(example.context()));
        activation.put("qualifyingTokenIndex", example.at());
        activation.put("binMin", band == null ? NO_BAND : band.from());
        activation.put("binMax", band == null ? NO_BAND : band.to());
        activation.put("binContains", band == null ? NO_BAND : band.tokens() / (double) page.tokens());
        return activation;
    }
}

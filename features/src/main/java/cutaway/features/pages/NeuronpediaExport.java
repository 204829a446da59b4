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
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Feature pages as Neuronpedia imports them: `v1/{modelId}/{sourceId}/features/batch-{n}.jsonl.gz`, and beside it
/// `activations`, a latent or an example each line.
///
/// Written are the fields that pages know. Left out are who made them and when, what is computed over activations
/// (correlations), and histograms of all logits.
///
/// @param modelId Neuronpedia's name of the model, such as `gpt2-small`
/// @param sourceId layer and set, such as `5-res-jb`
/// @param vectors whose decoder rows are written as the latents' vectors
public record NeuronpediaExport(String modelId, String sourceId, Optional<Dictionary> vectors) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");
    private static final Pattern SOURCE = Pattern.compile("[A-Za-z0-9.]+-([A-Za-z0-9_.-]+)");

    /// Latents of a file.
    private static final int BATCH = 256;

    /// What SAEDashboard says of the band of a top example.
    private static final int NO_BAND = -1;

    public NeuronpediaExport {
        if (!NAME.matcher(modelId).matches() || !SOURCE.matcher(sourceId).matches()) {
            throw new BadInputException("a model " + modelId + " and a source " + sourceId
                    + "; Neuronpedia has names of letters, digits, _, - and ., and sources such as 5-res-jb.");
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
            Path source = folder.resolve("v1").resolve(modelId).resolve(sourceId);
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

    private static void lines(Path file, List<Map<String, @Nullable Object>> records) throws IOException {
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
        feature.put("sourceSetName", sourceId.substring(sourceId.indexOf('-') + 1));
        feature.put("maxActApprox", max);
        feature.put("hasVector", vectors.isPresent());
        vectors.ifPresent(dictionary -> feature.put("vector", vector(dictionary, page.latent())));
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

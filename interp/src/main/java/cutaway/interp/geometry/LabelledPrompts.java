package cutaway.interp.geometry;

import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point.Axes;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.JsonFault;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Prompts with a number each, read from JSON lines: `{"text": "The number 37", "label": 37}`. What is fitted is
/// what a model holds at one token, the last where nothing is said.
///
/// @param texts in the order of the file
/// @param labels of each
public record LabelledPrompts(List<String> texts, double[] labels) {

    /// The field with the number where nothing else is said.
    public static final String LABEL = "label";

    private static final String EXAMPLE = "{\"text\": \"The number 37\", \"label\": 37}";

    public LabelledPrompts {
        texts = List.copyOf(texts);
        labels = labels.clone();
        if (texts.size() != labels.length) {
            throw new IllegalArgumentException(labels.length + " labels of " + texts.size() + " texts");
        }
    }

    /// Is told what part of the prompts is done.
    public interface Progress {
        void tell(double done);
    }

    @Override
    public double[] labels() {
        return labels.clone();
    }

    /// @throws BadInputException when the file cannot be read, or a line has no text or no number
    public static LabelledPrompts read(Path file) {
        return read(file, LABEL);
    }

    /// As [#read(Path)], with the number in another field.
    public static LabelledPrompts read(Path file, String field) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("there is no file " + file + "; give JSON lines such as " + EXAMPLE + ".");
        }
        List<String> texts = new ArrayList<>();
        List<Double> labels = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank()) {
                    JsonNode line = parsed(file, i + 1, lines.get(i), field);
                    texts.add(line.path("text").asString());
                    labels.add(line.path(field).asDouble());
                }
            }
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is no text in UTF-8; give JSON lines.", e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + ": " + e, e);
        }
        if (texts.isEmpty()) {
            throw new BadInputException(file + " has no lines; expected some such as " + EXAMPLE + ".");
        }
        return new LabelledPrompts(
                texts, labels.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /// The words that a field of each line holds; null where a line has none.
    ///
    /// @param file that [#read(Path)] has read
    static List<@Nullable String> words(Path file, String field) {
        List<@Nullable String> words = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    words.add(JsonMapper.shared().readTree(line).path(field).stringValue(null));
                }
            }
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + ": " + e, e);
        }
        return words;
    }

    private static JsonNode parsed(Path file, int number, String text, String field) {
        JsonNode line;
        try {
            line = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new BadInputException(
                    file + ", line " + number + " is not valid JSON: " + JsonFault.of(e) + "; expected " + EXAMPLE
                            + ".",
                    e);
        }
        JsonNode label = line.path(field);
        if (!line.path("text").isString() || line.path("text").asString().isEmpty() || !label.isNumber()) {
            throw new BadInputException(file + ", line " + number
                    + " has no \"text\", or no \"" + field + "\" that is a number; expected "
                    + EXAMPLE.replace(LABEL, field) + ".");
        }
        return line;
    }

    /// What a model holds at the last token of each prompt.
    ///
    /// @return for each site `[prompt, width]`, float32, in the scope that is open
    /// @throws BadInputException when the model has no such site, or it has no vector for each token
    public List<Tensor> activations(Model model, List<Site> sites, Progress progress) {
        return activations(model, sites, -1, progress);
    }

    /// As [#activations(Model, List, Progress)], at another token.
    ///
    /// @param position from 0; from -1 backwards it counts from the end
    /// @throws BadInputException also when a prompt has no such position
    public List<Tensor> activations(Model model, List<Site> sites, int position, Progress progress) {
        for (Site site : sites) {
            SiteNames.check(site, model.sizes());
            if (site.point().kind().axes() == Axes.PAIR) {
                throw new BadInputException(site.text() + " has a number for each pair of positions; name a site with a"
                        + " vector for each token, such as resid_post[3].");
            }
        }
        return Scope.keepAll(() -> {
            List<List<Tensor>> rows = sites.stream()
                    .map(_ -> (List<Tensor>) new ArrayList<Tensor>())
                    .toList();
            for (int i = 0; i < texts.size(); i++) {
                progress.tell((double) i / texts.size());
                int[] ids = model.encode(texts.get(i)).ids();
                long at = Positions.of(position).in(ids.length)[0];
                boolean isLast = at == ids.length - 1;
                try (Trace trace = isLast
                                ? Runs.toLast(model, Source.of(ids, List.of()), sites)
                                : Runs.run(model, Batch.of(ids), List.of(), sites);
                        Scope inner = Scope.open()) {
                    for (int site = 0; site < sites.size(); site++) {
                        Tensor all = trace.at(sites.get(site));
                        Tensor here =
                                all.select(1, isLast ? all.dim(1) - 1 : at).to(Dtype.F32);
                        rows.get(site).add(inner.release(here.reshape(1, -1).copy()));
                    }
                }
            }
            return IntStream.range(0, sites.size())
                    .mapToObj(site -> Tensor.cat(rows.get(site), 0))
                    .toList();
        });
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelledPrompts its && texts.equals(its.texts) && Arrays.equals(labels, its.labels);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    @Override
    public String toString() {
        return texts.size() + " prompts";
    }
}

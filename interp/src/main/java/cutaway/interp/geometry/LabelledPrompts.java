package cutaway.interp.geometry;

import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Prompts with a number each, read from JSON lines: `{"text": "The number 37", "label": 37}`. What is fitted is
/// what a model holds at the last token.
///
/// @param texts in the order of the file
/// @param labels of each
public record LabelledPrompts(List<String> texts, double[] labels) {

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
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("there is no file " + file + "; give JSON lines such as " + EXAMPLE + ".");
        }
        List<String> texts = new ArrayList<>();
        List<Double> labels = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank()) {
                    JsonNode line = parsed(file, i + 1, lines.get(i));
                    texts.add(line.path("text").asString());
                    labels.add(line.path("label").asDouble());
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

    private static JsonNode parsed(Path file, int number, String text) {
        JsonNode line;
        try {
            line = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new BadInputException(
                    file + ", line " + number + " is not valid JSON: " + JsonFault.of(e) + "; expected " + EXAMPLE
                            + ".",
                    e);
        }
        JsonNode label = line.path("label");
        if (!line.path("text").isString() || line.path("text").asString().isEmpty() || !label.isNumber()) {
            throw new BadInputException(file + ", line " + number
                    + " has no \"text\", or no \"label\" that is a number;" + " expected " + EXAMPLE + ".");
        }
        return line;
    }

    /// What a model holds at the last token of each prompt.
    ///
    /// @return for each site `[prompt, width]`, float32, in the scope that is open
    /// @throws BadInputException when the model has no such site, or it has no vector for each token
    public List<Tensor> activations(Model model, List<Site> sites, Progress progress) {
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
                try (Trace trace = Runs.toLast(model, Source.of(ids, List.of()), sites);
                        Scope inner = Scope.open()) {
                    for (int site = 0; site < sites.size(); site++) {
                        Tensor all = trace.at(sites.get(site));
                        Tensor last = all.select(1, all.dim(1) - 1).to(Dtype.F32);
                        rows.get(site).add(inner.release(last.reshape(1, -1).copy()));
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

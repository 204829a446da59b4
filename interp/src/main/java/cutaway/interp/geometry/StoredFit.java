package cutaway.interp.geometry;

import cutaway.interp.edit.Edit;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A curve through the activations of a site, with the same curve of labels that were dealt out anew, as it is kept in
/// a file: a run's activation is moved along the one, and for a control along the other.
///
/// @param facts what the file says beside the numbers
/// @param fit to the labels
/// @param shuffled the same features of shuffled labels, in the same components
public record StoredFit(Facts facts, ManifoldFit fit, ManifoldFit shuffled) {

    private static final String HEADER = "fit";

    /// @param model that the activations are of
    /// @param site where they are, by its TransformerLens name
    /// @param position of each prompt; from -1 backwards it counts from the end
    /// @param features what was made of a label
    /// @param settings of the fit
    /// @param labels that were fitted, ascending
    /// @param heldOut that were not, ascending
    /// @param scores on both, with the rivals
    /// @param seed of the split and of the shuffle
    public record Facts(
            String model,
            String site,
            int position,
            String features,
            ManifoldFit.Settings settings,
            List<Double> labels,
            List<Double> heldOut,
            FitScores scores,
            long seed) {}

    /// Fits the rows of a split that are there to fit.
    ///
    /// @param activations `[n, d]`
    /// @param labels of each row
    /// @param facts of the fit; its labels are those of the split's rows
    public static StoredFit of(
            Tensor activations, double[] labels, LabelFeatures features, LabelSplit split, Facts facts) {
        return Scope.free(() -> {
            Tensor rows = LabelSplit.rows(activations, split.training());
            double[] fitted = LabelSplit.labels(labels, split.training());
            PrincipalComponents components =
                    PrincipalComponents.of(rows, facts.settings().components());
            double[] dealt = FitScores.shuffledLabels(fitted, new Random(facts.seed()).generator());
            double ridge = facts.settings().ridge();
            return new StoredFit(
                    facts,
                    ManifoldFit.of(components, rows, fitted, features, ridge),
                    ManifoldFit.of(components, rows, dealt, features, ridge));
        });
    }

    /// The labels of some rows, each once, ascending.
    public static List<Double> distinct(double[] labels, int[] rows) {
        return Arrays.stream(LabelSplit.labels(labels, rows))
                .distinct()
                .sorted()
                .boxed()
                .toList();
    }

    public Site site() {
        return Site.parse(facts.site);
    }

    /// The edit that moves an activation to a label along the curve ([ManifoldFit#moved]).
    ///
    /// @param label at most one span of the labels beyond either end of them: farther out a straight or polynomial
    ///     part of the curve runs away
    /// @param x the run's activation at the position, `[d]`
    /// @param position in the run
    /// @throws BadInputException when the label lies farther out, or is no number
    public Edit.Replace to(double label, Tensor x, int position) {
        checkLabel(label);
        return new Edit.Replace(site(), Positions.of(position), fit.moved(x, label));
    }

    /// The same along the curve of shuffled labels.
    public Edit.Replace control(double label, Tensor x, int position) {
        checkLabel(label);
        return new Edit.Replace(site(), Positions.of(position), shuffled.moved(x, label));
    }

    private void checkLabel(double label) {
        double[] all = Stream.concat(facts.labels.stream(), facts.heldOut.stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        double least = Arrays.stream(all).min().orElse(0);
        double most = Arrays.stream(all).max().orElse(0);
        double span = most - least;
        if (!(label >= least - span && label <= most + span)) {
            throw new BadInputException(String.format(
                    Locale.ROOT,
                    "the label is %s, and the curve is of labels from %s to %s; give one from %s to %s, at most as far"
                            + " beyond them as they span.",
                    plain(label),
                    plain(least),
                    plain(most),
                    plain(least - span),
                    plain(most + span)));
        }
    }

    private static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? String.format(Locale.ROOT, "%.0f", number)
                : String.valueOf(number);
    }

    /// Writes it to a safetensors file, with its facts in the header.
    ///
    /// @throws java.io.UncheckedIOException when the disk refuses
    public void write(Path file) {
        Scope.free(() -> {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            PrincipalComponents components = fit.components();
            tensors.put("mean", components.mean());
            tensors.put("directions", components.directions());
            tensors.put("variances", Tensor.of(components.variances(), components.count()));
            tensors.put("map", fit.map().weights());
            tensors.put("constant", fit.map().constant());
            tensors.put("shuffled.map", shuffled.map().weights());
            tensors.put("shuffled.constant", shuffled.map().constant());
            if (fit.features() instanceof LabelFeatures.Fourier(List<Double> periods, boolean _)) {
                double[] all = periods.stream().mapToDouble(Double::doubleValue).toArray();
                tensors.put("periods", Tensor.of(all, all.length)); // their text is rounded
            }
            TensorFile.write(file, tensors, Map.of(HEADER, JsonMapper.shared().writeValueAsString(facts)));
            return file;
        });
    }

    /// Reads what [#write] wrote.
    ///
    /// @throws BadInputException when the file cannot be read or is of something else
    public static StoredFit read(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path);
                Scope _ = Scope.open()) {
            String header = file.metadata().get(HEADER);
            if (header == null) {
                throw new BadInputException(path + " holds no fit; give a file that cutaway geometry fit --out wrote.");
            }
            Facts facts = JsonMapper.shared().readValue(header, Facts.class);
            Map<String, Tensor> tensors = TensorFile.readAll(file);
            LabelFeatures features = features(facts.features, tensors);
            PrincipalComponents components = PrincipalComponents.of(
                    named(path, tensors, "mean"),
                    named(path, tensors, "directions"),
                    named(path, tensors, "variances"));
            double[] labels =
                    facts.labels.stream().mapToDouble(Double::doubleValue).toArray();
            StoredFit read = new StoredFit(
                    facts,
                    ManifoldFit.of(features, labels, components, map(path, tensors, "")),
                    ManifoldFit.of(features, labels, components, map(path, tensors, "shuffled.")));
            read.check(path);
            return read;
        } catch (JacksonException e) {
            throw new BadInputException(
                    path + " says nothing readable of its fit; make it anew with cutaway geometry fit --out.", e);
        }
    }

    private static LabelFeatures features(String text, Map<String, Tensor> tensors) {
        LabelFeatures written = LabelFeatures.parse(text);
        return written instanceof LabelFeatures.Fourier(List<Double> _, boolean linear)
                        && tensors.containsKey("periods")
                ? new LabelFeatures.Fourier(
                        Arrays.stream(Objects.requireNonNull(tensors.get("periods"))
                                        .toDoubles())
                                .boxed()
                                .toList(),
                        linear)
                : written;
    }

    private static LeastSquares map(Path path, Map<String, Tensor> tensors, String which) {
        return LeastSquares.of(named(path, tensors, which + "map"), named(path, tensors, which + "constant"));
    }

    private static Tensor named(Path path, Map<String, Tensor> tensors, String name) {
        Tensor found = tensors.get(name);
        if (found == null) {
            throw new BadInputException(
                    path + " holds no tensor \"" + name + "\"; make the fit anew with cutaway geometry fit --out.");
        }
        return found;
    }

    /// Shapes that do not fit together.
    private void check(Path path) {
        PrincipalComponents components = fit.components();
        int columns = fit.features().count();
        boolean fits = Scope.free(
                () -> components.directions().dim(1) == components.mean().dim(0)
                        && isMap(fit.map(), columns, components.count())
                        && isMap(shuffled.map(), columns, components.count()));
        if (!fits) {
            throw new BadInputException(path
                    + " holds a fit whose tensors do not go together; make it anew with cutaway geometry fit --out.");
        }
    }

    private static boolean isMap(LeastSquares map, int columns, int components) {
        return Scope.free(() ->
                map.constant().dim(0) == components && map.weights().shape().count() == (long) columns * components);
    }
}

package cutaway.interp.lens;

import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A tuned lens (Belrose et al. 2023, arXiv:2303.08112, section 3): what the residual stream h in front of a layer
/// would say if the model ended there, after an affine map that was trained for the layer,
///
///     lens(h) = unembed(norm(h + W h + b))
///
/// With W and b of 0 it is the logit lens. A token that it has on top may be what the layers after would make of h on
/// average: that it is there already is not said.
public final class TunedLens implements AutoCloseable {

    static final String WEIGHT = "weight";
    static final String BIAS = "bias";
    private static final String FACTS = "tuned_lens";

    /// What a file says of a lens beside its numbers.
    ///
    /// @param model that it was trained on
    /// @param dModel width of its residual stream
    /// @param layers whose incoming residual stream is read
    /// @param scores on text that was held out
    public record Facts(String model, int dModel, List<Integer> layers, LensSettings settings, List<LensScore> scores) {

        public Facts {
            layers = List.copyOf(layers);
            scores = List.copyOf(scores);
        }
    }

    private final Facts facts;
    private final List<Map<String, Tensor>> weights;

    /// @param weights of each layer, which are the lens' from now on
    TunedLens(Facts facts, List<Map<String, Tensor>> weights) {
        this.facts = facts;
        this.weights = List.copyOf(weights);
    }

    /// The same lens with its scores.
    TunedLens scored(List<LensScore> scores) {
        return new TunedLens(new Facts(facts.model, facts.dModel, facts.layers, facts.settings, scores), weights);
    }

    public Facts facts() {
        return facts;
    }

    /// `h + W h + b`.
    ///
    /// @param hidden residual stream in front of the layer, `[..., dModel]`
    /// @throws BadInputException when the lens was not trained for the layer
    public Tensor translate(int layer, Tensor hidden) {
        return Scope.keep(() -> hidden.plus(hidden.linear(
                part(layer, WEIGHT).to(hidden.dtype()), part(layer, BIAS).to(hidden.dtype()))));
    }

    /// `W`, `[dModel, dModel]`: what is added to the identity. It stays the lens'.
    public Tensor weight(int layer) {
        return part(layer, WEIGHT);
    }

    /// `b`, `[dModel]`. It stays the lens'.
    public Tensor bias(int layer) {
        return part(layer, BIAS);
    }

    private Tensor part(int layer, String name) {
        int at = facts.layers.indexOf(layer);
        Tensor tensor = at < 0 ? null : weights.get(at).get(name);
        if (tensor == null) {
            throw new BadInputException(
                    "the lens was not trained for layer " + layer + "; it has " + facts.layers + ".");
        }
        return tensor;
    }

    /// @throws BadInputException when the lens is of a model of another shape
    public void check(Model model) {
        if (facts.dModel != model.sizes().dModel()
                || facts.layers.stream()
                        .anyMatch(layer -> layer >= model.sizes().layers())) {
            throw new BadInputException("the lens is of " + facts.model + ", with layers " + facts.layers
                    + " of width " + facts.dModel + ", and this model has "
                    + model.sizes().layers() + " of width "
                    + model.sizes().dModel() + "; train one for it with cutaway lens train.");
        }
    }

    /// Writes it to a safetensors file, with its facts in the header.
    ///
    /// @throws java.io.UncheckedIOException when the disk refuses
    public void write(Path file) {
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (int at = 0; at < weights.size(); at++) {
            int layer = facts.layers.get(at);
            weights.get(at).forEach((name, tensor) -> tensors.put(name(layer, name), tensor));
        }
        TensorFile.write(file, tensors, Map.of(FACTS, JsonMapper.shared().writeValueAsString(facts)));
    }

    private static String name(int layer, String part) {
        return "layers." + layer + "." + part;
    }

    /// Reads what [#write] wrote; the caller closes it.
    ///
    /// @throws BadInputException when the file cannot be read or is of something else
    public static TunedLens read(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path);
                Scope _ = Scope.open()) {
            String header = file.metadata().get(FACTS);
            if (header == null) {
                throw new BadInputException(path + " holds no lens; give a file that cutaway lens train --out wrote.");
            }
            Facts facts = JsonMapper.shared().readValue(header, Facts.class);
            List<Map<String, Tensor>> weights = new ArrayList<>();
            for (int layer : facts.layers) {
                Map<String, Tensor> one = new LinkedHashMap<>();
                one.put(WEIGHT, read(file, name(layer, WEIGHT), facts.dModel, facts.dModel));
                one.put(BIAS, read(file, name(layer, BIAS), facts.dModel));
                weights.add(one);
            }
            weights.forEach(one -> one.values().forEach(Scope::detach));
            return new TunedLens(facts, weights);
        } catch (JacksonException e) {
            throw new BadInputException(
                    path + " says nothing readable of its lens; train it anew with cutaway lens train.", e);
        }
    }

    private static Tensor read(SafetensorsFile file, String name, long... dims) {
        Tensor tensor = TensorFile.read(file, name);
        if (!Arrays.equals(tensor.shape().dims(), dims)) {
            throw new BadInputException("the lens' " + name + " is " + tensor.shape() + "; expected "
                    + Arrays.toString(dims) + ": train it anew with cutaway lens train.");
        }
        return tensor;
    }

    @Override
    public void close() {
        weights.forEach(one -> one.values().forEach(Tensor::close));
    }
}

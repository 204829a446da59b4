package cutaway.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.lab.descent.Descent;
import cutaway.lab.head.Head;
import cutaway.lab.head.Loss;
import cutaway.lab.head.Target;
import cutaway.lab.net.Activation;
import cutaway.lab.net.Autoencoder;
import cutaway.lab.net.ConvolutionNet;
import cutaway.lab.net.Input;
import cutaway.lab.net.Mlp;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Training;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import cutaway.tensor.training.LearningRate;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Golden: six steps of small nets, written by PyTorch (see the note beside it): losses before each step and parameters
/// after the last, with clipped gradients, momentum or weight decay, a warm-up and a cosine.
class PyTorchTest {

    private static final int STEPS = 6;
    private static final Descent ADAMW = new Descent.AdamW(0.1);
    private static final Descent SGD = new Descent.Sgd(0.9, false, 0);

    private record Case(SmallNet.Parts parts, Descent descent, double rate) {}

    private static Case of(String name) {
        Head linear = new Head.Linear();
        return switch (name) {
            case "mlp" ->
                new Case(
                        new SmallNet.Parts(
                                new Mlp(List.of(13), Activation.GELU),
                                linear,
                                Loss.CROSS_ENTROPY,
                                0,
                                new Input.Numbers(7),
                                new Target.Classes(List.of(5))),
                        ADAMW,
                        0.01);
            case "convolution" ->
                new Case(
                        new SmallNet.Parts(
                                new ConvolutionNet(List.of(3), 3, 2, true, Activation.RELU, true),
                                linear,
                                Loss.CROSS_ENTROPY,
                                0,
                                new Input.Image(1, 8, 8),
                                new Target.Classes(List.of(4))),
                        SGD,
                        0.1);
            case "autoencoder" ->
                new Case(
                        new SmallNet.Parts(
                                new Autoencoder(List.of(2), Activation.NONE, Activation.RELU, true, false, true),
                                linear,
                                Loss.MSE,
                                0,
                                new Input.Numbers(5),
                                new Target.Numbers(5)),
                        SGD,
                        0.1);
            case "harmonic" ->
                new Case(
                        new SmallNet.Parts(
                                new Mlp(List.of(6), Activation.TANH, true, 4, true),
                                new Head.Harmonic(4),
                                Loss.CROSS_ENTROPY,
                                0,
                                new Input.Tokens(2, 7),
                                new Target.Classes(List.of(7))),
                        ADAMW,
                        0.01);
            default ->
                new Case(
                        new SmallNet.Parts(
                                new Mlp(List.of(), Activation.NONE),
                                linear,
                                Loss.LOGISTIC,
                                0,
                                new Input.Numbers(6),
                                new Target.Signs(1)),
                        ADAMW,
                        0.01);
        };
    }

    /// Float64; sums in another order differ in the last digits.
    @ParameterizedTest
    @ValueSource(strings = {"mlp", "convolution", "autoencoder", "harmonic", "logistic"})
    void learnsAsInPyTorch(String name) {
        Case one = of(name);
        try (SafetensorsFile file = SafetensorsFile.open(Path.of("src/test/resources/training/expected.safetensors"));
                Scope _ = Scope.open()) {
            Map<String, Tensor> kept = TensorFile.readAll(file);
            Map<String, Tensor> parameters = new LinkedHashMap<>();
            one.parts
                    .parameters()
                    .forEach(parameter -> parameters.put(
                            parameter.name(),
                            get(kept, name + ".start." + parameter.name()).copy()));
            SmallNet net = new SmallNet(one.parts, 1, parameters);
            LearningRate rate = new LearningRate(one.rate, 2, 4, LearningRate.Shape.COSINE);
            Tensor weight =
                    name.equals("autoencoder") ? Tensor.of(new double[] {1, 0.9, 0.81, 0.729, 0.6561}, 1, 1, 5) : null;
            try (Training training = new Training(net, one.descent.optimiser(parameters, Set.of()), rate, STEPS, 0.2)) {
                for (int step = 0; step < STEPS; step++) {
                    Batch batch = new Batch(get(kept, name + ".x" + step), get(kept, name + ".y" + step), weight);
                    assertEquals(
                            get(kept, name + ".loss" + step).item(),
                            net.losses(parameters, batch).item(),
                            1e-12,
                            "loss of step " + step);
                    training.step(batch);
                }
            }
            parameters.forEach((key, parameter) ->
                    assertArrayEquals(get(kept, name + ".end." + key).toDoubles(), parameter.toDoubles(), 1e-11, key));
        }
    }

    private static Tensor get(Map<String, Tensor> kept, String name) {
        return Objects.requireNonNull(kept.get(name), name);
    }
}

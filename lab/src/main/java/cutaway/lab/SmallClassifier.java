package cutaway.lab;

import cutaway.lab.descent.Descent;
import cutaway.lab.head.Head;
import cutaway.lab.head.Loss;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import cutaway.lab.net.Net;
import cutaway.lab.net.Start;
import cutaway.lab.net.Tap;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Training;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.LearningRate;
import java.util.List;
import java.util.function.DoubleConsumer;

/// A net with one output, trained on examples that are at hand to tell yes from no. It is kept in no
/// folder: it takes a second, and the same examples and settings make the same net.
public final class SmallClassifier implements AutoCloseable {

    /// How it is trained: AdamW on all examples at once, the rate falling to 0 over the second half.
    ///
    /// @param decay of the weights, decoupled
    /// @param seed of the weights at the start
    public record Settings(int steps, double rate, double decay, long seed) {}

    private final SmallNet net;

    private SmallClassifier(SmallNet net) {
        this.net = net;
    }

    /// Trains one; the caller closes it.
    ///
    /// @param x `[1, n, width]`
    /// @param yes 1 or 0 for each example
    /// @param progress told what part of the steps is made
    public static SmallClassifier train(Net net, Tensor x, int[] yes, Settings settings, DoubleConsumer progress) {
        SmallNet.Parts parts = new SmallNet.Parts(
                net,
                new Head.Linear(),
                Loss.LOGISTIC,
                0,
                new Input.Numbers(Math.toIntExact(x.dim(2))),
                new Target.Signs(1));
        SmallNet small = new SmallNet(
                parts,
                1,
                new Start(Start.Kind.FAN_IN, 1).tensors(parts.parameters(), List.of(settings.seed), Dtype.F32));
        float[] wanted = new float[yes.length];
        for (int i = 0; i < yes.length; i++) {
            wanted[i] = yes[i];
        }
        LearningRate rate = new LearningRate(settings.rate, 0, settings.steps / 2, LearningRate.Shape.LINEAR);
        try (Scope _ = Scope.open();
                Training training = new Training(
                        small,
                        new Descent.AdamW(settings.decay).optimiser(small.parameters(), small.matrices()),
                        rate,
                        settings.steps,
                        0)) {
            Batch batch = new Batch(x, Tensor.of(wanted, 1, yes.length, 1), null);
            while (!training.isDone()) {
                training.step(batch);
                progress.accept((double) training.steps() / settings.steps);
            }
        } catch (RuntimeException e) {
            small.close();
            throw e;
        }
        return new SmallClassifier(small);
    }

    /// The probability of yes for each example.
    ///
    /// @param x `[1, n, width]`
    public double[] probabilities(Tensor x) {
        return Scope.free(() -> {
            double[] logits =
                    net.outputs(net.parameters(), x, Tap.NONE).to(Dtype.F64).toDoubles();
            for (int i = 0; i < logits.length; i++) {
                logits[i] = 1 / (1 + Math.exp(-logits[i]));
            }
            return logits;
        });
    }

    @Override
    public void close() {
        net.close();
    }
}

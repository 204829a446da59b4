package cutaway.interp.lens;

import cutaway.model.Model;
import cutaway.tensor.Adam;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Trains the translators of a [TunedLens], each from the identity on, by the KL of what the lens says from what the
/// model says. The layers share the model's runs and nothing else.
public final class LensTraining {

    private static final double[] ONE = {1};
    private static final int HELD_OUT = 5; // one text of so many

    private LensTraining() {}

    /// Is told what part of the steps is done.
    public interface Progress {
        void tell(double done);
    }

    /// Trains one on four of five texts and scores it on the fifth; the caller closes it.
    ///
    /// @param name of the model, for who reads the file
    /// @param texts token ids
    /// @param layers whose incoming residual stream is read, from 0
    /// @throws BadInputException when there are too few texts, or the model has no such layer
    public static TunedLens train(
            Model model,
            String name,
            List<int[]> texts,
            List<Integer> layers,
            LensSettings settings,
            Progress progress) {
        check(model, texts, layers);
        List<int[]> training = new ArrayList<>();
        List<int[]> heldOut = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            (i % HELD_OUT == HELD_OUT - 1 ? heldOut : training).add(texts.get(i));
        }
        int width = model.sizes().dModel();
        List<Map<String, Tensor>> weights = new ArrayList<>();
        List<Adam> optimisers = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Map<String, Tensor> one = new LinkedHashMap<>();
            one.put(TunedLens.WEIGHT, zeros(model, width, width));
            one.put(TunedLens.BIAS, zeros(model, width));
            weights.add(one);
            optimisers.add(new Adam(one, Adam.Settings.USUAL));
        }
        RandomGenerator random = new Random(settings.seed()).generator();
        double[] sizes = new double[layers.size()];
        for (int step = 0; step < settings.steps(); step++) {
            progress.tell((double) step / settings.steps());
            double rate = settings.rate() / width * (1 - (double) step / settings.steps());
            try (Scope _ = Scope.open()) {
                LensReading reading = LensReading.of(model, drawn(training, settings.tokens(), random), layers);
                for (int at = 0; at < layers.size(); at++) {
                    sizes[at] = step == 0 ? reading.size(at) : sizes[at];
                    step(model, reading, at, sizes[at], weights.get(at), optimisers.get(at), rate);
                }
            }
        }
        optimisers.forEach(Adam::close);
        for (int at = 0; at < layers.size(); at++) {
            Tensor bias = weights.get(at).get(TunedLens.BIAS);
            if (bias != null) {
                double size = sizes[at];
                weights.get(at).put(TunedLens.BIAS, Scope.detach(bias.times(size)));
                bias.close();
            }
        }
        TunedLens lens = new TunedLens(new TunedLens.Facts(name, width, layers, settings, List.of()), weights);
        return lens.scored(scores(model, lens, heldOut, settings.tokens()));
    }

    private static Tensor zeros(Model model, long... dims) {
        return Scope.detach(Tensor.full(0, model.transformer().dtype(), dims));
    }

    private static void check(Model model, List<int[]> texts, List<Integer> layers) {
        int count = model.sizes().layers();
        if (layers.isEmpty() || layers.stream().anyMatch(layer -> layer < 0 || layer >= count)) {
            throw new BadInputException("layers " + layers + " of a lens; the model has layers 0 to " + (count - 1)
                    + ": name some of them.");
        }
        if (texts.size() < HELD_OUT) {
            throw new BadInputException("a text of " + texts.size() + " contexts, of which one in " + HELD_OUT
                    + " is held out; give more text, or a smaller --context.");
        }
    }

    private static List<int[]> drawn(List<int[]> texts, int tokens, RandomGenerator random) {
        List<int[]> some = new ArrayList<>();
        int count = 0;
        while (count < tokens) {
            int[] text = texts.get(random.nextInt(texts.size()));
            some.add(text);
            count += text.length;
        }
        return some;
    }

    /// The bias is kept in units of the residual stream's size, so that Adam's steps suit it as they suit the weight.
    private static void step(
            Model model,
            LensReading reading,
            int at,
            double size,
            Map<String, Tensor> weights,
            Adam adam,
            double rate) {
        try (Scope _ = Scope.open()) {
            Tensor rows = reading.ordinary(at);
            Tensor hidden = reading.hidden().get(at).gatherRows(0, rows);
            Map<String, Tensor> tracked = new LinkedHashMap<>();
            weights.forEach((name, tensor) -> tracked.put(name, Autograd.track(tensor)));
            List<Tensor> leaves = new ArrayList<>(tracked.values());
            Tensor moved =
                    hidden.plus(hidden.linear(leaves.get(0), leaves.get(1).times(size)));
            Tensor loss = LensReading.divergence(reading.said().gatherRows(0, rows), LensReading.says(model, moved));
            List<Tensor> slopes = Autograd.gradients(loss, leaves);
            Map<String, Tensor> gradients = new LinkedHashMap<>();
            int i = 0;
            for (String name : weights.keySet()) {
                gradients.put(name, slopes.get(i++));
            }
            adam.step(gradients, rate, ONE);
        }
    }

    /// On all texts that are held out, in batches.
    private static List<LensScore> scores(Model model, TunedLens lens, List<int[]> texts, int tokens) {
        List<Integer> layers = lens.facts().layers();
        double[][] sums = new double[layers.size()][5];
        int from = 0;
        while (from < texts.size()) {
            int to = from;
            for (int count = 0; to < texts.size() && count < tokens; to++) {
                count += texts.get(to).length;
            }
            List<int[]> some = texts.subList(from, to);
            from = to;
            try (Scope _ = Scope.open()) {
                LensReading reading = LensReading.of(model, some, layers);
                for (int at = 0; at < layers.size(); at++) {
                    add(sums[at], model, lens, reading, at);
                }
            }
        }
        List<LensScore> scores = new ArrayList<>();
        for (int at = 0; at < layers.size(); at++) {
            double[] sum = sums[at];
            scores.add(
                    new LensScore(layers.get(at), sum[0] / sum[4], sum[1] / sum[4], sum[2] / sum[4], sum[3] / sum[4]));
        }
        return scores;
    }

    private static void add(double[] sums, Model model, TunedLens lens, LensReading reading, int at) {
        try (Scope _ = Scope.open()) {
            Tensor rows = reading.ordinary(at);
            Tensor hidden = reading.hidden().get(at).gatherRows(0, rows);
            Tensor said = reading.said().gatherRows(0, rows);
            Tensor plain = LensReading.says(model, hidden);
            Tensor tuned =
                    LensReading.says(model, lens.translate(lens.facts().layers().get(at), hidden));
            double count = rows.dim(0);
            sums[0] += count * LensReading.divergence(said, plain).item();
            sums[1] += count * LensReading.divergence(said, tuned).item();
            sums[2] += count * LensReading.sameTop(said, plain);
            sums[3] += count * LensReading.sameTop(said, tuned);
            sums[4] += count;
        }
    }
}

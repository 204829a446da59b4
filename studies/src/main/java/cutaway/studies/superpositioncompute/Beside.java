package cutaway.studies.superpositioncompute;

import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.judge.Planted;
import cutaway.features.train.Schedule;
import cutaway.features.train.Trainer;
import cutaway.features.train.Training;
import cutaway.lab.built.AndNetwork;
import cutaway.lab.built.TwoLayers;
import cutaway.studies.Bar;
import cutaway.studies.Figure;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/// What else there is to say of the smallest of the networks, beside the paper's claims: nets that Adam
/// trains, what sparse dictionaries find of its codes, and a second layer on top of it.
///
/// @param neurons that the built network needs
/// @param fewer neurons of the trained nets and of the built ones beside them
/// @param trained errors of these
/// @param built errors of those
/// @param found by dictionaries of the network's neurons, for each of [#KS]
/// @param more neurons of two layers
/// @param layers their errors
record Beside(
        int neurons,
        int[] fewer,
        double[] trained,
        double[] built,
        List<Planted.Recovery> found,
        int[] more,
        List<TwoLayers.Errors> layers) {

    /// Latents that are active on each input; no more than one AND is true.
    static final int[] KS = {1, 4};

    private static final int[] PARTS = {1, 2, 4, 8, 16, 32};
    private static final int[] TIMES = {1, 2, 4, 8};
    private static final int BATCH = 256;
    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());

    /// @param steps of every training
    /// @param progress is told the share that is done, 0 to 1
    static Beside of(int inputs, int neurons, int steps, int trials, long seed, DoubleConsumer progress) {
        int[] fewer = Arrays.stream(PARTS).map(part -> neurons / part).toArray();
        double[] trained = new double[fewer.length];
        double[] built = new double[fewer.length];
        int trainings = fewer.length + KS.length; // of the same steps each
        for (int i = 0; i < fewer.length; i++) {
            double before = i;
            try (AndNetwork network = AndNetwork.of(inputs, fewer[i], AndNetwork.Codes.OF_OUTPUTS, seed)) {
                trained[i] = TrainedAnds.error(
                        network, steps, trials, seed, done -> progress.accept((before + done) / trainings));
                built[i] = network.error(trials, new Random(seed + 7).generator());
            }
        }
        int[] more = Arrays.stream(TIMES).map(times -> neurons * times).toArray();
        return new Beside(
                neurons,
                fewer,
                trained,
                built,
                IntStream.range(0, KS.length)
                        .mapToObj(i -> {
                            progress.accept((double) (fewer.length + i) / trainings);
                            return found(inputs, neurons, KS[i], steps, seed);
                        })
                        .toList(),
                more,
                Arrays.stream(more)
                        .mapToObj(n -> layers(inputs, n, trials, seed))
                        .toList());
    }

    /// A dictionary of twice as many latents as codes, trained on neurons of inputs drawn anew at each step.
    private static Planted.Recovery found(int inputs, int neurons, int k, int steps, long seed) {
        try (AndNetwork network = AndNetwork.of(inputs, neurons, AndNetwork.Codes.OF_OUTPUTS, seed);
                Scope _ = Scope.open()) {
            Trainer.Source source = step -> {
                Tensor h = network.hidden(network.trials(BATCH, new Random(seed + 1000 * (step + 1)).generator()));
                return new Trainer.Batch(h, h);
            };
            Tensor first = source.batch(0).x();
            try (Coder coder = new CoderSettings(new Sparsity.TopK(k))
                            .deadAfter(100)
                            .create(2 * inputs, seed, first, first);
                    Dictionary dictionary = Training.run(
                            coder,
                            new Schedule(steps, 3e-3, steps / 20, steps / 5, 0),
                            Training.Options.USUAL,
                            source,
                            NOWHERE)) {
                return Planted.recovery(network.outputDirections(), dictionary, seed);
            }
        }
    }

    private static TwoLayers.Errors layers(int inputs, int neurons, int trials, long seed) {
        try (TwoLayers layers = TwoLayers.of(inputs, neurons, seed)) {
            return layers.errors(trials, new Random(seed + 19).generator());
        }
    }

    private interface Read {
        double of(Beside one);
    }

    private static double median(List<Beside> all, Read read) {
        return Bar.median(all.stream().map(read::of).toList());
    }

    private static double[] medians(List<Beside> all, int count, IndexedRead read) {
        return IntStream.range(0, count)
                .mapToDouble(i -> median(all, one -> read.of(one, i)))
                .toArray();
    }

    private interface IndexedRead {
        double of(Beside one, int i);
    }

    static Figure trainedFigure(List<Beside> all, int inputs) {
        double[] x = medians(all, PARTS.length, (one, i) -> one.fewer[i]);
        return new Figure(
                "Built, and trained by Adam",
                inputs + " ANDs. Inputs with any output wrong; medians over seeds. What is trained may choose every"
                        + " weight from neurons to outputs.",
                new Figure.Curves(
                        Figure.Axis.log("neurons"),
                        Figure.Axis.of("share with a wrong output"),
                        List.of(
                                Figure.Series.line("trained", x, medians(all, x.length, (one, i) -> one.trained[i])),
                                Figure.Series.line("built", x, medians(all, x.length, (one, i) -> one.built[i])))));
    }

    static Figure foundFigure(List<Beside> all) {
        return new Figure(
                "What dictionaries find of the codes",
                "Mean over the true codes of the largest cosine with a latent's direction, of TopK dictionaries of the"
                    + " built network's neurons; medians over seeds. Shuffled: codes with neurons in another order.",
                new Figure.Bars(
                        Figure.Axis.of("mean max cosine"),
                        IntStream.range(0, 2 * KS.length)
                                .mapToObj(i -> "k = " + KS[i / 2] + (i % 2 == 0 ? "" : ", shuffled"))
                                .toList(),
                        IntStream.range(0, 2 * KS.length)
                                .mapToObj(i -> median(
                                        all,
                                        one -> (i % 2 == 0
                                                        ? one.found.get(i / 2).meanMaxCosine()
                                                        : one.found.get(i / 2).shuffled())
                                                .value()))
                                .toList()));
    }

    static Figure layersFigure(List<Beside> all, int inputs) {
        double[] x = medians(all, TIMES.length, (one, i) -> one.more[i]);
        return new Figure(
                "ANDs of ANDs",
                inputs + " ANDs of the outputs of " + inputs + " ANDs, through one code compressed once more; three or"
                        + " four inputs are set. Medians over seeds.",
                new Figure.Curves(
                        Figure.Axis.log("neurons of each layer"),
                        Figure.Axis.of("share with a wrong output"),
                        List.of(
                                Figure.Series.line(
                                        "first layer",
                                        x,
                                        medians(
                                                all,
                                                x.length,
                                                (one, i) -> one.layers.get(i).first())),
                                Figure.Series.line(
                                        "second layer",
                                        x,
                                        medians(
                                                all,
                                                x.length,
                                                (one, i) -> one.layers.get(i).second())))));
    }

    /// What they say, in sentences.
    static List<String> notes(List<Beside> all, int inputs, int steps) {
        int enough = all.stream()
                .mapToInt(one -> IntStream.range(0, PARTS.length)
                        .filter(i -> one.trained[i] >= SuperpositionCompute.WRONG)
                        .findFirst()
                        .orElse(PARTS.length))
                .min()
                .orElse(0);
        String fewest = enough == 0
                ? "not even as many neurons as the built ones need were enough on every seed"
                : String.format(
                        Locale.ROOT,
                        "one part in %d of the neurons that the built ones need was enough on every seed",
                        PARTS[enough - 1]);
        return List.of(
                String.format(
                        Locale.ROOT,
                        "Of nets of %d ANDs that Adam trained for %,d steps on such draws, %s. They read their"
                                + " neurons by %d n free weights, the built ones by log2 m' ones for each output: the"
                                + " construction is no optimum at this size, and the bound is one of networks whose"
                                + " weights are n x n.",
                        inputs,
                        steps,
                        fewest,
                        inputs),
                String.format(
                        Locale.ROOT,
                        "Dictionaries of %d latents with k = %d (as many as there are ANDs true at once) found %.2f of"
                                + " the codes with a cosine above 0.9, with k = %d %.2f.",
                        2 * inputs,
                        KS[0],
                        median(all, one -> one.found.getFirst().found()),
                        KS[1],
                        median(all, one -> one.found.getLast().found())),
                String.format(
                        Locale.ROOT,
                        "A second layer, linearly recompressed, was wrong on %.2f of inputs with the neurons that one"
                                + " layer needs for two set inputs (the first on %.2f, for three or four are set), on"
                                + " %.3f with eight times as many: what is off in the first is not rounded off.",
                        median(all, one -> one.layers.getFirst().second()),
                        median(all, one -> one.layers.getFirst().first()),
                        median(all, one -> one.layers.getLast().second())));
    }
}

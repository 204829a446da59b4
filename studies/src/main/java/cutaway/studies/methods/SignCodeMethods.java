package cutaway.studies.methods;

import cutaway.interp.codes.SignCodes;
import cutaway.lab.built.AndNetwork;
import cutaway.studies.Goal;
import cutaway.studies.methods.Rating.Asked;
import cutaway.studies.methods.Rating.Baseline;
import cutaway.studies.methods.Rating.Silence;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Which inputs belong together, from the signs of a layer's weights: the pairs that a hand-built network of ANDs
/// gives a code of neurons each.
final class SignCodeMethods implements Family {

    private static final String NAME = "codes";
    private static final int INPUTS = 60;
    private static final int NEURONS = 200;

    /// Of what is added to each weight: a code's neuron has 1, the others 0.
    private static final double NOISE = 0.2;

    /// p is uniform on a null, so that one shuffled layer in two hundred falls below.
    private static final double LEAST_P = 0.005;

    private static final SignCodes.Settings SETTINGS = new SignCodes.Settings(0.25, 0.6, 999, 0);

    @Override
    public String name() {
        return NAME;
    }

    /// Average precisions over all pairs of inputs, and the p-value of a shuffled layer.
    private record Seen(double ours, double sizes, double random, double p) {}

    @Override
    public List<Rating> rate(int seeds) {
        List<Seen> all =
                IntStream.range(0, seeds).mapToObj(SignCodeMethods::see).toList();
        return List.of(Rating.of(
                new Asked(
                        NAME,
                        "sign codes",
                        "codes",
                        INPUTS + " pairs of " + INPUTS + " inputs that share neurons of a built network of ANDs"),
                "average precision of the order of pairs",
                Goal.atLeast(0.9),
                all.stream().mapToDouble(Seen::ours).toArray(),
                List.of(
                        Baseline.of(
                                "pairs with the largest weights",
                                all.stream().mapToDouble(Seen::sizes).toArray()),
                        Baseline.of(
                                "order at random",
                                all.stream().mapToDouble(Seen::random).toArray())),
                Silence.of(
                        "p of the overlaps where each neuron's weights are shuffled",
                        Goal.atLeast(LEAST_P),
                        all.stream().mapToDouble(Seen::p).toArray())));
    }

    private static Seen see(int seed) {
        try (Scope _ = Scope.open();
                AndNetwork network = AndNetwork.of(INPUTS, NEURONS, AndNetwork.Codes.OF_OUTPUTS, seed)) {
            Random random = new Random(seed + 1000);
            Tensor weights = network.reads()
                    .plus(random.normal(NEURONS, INPUTS).times(NOISE))
                    .minus(0.5);
            Set<List<Integer>> wanted = new HashSet<>();
            network.circuit().forEach(and -> wanted.add(and.inputs()));
            List<List<Integer>> pairs = pairs();
            SignCodes codes = codes(weights);
            double[] size = weights.square().sum(0, false).toDoubles();
            Map<List<Integer>, Double> drawn = new HashMap<>();
            RandomGenerator generator = random.generator();
            pairs.forEach(pair -> drawn.put(pair, generator.nextDouble()));
            return new Seen(
                    Ranks.precision(pairs, wanted, pair -> codes.marks().excess(pair.get(0), pair.get(1))),
                    Ranks.precision(pairs, wanted, pair -> size[pair.get(0)] + size[pair.get(1)]),
                    Ranks.precision(pairs, wanted, pair -> drawn.getOrDefault(pair, 0.0)),
                    codes(Shuffle.withinRows(weights, generator)).pValue());
        }
    }

    private static SignCodes codes(Tensor weights) {
        return SignCodes.of(weights, new double[0], SETTINGS);
    }

    private static List<List<Integer>> pairs() {
        List<List<Integer>> pairs = new ArrayList<>();
        for (int a = 0; a < INPUTS; a++) {
            for (int b = a + 1; b < INPUTS; b++) {
                pairs.add(List.of(a, b));
            }
        }
        return pairs;
    }
}

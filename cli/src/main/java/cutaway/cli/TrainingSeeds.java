package cutaway.cli;

import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which random draws a training makes: those of the first weights, and that of the order of the data.
final class TrainingSeeds {

    private static final int MOST = 1000;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the first weights, and of the order of the data (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--seeds",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            description = "Several dictionaries whose first weights are of other seeds, with the data in the order of"
                    + " --seed: how many, from --seed on, or several seeds, joined by commas.")
    private @Nullable List<Long> seeds;

    @Option(
            names = "--order-seed",
            paramLabel = "N",
            description = "Seed of the order of the data alone (default: that of --seed): with it, one of several"
                    + " dictionaries is trained alone to the same bits.")
    private @Nullable Long orderSeed;

    /// Those of the first weights, one for each dictionary.
    ///
    /// @throws BadInputException when there are none, or one twice
    List<Long> ofWeights() {
        if (seeds == null) {
            return List.of(seed);
        }
        if (seeds.size() > 1) {
            return CoderOptions.once("--seeds", seeds);
        }
        long count = seeds.getFirst();
        if (count < 1 || count > MOST) {
            throw new BadInputException("--seeds is " + count + ": so many dictionaries, from --seed on; expected 1 to "
                    + MOST + ", or several seeds joined by commas.");
        }
        return LongStream.range(seed, seed + count).boxed().toList();
    }

    /// That of the order of the data.
    long ofOrder() {
        return orderSeed == null ? seed : orderSeed;
    }
}

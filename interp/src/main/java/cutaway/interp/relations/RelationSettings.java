package cutaway.interp.relations;

import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.stream.IntStream;

/// How a relation is fitted.
///
/// @param examples facts that are shown before each prompt, and whose expansions are averaged, at least 2
/// @param layers after whose blocks the subject may be read, ascending; one is chosen
/// @param betas one is chosen
/// @param ranks of the map turned round; one is chosen
/// @param seed of which facts are examples, and of what is random
public record RelationSettings(int examples, List<Integer> layers, List<Double> betas, List<Integer> ranks, long seed) {

    private static final List<Double> BETAS = List.of(1.0, 1.5, 2.0, 2.5, 3.0, 4.0);
    private static final List<Integer> RANKS = List.of(8, 16, 32, 64, 128, 256);
    private static final int EVERY = 4;

    public RelationSettings {
        layers = List.copyOf(layers);
        betas = List.copyOf(betas);
        ranks = List.copyOf(ranks);
        if (examples < 2) {
            throw new BadInputException(
                    examples + " examples; expected at least 2, for each is asked behind the others.");
        }
        if (layers.isEmpty() || betas.isEmpty() || ranks.isEmpty()) {
            throw new IllegalArgumentException("no layers, no betas or no ranks to choose from");
        }
    }

    /// Every fourth layer, from the first to the last but one.
    ///
    /// @param layers of the model
    public static RelationSettings usual(int layers, int examples, long seed) {
        return new RelationSettings(
                examples,
                IntStream.range(0, layers - 1)
                        .filter(layer -> layer % EVERY == 0)
                        .boxed()
                        .toList(),
                BETAS,
                RANKS,
                seed);
    }

    /// The same with other layers to choose from.
    public RelationSettings at(List<Integer> chosen) {
        return new RelationSettings(examples, chosen, betas, ranks, seed);
    }

    /// @param blocks of the model
    /// @throws BadInputException when a layer is none that can be chosen
    public void check(int blocks) {
        for (int layer : layers) {
            if (layer < 0 || layer > blocks - 2) {
                throw new BadInputException("layer " + layer + "; give some from 0 to " + (blocks - 2)
                        + ", for what the last block leaves is the end itself.");
            }
        }
    }
}

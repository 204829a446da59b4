package cutaway.features.judge;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The random models of the module `model` (3 layers, dModel 32, vocab 97), and small dictionaries.
final class Tiny {

    static final Judge.Progress QUIET = (_, _, _) -> {};

    private Tiny() {}

    static Model open(String name) {
        return Model.open(Path.of("../model/src/test/resources/golden").resolve(name));
    }

    /// Contexts of random tokens.
    static List<Context> contexts(int count, int length, long seed) {
        RandomGenerator random = new Random(seed).generator();
        List<Context> contexts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            contexts.add(new Context(0, random.ints(length, 3, 97).toArray()));
        }
        return contexts;
    }

    static Origin at(String... sites) {
        List<Site> input = List.of(Site.parse(sites[0]));
        return new Origin("tiny", input, List.of(Site.parse(sites[sites.length - 1])), Map.of());
    }

    /// `relu(x E^T + b) D + c`.
    static Dictionary relu(Tensor encoder, Tensor bias, Tensor decoder, Tensor decoderBias, Origin origin) {
        return new Dictionary(
                new Dictionary.Weights(encoder, bias, decoder, decoderBias, Optional.empty()),
                new Activation.Relu(),
                false,
                Scaling.NONE,
                origin);
    }

    /// A latent for each coordinate and sign, all kept: it gives back what it is given.
    static Dictionary identity(int d, Origin origin) {
        try (Scope _ = Scope.open()) {
            Tensor one = Moments.identity(d).to(Dtype.F32);
            Tensor both = Tensor.cat(List.of(one, one.negate()), 0);
            return relu(both, Tensor.zeros(2L * d), both.copy(), Tensor.zeros(d), origin);
        }
    }

    /// No latent is ever active; it gives back its bias.
    static Dictionary silent(Tensor bias, Origin origin) {
        long d = bias.dim(0);
        return relu(Tensor.zeros(5, d), Tensor.full(-1, Dtype.F32, 5), Tensor.ones(5, d), bias, origin);
    }
}

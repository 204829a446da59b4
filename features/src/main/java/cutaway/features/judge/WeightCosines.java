package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.interp.statistics.Bootstrap;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a dictionary's weights say without any text: whether a latent reads what it writes, and whether another
/// writes the same.
final class WeightCosines {

    private WeightCosines() {}

    /// Encoder-decoder cosine: `mean_i e_i . d_i / (|e_i| |d_i|)`, of autoencoders. 1 where the encoder is the
    /// decoder's transpose; latents that share a direction with others read less than they write.
    ///
    /// @return one a latent
    static double[] encoderDecoder(Dictionary dictionary) {
        return Scope.free(() -> {
            Tensor encoder = dictionary.weights().encoder();
            Tensor decoder = dictionary.weights().decoder();
            Tensor norms = encoder.square()
                    .sum(1, false)
                    .times(decoder.square().sum(1, false))
                    .sqrt();
            return encoder.times(decoder)
                    .sum(1, false)
                    .over(norms)
                    .maskedFill(norms.equalTo(0), 0)
                    .toDoubles();
        });
    }

    /// @param random directions in place of the decoder's, `[latent, dOut]`
    static List<Judgement.Row> rows(Dictionary dictionary, Tensor random) {
        List<Judgement.Row> rows = new ArrayList<>();
        boolean autoencoder = dictionary.dIn() == dictionary.dOut()
                && dictionary.origin().inputs().equals(dictionary.origin().outputs());
        if (autoencoder) {
            rows.add(new Judgement.Row("encoder-decoder cosine", "", mean(encoderDecoder(dictionary)), Map.of()));
        }
        if (dictionary.width() > 1) {
            rows.add(new Judgement.Row(
                    "nearest other decoder",
                    "cosine",
                    mean(MaxCosine.amongOthers(dictionary.weights().decoder())),
                    Map.of("random", mean(MaxCosine.amongOthers(random)))));
        }
        random.close();
        return rows;
    }

    /// The mean over latents, which are what is drawn anew.
    static Estimate mean(double[] values) {
        return new Estimate(MaxCosine.mean(values), Bootstrap.seeded(0).mean(values));
    }
}

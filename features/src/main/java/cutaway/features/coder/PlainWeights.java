package cutaway.features.coder;

import cutaway.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// The parameters that a sparse pass reads, where maps are plain matrices.
///
/// @param encoder `[latent, dIn]`
/// @param biasName which parameter is added to the products before codes are picked
/// @param encoderBias that parameter, `[latent]`
/// @param decoder `[latent, dOut]`
/// @param decoderBias `[dOut]`
/// @param skip `[dOut, dIn]`
/// @param centres whether the decoder's bias is taken from the inputs first
record PlainWeights(
        Tensor encoder,
        String biasName,
        Tensor encoderBias,
        Tensor decoder,
        Tensor decoderBias,
        Optional<Tensor> skip,
        boolean centres) {

    static PlainWeights of(Map<String, Tensor> p, String biasName, boolean centres) {
        return new PlainWeights(
                Maps.parameter(p, Maps.ENCODER),
                biasName,
                Maps.parameter(p, biasName),
                Maps.parameter(p, Maps.DECODER),
                Maps.parameter(p, Maps.DECODER_BIAS),
                Optional.ofNullable(p.get(Maps.SKIP)),
                centres);
    }

    int width() {
        return Math.toIntExact(encoder.dim(0));
    }
}

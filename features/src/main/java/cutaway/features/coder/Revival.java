package cutaway.features.coder;

import cutaway.tensor.Tensor;

/// The norms that revived latents get: of an encoder row a fifth of the mean of the others', of a decoder row their
/// mean (Bricken et al. 2023: 0.2 and, where all are so, 1).
record Revival(double encoderNorm, double decoderNorm) {

    private static final double SHARE = 0.2;

    /// @param encoderNorms of all latents
    /// @param latents those to revive, which are not asked
    static Revival of(Tensor encoderNorms, Tensor decoderNorms, int[] latents) {
        return new Revival(SHARE * meanOfOthers(encoderNorms, latents), meanOfOthers(decoderNorms, latents));
    }

    private static double meanOfOthers(Tensor norms, int[] latents) {
        double[] all = norms.toDoubles();
        double sum = 0;
        for (double norm : all) {
            sum += norm;
        }
        if (latents.length == all.length) {
            return sum / all.length;
        }
        for (int latent : latents) {
            sum -= all[latent];
        }
        return sum / (all.length - latents.length);
    }

    Tensor encoderRow(Tensor direction) {
        return scaled(direction, encoderNorm);
    }

    Tensor decoderRow(Tensor direction) {
        return scaled(direction, decoderNorm);
    }

    static Tensor scaled(Tensor direction, double norm) {
        double length = direction.norm();
        return length == 0 ? direction : direction.times(norm / length);
    }
}

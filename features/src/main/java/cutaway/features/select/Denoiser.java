package cutaway.features.select;

import cutaway.tensor.Tensor;

/// Makes of noisy rows what they are without noise, as far as it can: of all of a row, or of a part of it alone.
public interface Denoiser {

    /// @param x `[n, d]`
    /// @return `[n, d]`
    Tensor denoise(Tensor x);

    /// The same without a look at some columns. What it says of those columns is all that counts.
    ///
    /// @param x `[n, d]`; what stands in hidden columns must not matter
    /// @param hidden by column
    /// @return `[n, d]`
    Tensor without(Tensor x, boolean[] hidden);
}

package cutaway.interp.basis;

import java.util.Arrays;
import java.util.Optional;

/// The error of a basis, or one of the two parts of it (Engels et al. 2024, "Decomposing the dark matter of sparse
/// autoencoders", arXiv:2410.14670):
///
///     error = linear + nonlinear        linear = W x + b
///
/// with x what the codes are read of, and W and b fitted to the error on other text.
public enum ErrorPart {
    WHOLE("sae.error"),
    LINEAR("sae.error.linear"),
    NONLINEAR("sae.error.nonlinear");

    private final String text;

    ErrorPart(String text) {
        this.text = text;
    }

    /// What users call it.
    public String text() {
        return text;
    }

    /// The one of that name.
    public static Optional<ErrorPart> named(String text) {
        return Arrays.stream(values()).filter(part -> part.text.equals(text)).findFirst();
    }
}

package cutaway.features.exchange;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What the matrices of a file are written in; biases and thresholds keep the dictionary's own type.
public enum Numbers {
    /// As the dictionary has them: read back, every bit is the same.
    FULL,
    /// bfloat16: half the size of float32, 3 significant digits. SAELens opens it.
    BF16,
    /// A whole number from -127 to 127 for each weight and a float32 scale for each latent: a quarter of the size,
    /// each weight within 0.4 % of its row's largest. Of our own form only.
    INT8;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws BadInputException when there is no such type
    public static Numbers named(String text) {
        return Arrays.stream(values())
                .filter(numbers -> numbers.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new BadInputException("no weights \"" + text + "\"; expected one of "
                        + Arrays.stream(values()).map(Numbers::text).collect(Collectors.joining(", ")) + "."));
    }
}

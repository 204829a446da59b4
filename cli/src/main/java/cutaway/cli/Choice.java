package cutaway.cli;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The value of an option that takes one of a few words.
final class Choice {

    private Choice() {}

    /// @param option as it is typed, for the message
    /// @throws BadInputException naming all values, when the given one is none of them
    static <E extends Enum<E>> E of(String option, String given, E[] known) {
        return Arrays.stream(known)
                .filter(value -> value.name().equalsIgnoreCase(given))
                .findFirst()
                .orElseThrow(() -> new BadInputException(option + " is " + given + "; expected "
                        + Arrays.stream(known)
                                .map(value -> value.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(" or "))
                        + "."));
    }
}

package cutaway.interp.basis;

import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What users call the error of a dictionary, or a part of it: `sae.error`, `sae.error.linear`, and of one of several
/// dictionaries `sae.error.nonlinear[resid-12]`.
///
/// @param dictionary empty for all
public record ErrorName(ErrorPart part, String dictionary) {

    private static final Pattern TEXT = Pattern.compile("([a-z.]+)(?:\\[([^\\[\\]]+)])?");

    /// Whether a text is meant as one.
    public static boolean isOne(String text) {
        return text.startsWith(ErrorPart.WHOLE.text());
    }

    /// @throws BadInputException when it is another part, or its brackets hold something else
    public static ErrorName parse(String text) {
        Matcher named = TEXT.matcher(text);
        Optional<ErrorPart> part = named.matches() ? ErrorPart.named(named.group(1)) : Optional.empty();
        if (part.isEmpty()) {
            throw new BadInputException("the error \"" + text + "\" is not known; give sae.error, sae.error.linear or"
                    + " sae.error.nonlinear, or with the name of a dictionary sae.error[resid-12].");
        }
        return new ErrorName(part.get(), named.group(2) == null ? "" : named.group(2));
    }

    /// The errors that are meant.
    ///
    /// @throws BadInputException when no dictionary is called so, or no map splits its error
    public List<ErrorTerm> of(List<? extends Basis> bases) {
        List<ErrorTerm> found = bases.stream()
                .filter(basis -> dictionary.isEmpty() || basis.name().equals(dictionary))
                .map(basis -> new ErrorTerm(basis, part))
                .toList();
        if (found.isEmpty()) {
            throw new BadInputException(
                    bases.isEmpty()
                            ? part.text() + " is of a dictionary, and none was given; add --dictionary DIR."
                            : "no dictionary is called \"%s\"; there is %s."
                                    .formatted(
                                            dictionary,
                                            bases.stream().map(Basis::name).collect(Collectors.joining(", "))));
        }
        return found;
    }
}

package cutaway.interp.effects;

import cutaway.interp.basis.ErrorName;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import java.util.List;
import java.util.Optional;

/// Which error of a dictionary is asked about, as a [SiteChoice] names it:
///
///     sae.error                      of every dictionary
///     sae.error.linear[resid-12]     the linear part, of one dictionary
///     sae.error.nonlinear            the rest
///
/// @param positions absent for all together
record ErrorChoice(ErrorName name, Optional<PositionChoice> positions) {

    /// Whether a choice is one of errors.
    static boolean isOne(SiteChoice choice) {
        return ErrorName.isOne(choice.text());
    }

    /// @throws cutaway.tensor.BadInputException when it is another part, or its brackets hold something else
    static ErrorChoice of(SiteChoice choice) {
        return new ErrorChoice(ErrorName.parse(choice.text()), choice.positions());
    }

    /// The errors that are meant.
    ///
    /// @throws cutaway.tensor.BadInputException when no dictionary is called so, or no map splits its error
    List<ErrorTerm> terms(Bases bases) {
        return name.of(bases.all());
    }

    /// What is asked of a pair.
    List<Target> targets(Bases bases, Pair pair) {
        return terms(bases).stream()
                .flatMap(error ->
                        positions.orElse(PositionChoice.ALL).in(pair).stream().map(at -> new Target(error, at)))
                .toList();
    }
}

package cutaway.interp.effects;

import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.basis.Latent;
import cutaway.interp.basis.Term;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import java.util.Optional;

/// One question: what if this site were different at these positions?
///
/// @param site of a feature, the first that its direction is added to; of an error, the first that has one
/// @param at where, in the prompt of one pair
/// @param term the feature or the error that the question is narrowed to, if any
public record Target(Site site, Chosen at, Optional<Term> term) {

    /// Of a whole site, a head or a neuron.
    Target(Site site, Chosen at) {
        this(site, at, Optional.empty());
    }

    /// Of a feature.
    Target(Latent latent, Chosen at) {
        this(latent.basis().first(latent.index()), at, Optional.of(latent));
    }

    /// Of the error of a dictionary, or a part of it.
    Target(ErrorTerm error, Chosen at) {
        this(error.basis().outputs().getFirst(), at, Optional.of(error));
    }

    Positions positions() {
        return Positions.span(at.first(), at.last());
    }

    /// Its positions from one on.
    Positions from(int position) {
        return Positions.span(Math.max(at.first(), position), at.last());
    }

    boolean endsBefore(int position) {
        return at.last() < position;
    }
}

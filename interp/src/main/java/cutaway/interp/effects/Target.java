package cutaway.interp.effects;

import cutaway.interp.basis.Latent;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import java.util.Optional;

/// One question: what if this site were different at these positions?
///
/// @param site of a feature, the first that its direction is added to
/// @param at where, in the prompt of one pair
/// @param latent the feature that the question is narrowed to, if any
public record Target(Site site, Chosen at, Optional<Latent> latent) {

    /// Of a whole site, a head or a neuron.
    Target(Site site, Chosen at) {
        this(site, at, Optional.empty());
    }

    /// Of a feature.
    Target(Latent latent, Chosen at) {
        this(latent.basis().first(latent.index()), at, Optional.of(latent));
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

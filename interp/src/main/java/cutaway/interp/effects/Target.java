package cutaway.interp.effects;

import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;

/// One question: what if this site were different at these positions?
///
/// @param at where, in the prompt of one pair
public record Target(Site site, Chosen at) {

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

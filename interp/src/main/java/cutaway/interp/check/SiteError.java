package cutaway.interp.check;

import cutaway.interp.site.Site;

/// How far a value of one model is from the same value of another, the reference: `|a - b| / |b|` with Euclidean norms,
/// for each position.
///
/// @param median over positions
/// @param worst NaN where either side is not a number; infinite where the reference is 0 and the other is not
/// @param at where the worst was met
/// @param cosine mean over positions of `a . b / (|a| |b|)`
public record SiteError(Site site, double median, double worst, Place at, double cosine) {}

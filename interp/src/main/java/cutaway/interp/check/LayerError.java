package cutaway.interp.check;

/// The errors of one layer, in the order in which it computes them.
///
/// @param stream the residual stream before it: what the layers above it did
/// @param attention what its attention adds
/// @param mlp what its MLP adds
public record LayerError(int layer, SiteError stream, SiteError attention, SiteError mlp) {}

package cutaway.interp.lens;

/// How near a lens is to what the model says at its end, on text that it was not trained on.
///
/// @param layer whose incoming residual stream is read
/// @param logitLens mean KL of the logit lens from the model's next-token distribution, in nats
/// @param tunedLens of the tuned lens
/// @param logitLensTop share of tokens where the logit lens has the model's likeliest token on top
/// @param tunedLensTop of the tuned lens
public record LensScore(int layer, double logitLens, double tunedLens, double logitLensTop, double tunedLensTop) {}

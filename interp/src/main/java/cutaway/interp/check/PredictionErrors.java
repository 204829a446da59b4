package cutaway.interp.check;

import cutaway.interp.check.PredictionError.Perplexity;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gathers how far predictions are from each other, a position at a time.
final class PredictionErrors {

    private int positions;
    private int agreed;
    private double sumKl;
    private double worstKl;
    private @Nullable Place at;
    private int predicted;
    private double loss;
    private double referenceLoss;

    void add(NextToken model, NextToken reference, Place place) {
        double kl = reference.divergenceFrom(model);
        positions++;
        sumKl += kl;
        if (at == null || (!(kl <= worstKl) && !Double.isNaN(worstKl))) { // NaN is the worst of all
            worstKl = kl;
            at = place;
        }
        int top = model.top();
        if (top >= 0 && top == reference.top()) {
            agreed++;
        }
    }

    /// @param next the token that really follows
    void addNext(NextToken model, NextToken reference, int next) {
        predicted++;
        loss -= model.logProbability(next);
        referenceLoss -= reference.logProbability(next);
    }

    /// @throws IllegalStateException before anything was added
    PredictionError error() {
        if (at == null) {
            throw new IllegalStateException("no predictions were compared");
        }
        Optional<Perplexity> perplexity = predicted == 0
                ? Optional.empty()
                : Optional.of(
                        new Perplexity(Math.exp(loss / predicted), Math.exp(referenceLoss / predicted), predicted));
        return new PredictionError(sumKl / positions, worstKl, at, agreed / (double) positions, positions, perplexity);
    }
}

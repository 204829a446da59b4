package cutaway.model;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// Refuses logits of which some are no number or infinite: nothing can be said from them.
public final class FiniteLogits {

    private FiniteLogits() {}

    /// @param logits `[pos, vocab]`
    /// @param first position of the first row
    /// @throws BadInputException naming the first position with such a logit
    public static void check(Tensor logits, long first) {
        try (Scope scope = Scope.open()) {
            if (logits.isFinite().all()) {
                return;
            }
            long row = 0;
            while (logits.select(0, row).isFinite().all()) {
                row++;
            }
            throw new BadInputException("the model gives numbers that are not finite at position " + (first + row)
                    + "; its weights or settings are damaged, or an edit puts such numbers in place: run"
                    + " cutaway check.");
        }
    }
}

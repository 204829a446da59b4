package cutaway.tensor.training;

/// A bound on the norm of gradients, as torch's clip_grad_norm_ has it.
public final class Clipping {

    /// Added to the norm, so that nothing is divided by 0.
    private static final double LEAST = 1e-6;

    private Clipping() {}

    /// What gradients of this norm are multiplied with: 1 where they are short enough.
    ///
    /// @param norm of all gradients together
    /// @param most the greatest norm that is let through; 0: any
    public static double scale(double norm, double most) {
        return most == 0 || norm <= most ? 1 : most / (norm + LEAST);
    }
}

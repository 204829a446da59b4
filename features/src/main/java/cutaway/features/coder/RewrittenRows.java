package cutaway.features.coder;

/// Hears which rows of a parameter were set anew, outside of the optimiser's steps.
@FunctionalInterface
public interface RewrittenRows {

    /// @param parameter its name in [Coder#parameters]
    /// @param row along its first axis
    void rewritten(String parameter, int row);
}

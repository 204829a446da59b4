package cutaway.interp.whatif;

import java.util.List;

/// A model as the tool sees it: whatever gives a datapoint a score from 0 to 1, the probability of the label
/// 1.
public interface Scorer extends AutoCloseable {

    /// Hears of scores as they come.
    @FunctionalInterface
    interface Heard {

        /// Tells nobody.
        Heard NOBODY = (_, _) -> {};

        /// @param index of the datapoint among those asked for, from 0; in whatever order suits the model
        void score(int index, double score);
    }

    /// Runs the model on datapoints.
    ///
    /// @param points each with its texts in the order of the table's columns
    /// @return the score of each
    double[] scores(List<List<String>> points, Heard heard);

    /// What gives the scores, in words.
    String about();

    @Override
    default void close() {}
}

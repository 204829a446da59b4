package cutaway.cli.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The training of a small model in the lab, as its page and `--json` have it.
///
/// @param task its name
/// @param about what is learned, in a sentence
/// @param net its kind and sizes, in words
/// @param head with the loss, in words
/// @param descent the optimiser, in words
/// @param instances what trains side by side, such as `seed 3, density 0.1`
/// @param parameters how many numbers each instance has
/// @param batch examples of a step, of each instance
/// @param rate the highest learning rate
/// @param seconds that training took, over all its sessions
/// @param folder where the lab keeps it
/// @param command that does it again
/// @param recipe all that decides what it ends with, as JSON
/// @param curve what the run said of itself, in order
/// @param measures of each instance, in the order of the instances
public record LabRecord(
        String version,
        String task,
        String about,
        String net,
        String head,
        String descent,
        List<String> instances,
        long parameters,
        int batch,
        long steps,
        double rate,
        double seconds,
        String folder,
        String command,
        String recipe,
        List<LabPoint> curve,
        List<LabMeasure> measures) {

    /// @param step how many steps were made
    /// @param values by name a number for each instance: `loss`, `accuracy`, and both again with `test ` before
    public record LabPoint(long step, Map<String, List<Double>> values) {}

    /// What an instance came to, beside its curve. The steps from `learned` to `heldOut` are the grokking gap.
    ///
    /// @param learned the first step of the curve at which 95 % of the training examples are right; none where
    ///     it is at no step, or where nothing is right or wrong
    /// @param heldOut the same of the examples that were held out
    /// @param centres correlation of the head's rows with the means of their classes, on what was held out; none
    ///     where examples have not one class each
    /// @param spread distance of examples from their class's mean, over the distance between two means
    /// @param topTwo share of the variance of embedded tokens that two principal components take; none where
    ///     inputs are no tokens
    /// @param deviation of what should be parallelograms, 0 where all are; none where a task knows of none
    /// @param tokens distance of embedded tokens of one class, over that of two; none where they have no classes
    public record LabMeasure(
            Optional<Double> learned,
            Optional<Double> heldOut,
            Optional<Double> centres,
            Optional<Double> spread,
            Optional<Double> topTwo,
            Optional<Double> deviation,
            Optional<Double> tokens) {

        /// Where nothing is right or wrong.
        public static final LabMeasure NONE = new LabMeasure(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}

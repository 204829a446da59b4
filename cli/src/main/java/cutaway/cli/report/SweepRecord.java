package cutaway.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import cutaway.interp.explain.Explanation.ModelFacts;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A sweep as its page draws it. [SweepRecords] makes it.
///
/// @param version of Cutaway
/// @param file the pairs, as they were given
/// @param seconds what the sweep took
/// @param pairs those that the page can show one by one: the first ones, where there are very many
/// @param answers what all pairs say to each question, the largest mean effect first; of very many, the largest
/// @param chosen the largest on one half of the pairs, with what the other half says
/// @param searches of a pooled search, what it says of each pair
public record SweepRecord(
        String version,
        ModelFacts model,
        long seed,
        String file,
        double seconds,
        Asked asked,
        Repeat repeat,
        Extent extent,
        List<Prompts> pairs,
        List<Answer> answers,
        List<Chosen> chosen,
        List<String> searches) {

    /// What was asked.
    ///
    /// @param direction `denoise` or `noise`, of methods that have one
    /// @param how what is run, in words
    /// @param sites as they were given, with the usual ones of the method where none were
    /// @param what the metric, in words
    /// @param unit of the metric
    /// @param ofAnswer whether it says how much of the answer a run has
    /// @param pooled what counts as an effect, of a pooled search
    public record Asked(
            String method,
            @JsonInclude(Include.NON_NULL) @Nullable String direction,
            String how,
            List<String> sites,
            String metric,
            String what,
            String unit,
            boolean ofAnswer,
            @JsonInclude(Include.NON_NULL) @Nullable Double pooled) {}

    /// @param command does the sweep again
    /// @param question the same without sites, receivers and files: with those of a question, it asks that alone
    public record Repeat(String command, String question) {}

    /// How much was measured, which may be more than the page carries.
    ///
    /// @param independent pairs, or groups of them, that are independent of each other
    /// @param questions all that have an answer
    /// @param rows all effects, one a question and pair
    /// @param sure questions that are told from chance: corrected p of at most `level`
    /// @param smallestP the smallest p that so few pairs allow
    /// @param carriedRows effects of single pairs that the page carries
    public record Extent(
            int pairs,
            int independent,
            int questions,
            int rows,
            long sure,
            double level,
            double smallestP,
            int carriedRows) {}

    /// A pair.
    ///
    /// @param tokens of the prompt, by position
    /// @param contrast tokens of the contrast, as many
    /// @param group pairs of one count as one
    /// @param roles the first and the last position of each part that has a name
    /// @param onPrompt the metric of its unedited run
    /// @param onContrast the metric of its unedited run
    /// @param parts whether effects are shares of what separates its two runs
    public record Prompts(
            int index,
            String prompt,
            List<String> tokens,
            List<String> contrast,
            String answer,
            String against,
            @JsonInclude(Include.NON_NULL) @Nullable String group,
            Map<String, List<Integer>> roles,
            double onPrompt,
            double onContrast,
            boolean parts) {}

    /// What pairs say to one question. What is missing is not narrowed, as in [cutaway.interp.effects.Effect].
    ///
    /// @param text the question, in a few words: its name on the page
    /// @param pairs that have it; those of one group count as one
    /// @param mean effect over them
    /// @param low end of the 95 % interval of the mean, where pairs can tell one
    /// @param p of sign flips, corrected for all questions; missing for one pair, and where a pooled search chose
    /// @param in the pairs that have it, where not all that the page carries do
    /// @param value of those pairs: the metric after the edit; missing where the page carries means alone
    /// @param effect of those pairs
    /// @param recovered of those pairs: the effect as a share of what separates the two runs; 0 where
    ///     they are none, and missing where no pair has shares
    public record Answer(
            String text,
            String site,
            @JsonInclude(Include.NON_NULL) @Nullable Integer layer,
            @JsonInclude(Include.NON_NULL) @Nullable Integer head,
            @JsonInclude(Include.NON_NULL) @Nullable Integer neuron,
            @JsonInclude(Include.NON_NULL) @Nullable String dictionary,
            @JsonInclude(Include.NON_NULL) @Nullable Integer feature,
            @JsonInclude(Include.NON_NULL) @Nullable Integer position,
            @JsonInclude(Include.NON_NULL) @Nullable Integer lastPosition,
            @JsonInclude(Include.NON_NULL) @Nullable String role,
            @JsonInclude(Include.NON_NULL) @Nullable String receiver,
            @JsonInclude(Include.NON_NULL) @Nullable Integer receiverLayer,
            @JsonInclude(Include.NON_NULL) @Nullable Integer receiverHead,
            int pairs,
            double mean,
            @JsonInclude(Include.NON_NULL) @Nullable Double low,
            @JsonInclude(Include.NON_NULL) @Nullable Double high,
            @JsonInclude(Include.NON_NULL) @Nullable Double p,
            @JsonInclude(Include.NON_NULL) @Nullable List<Integer> in,
            @JsonInclude(Include.NON_NULL) @Nullable List<Double> value,
            @JsonInclude(Include.NON_NULL) @Nullable List<Double> effect,
            @JsonInclude(Include.NON_NULL) @Nullable List<Double> recovered) {}

    /// A question that half of the pairs chose.
    ///
    /// @param selectionMean of the effects that it was chosen by, flattered by the choice
    /// @param mean of the other half; missing where no pair of that has it
    /// @param p corrected for the questions chosen
    public record Chosen(
            String text,
            double selectionMean,
            @JsonInclude(Include.NON_NULL) @Nullable Double mean,
            @JsonInclude(Include.NON_NULL) @Nullable Double low,
            @JsonInclude(Include.NON_NULL) @Nullable Double high,
            @JsonInclude(Include.NON_NULL) @Nullable Double p) {}
}

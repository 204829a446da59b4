package cutaway.interp.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.interp.circuit.Component;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.heads.HeadKinds;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `cutaway explain` found: one record, shown in the terminal, as a page and as JSON.
///
/// Margins are logit(answer) − logit(rival) at the last position, nats. *Recovered* is
/// (m − m(contrast)) / (m(prompt) − m(contrast)): 0 where the model does as on the contrast, 1 as on the prompt.
///
/// @param version of Cutaway
/// @param seed of every random draw
/// @param kinds what the model's heads do in general: not measured on this prompt
/// @param patterns where the heads that matter here look, on this prompt
/// @param features of each dictionary that was given, what they do on this prompt
/// @param seconds what each step took
public record Explanation(
        String version,
        ModelFacts model,
        long seed,
        Prompt prompt,
        Answer answer,
        Contrast contrast,
        LogitLens lens,
        PatchingMap patching,
        Attribution attribution,
        Circuit circuit,
        HeadKinds kinds,
        Patterns patterns,
        List<Features> features,
        Repeat repeat,
        Map<String, Double> seconds) {

    /// The same without the circuit's edits, for a page: each of them is [Repeat#ablation] at another component, and
    /// where the contrast is made by noise each repeats it.
    public Explanation withoutEdits() {
        return new Explanation(
                version,
                model,
                seed,
                prompt,
                answer,
                contrast,
                lens,
                patching,
                attribution,
                circuit.withoutEdits(),
                kinds,
                patterns,
                features,
                repeat,
                seconds);
    }

    /// @param sha256 of the weights' file; of a folder's files together
    /// @param device where it ran
    /// @param dtype the arithmetic
    public record ModelFacts(
            String name,
            String sha256,
            String family,
            int layers,
            int heads,
            int dModel,
            String device,
            String dtype) {}

    /// A token as the model sees it.
    ///
    /// @param pos its position, from 0
    public record Token(int pos, int id, String text) {}

    /// @param bos whether the model's recipe put a BOS token before the text
    /// @param next the most probable next tokens, best first
    public record Prompt(String text, List<Token> tokens, boolean bos, List<Candidate> next) {}

    /// A next token.
    public record Candidate(int id, String text, double probability, double logit) {}

    /// @param id the token whose logit is explained
    /// @param rival the token that it is set against
    /// @param chosen how the two were chosen, in words
    /// @param margin on the prompt, nats
    /// @param contrastMargin on the contrast, nats
    public record Answer(
            int id,
            String text,
            int rival,
            String rivalText,
            String chosen,
            double margin,
            double contrastMargin,
            Metric metric) {}

    /// The run that the prompt is set against.
    ///
    /// @param kind `given`, `swap` or `noise`
    /// @param how in words
    /// @param firstDifference first position where the two runs differ
    /// @param noise for `noise` only
    public record Contrast(
            String kind,
            String how,
            List<Token> tokens,
            int firstDifference,
            List<Candidate> next,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Noise noise,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Source source) {}

    /// @param scale standard deviation of the noise, in standard deviations of the embedding matrix
    /// @param positions first and last position of the subject
    /// @param flips in how many of the seeds the noise changed the top token
    /// @param seeds how many were tried
    /// @param seed the one that is used
    public record Noise(double scale, List<Integer> positions, int flips, int seeds, long seed) {}

    /// The residual stream read through the final norm and the unembedding, before each block and after the last.
    ///
    /// @param rank of the answer, `[layer, pos]`; 0 is the top
    /// @param probability of the answer, `[layer, pos]`
    /// @param readableFrom at the last position, the first of the layers from which on the answer is the top token
    ///     to the end; -1 when it never is
    public record LogitLens(int[][] rank, double[][] probability, int readableFrom) {}

    /// Activation patching: on the contrast, one position of the residual stream before one block takes its value
    /// from the prompt.
    ///
    /// @param recovered `[layer, pos]`
    /// @param placebo the same with a random direction of the same length as the change, `[layer, pos]`; 0 where
    ///     nothing changes
    /// @param threshold the largest |placebo|: a smaller effect is not told from chance
    public record PatchingMap(double[][] recovered, double[][] placebo, double threshold) {}

    /// What each head and MLP writes towards the answer, and what it does to the margin when it is taken away.
    ///
    /// @param components every head and MLP
    /// @param embedding what the embeddings write directly, nats
    /// @param biases what biases write directly, nats
    /// @param threshold the largest |placebo| of the ablations, nats
    public record Attribution(List<Effect> components, double embedding, double biases, double threshold) {}

    /// @param direct direct logit attribution, nats: its write at the last position, through the final norm as it
    ///     stood
    /// @param ablation m(prompt) − m(prompt with this component from the contrast), nats; positive: it carries the
    ///     answer
    /// @param placebo the same with random changes of the same length, nats
    /// @param restoring recovered when only this component, on the contrast, takes its value from the prompt
    /// @param writeNorm mean length of its writes into the residual stream over the positions that differ
    public record Effect(
            Component.Own component,
            double direct,
            double ablation,
            double placebo,
            double restoring,
            double writeNorm) {}

    /// The smallest set of components that was found to do, by itself, most of what the model does.
    ///
    /// @param small whether it is a quarter of all components or fewer; if not, the answer has *no small circuit*
    /// @param faithfulness recovered when everything outside of it takes its value from the contrast
    /// @param without recovered when the circuit itself takes its value from the contrast, and all else stays
    /// @param empty recovered by no component at all, the embeddings alone
    /// @param byAttribution faithfulness of as many components, the best by direct attribution
    /// @param random faithfulness of random sets of the same size, matched in kind, depth and write norm, one for
    ///     each seed
    /// @param searches the independent searches; the circuit is the smallest that one of them found
    /// @param edits what makes the model run on the circuit alone: give them to `cutaway run --edit`
    public record Circuit(
            boolean small,
            List<Member> members,
            int of,
            double faithfulness,
            double target,
            double without,
            double empty,
            double byAttribution,
            List<Double> random,
            List<Search> searches,
            List<Edit> edits) {

        Circuit withoutEdits() {
            return new Circuit(
                    small,
                    members,
                    of,
                    faithfulness,
                    target,
                    without,
                    empty,
                    byAttribution,
                    random,
                    searches,
                    List.of());
        }
    }

    /// @param needed how much faithfulness falls when it alone is left out
    /// @param reads for a head: the position that it looks at most from the last position, or -1
    /// @param pattern how much it looks there
    /// @param places where in the prompt it does its work, the most needed first: the positions that were measured
    public record Member(Component component, double needed, int reads, double pattern, List<Place> places) {}

    /// @param needed how much faithfulness falls when the member takes its value from the contrast at this position
    ///     alone, the rest of the circuit at work
    public record Place(int pos, double needed) {}

    /// @param forwards rows that it ran through the model
    /// @param shared how many of its components the other search found too
    public record Search(
            String name,
            String how,
            int size,
            double faithfulness,
            int forwards,
            int shared,
            List<Component> members) {}

    /// Attention patterns of some heads, without what is small.
    ///
    /// @param floor the least weight that is listed
    public record Patterns(double floor, List<AttentionPattern> heads) {}

    /// Where one head looks.
    ///
    /// @param keys for each query position the key positions with a weight of at least the floor, ascending,
    ///     `[qPos, some]`
    /// @param weights theirs, to 3 decimals, `[qPos, some]`; all weights of a query, unlisted ones too, add up to 1
    public record AttentionPattern(Component.Head head, int[][] keys, double[][] weights) {}

    /// What the features of a dictionary do on the prompt, each at a position where it is active.
    ///
    /// @param dictionary its name
    /// @param site where features are added, by its TransformerLens name
    /// @param withoutError whether what the features say together stands at the site in the place of what the model
    ///     computed, in the runs with a feature and without; `error` and `errorPlacebo` are of the model's own run
    /// @param width features that it has
    /// @param active features at positions, on the prompt
    /// @param measured of these: all, or those with the largest estimates
    /// @param strongest of these: those with the largest |ablation|, in that order
    /// @param threshold the largest |placebo| of all that were measured, nats
    /// @param error margin lost when the error term, what the dictionary does not say, is taken out at all
    ///     positions, nats
    /// @param errorPlacebo the same with random changes of the same length, nats
    /// @param errorParts the same of the two parts that a linear map splits the error in; empty without a map
    public record Features(
            String dictionary,
            String site,
            boolean withoutError,
            int width,
            int active,
            int measured,
            List<Feature> strongest,
            double threshold,
            double error,
            double errorPlacebo,
            List<ErrorLost> errorParts) {}

    /// A part of the error term.
    ///
    /// @param part `sae.error.linear` or `sae.error.nonlinear`
    /// @param lost margin lost when it is taken out at all positions, nats
    /// @param placebo the same with random changes of the same length, nats
    public record ErrorLost(String part, double lost, double placebo) {}

    /// A feature at a position.
    ///
    /// @param activation its code there
    /// @param ablation m(prompt) − m(prompt with its code 0 there), nats; positive: it carries the answer. Both are
    ///     without the error term where that is left out
    /// @param estimate of that to first order, nats
    /// @param placebo the same with a random change of the same length, nats
    /// @param writes the tokens whose logits its direction raises most, where it is added to the residual stream
    public record Feature(
            int index,
            int pos,
            double activation,
            double ablation,
            double estimate,
            double placebo,
            List<Written> writes) {}

    /// @param logit of a residual stream that is the direction alone, above that of one of zeros: what is larger
    ///     is written more, the unit says nothing
    public record Written(int id, String text, double logit) {}

    /// @param command prints this explanation again
    /// @param patching the edit of one cell of the patching map, made on the contrast
    /// @param ablation the edit of one ablation, made on the prompt
    public record Repeat(String command, Edit patching, Edit ablation) {}
}

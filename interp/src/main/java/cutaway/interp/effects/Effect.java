package cutaway.interp.effects;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.basis.Latent;
import cutaway.interp.path.Receiver;
import cutaway.interp.prompts.Pair;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The answer to one question on one pair: a row of what a sweep writes. What is null is not narrowed: all heads, all
/// positions; or the method has no such thing.
///
/// @param pair its number, from 0
/// @param site kind of site, such as `resid_pre`, `head_z`, `feature` or `sae.error.linear`
/// @param dictionary the name of the dictionary that a feature or an error is of
/// @param position the position, from 0; the first of several
/// @param lastPosition the last of several positions; null for one or all
/// @param role the name that the positions were chosen by
/// @param receiver what was told (path patching, edges): `head_q`, `head_k`, `head_v`, `mlp_in` or `logits`
/// @param value the metric after the edit, in its unit
/// @param effect that less the metric of the unedited run
/// @param recovered the effect as a share of what separates the two runs of the pair, 1 for all of it: of a metric of
///     the answer, on pairs whose prompt favours it more than their contrast, or of any metric where both runs are of
///     one prompt; null elsewhere
public record Effect(
        @JsonProperty("pair") int pair,
        @JsonProperty("site") String site,
        @JsonInclude @JsonProperty("layer") @Nullable Integer layer,
        @JsonInclude @JsonProperty("head") @Nullable Integer head,
        @JsonInclude @JsonProperty("neuron") @Nullable Integer neuron,
        @JsonInclude @JsonProperty("dictionary") @Nullable String dictionary,
        @JsonInclude @JsonProperty("feature") @Nullable Integer feature,
        @JsonInclude @JsonProperty("position") @Nullable Integer position,

        @JsonInclude @JsonProperty("last_position") @Nullable
        Integer lastPosition,

        @JsonInclude @JsonProperty("role") @Nullable String role,
        @JsonInclude @JsonProperty("receiver") @Nullable String receiver,

        @JsonInclude @JsonProperty("receiver_layer") @Nullable
        Integer receiverLayer,

        @JsonInclude @JsonProperty("receiver_head") @Nullable
        Integer receiverHead,

        @JsonProperty("value") double value,
        @JsonProperty("effect") double effect,
        @JsonInclude @JsonProperty("recovered") @Nullable Double recovered) {

    /// Of a target.
    static Effect of(Pair pair, Target target, double value, double baseline) {
        return of(pair, target, value, baseline, OptionalDouble.empty());
    }

    /// Of a target, as a share.
    ///
    /// @param toRecover as [PairRun#toRecover] has it
    static Effect of(Pair pair, Target target, double value, double baseline, OptionalDouble toRecover) {
        return of(pair, target, null, value, baseline, toRecover);
    }

    /// Of a target by way of a receiver, as a share.
    static Effect of(
            Pair pair,
            Target target,
            @Nullable Receiver told,
            double value,
            double baseline,
            OptionalDouble toRecover) {
        boolean all = target.at().isAll();
        double effect = value - baseline;
        return new Effect(
                pair.index(),
                target.term()
                        .map(term -> switch (term) {
                            case Latent _ -> FeatureChoice.NAME;
                            case ErrorTerm error -> error.part().text();
                        })
                        .orElseGet(() -> SiteFamily.nameOf(target.site())),
                target.site().point().kind().inBlock() ? target.site().point().layer() : null,
                boxed(target.site().onlyHead()),
                boxed(target.site().onlyNeuron()),
                target.term().map(term -> term.basis().name()).orElse(null),
                target.term().orElse(null) instanceof Latent latent ? latent.index() : null,
                all ? null : target.at().first(),
                all || target.at().isSingle() ? null : target.at().last(),
                target.at().role().isEmpty() ? null : target.at().role(),
                told == null ? null : ReceiverNames.kind(told),
                told == null || told instanceof Receiver.Logits ? null : told.layer(),
                told == null ? null : ReceiverNames.head(told),
                value,
                effect,
                toRecover.isPresent() ? effect / toRecover.getAsDouble() : null);
    }

    private static @Nullable Integer boxed(OptionalInt number) {
        return number.isPresent() ? number.getAsInt() : null;
    }

    /// What it answers.
    public Question question() {
        return new Question(
                site,
                layer,
                head,
                neuron,
                dictionary,
                feature,
                role == null ? position : null,
                role == null ? lastPosition : null,
                role,
                receiver,
                receiverLayer,
                receiverHead);
    }
}

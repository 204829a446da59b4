package cutaway.interp.effects;

import cutaway.interp.prompts.PositionChoice;
import java.util.List;
import java.util.Optional;

/// A way to find out what sites do: it answers for every target of a pair.
public sealed interface Method
        permits ActivationPatching,
                Ablation,
                AttentionKnockout,
                CausalTracing,
                PathEffects,
                GradientPatching,
                EdgeGradients,
                DirectLogits,
                LogitLens,
                Rollout,
                SmoothGradients,
                TokenGradients {

    /// Its name on the command line.
    String text();

    /// What is run, in a few words.
    String how();

    /// The sites that are asked about where none are named; empty where they have to be.
    List<SiteChoice> usualSites();

    /// Where sites are asked about that say no positions; empty for their own.
    default Optional<PositionChoice> usualPositions() {
        return Optional.empty();
    }

    /// The run that effects are counted from, in words: `the contrast`, `the prompt`.
    default String countedFrom() {
        return switch (this) {
            case ActivationPatching(Direction direction) -> direction.baseText();
            case PathEffects(Direction direction, var _) -> direction.baseText();
            case GradientPatching(Direction direction) -> direction.baseText();
            case EdgeGradients(Direction direction, int _) -> direction.baseText();
            case TokenGradients(Direction direction, int _) -> direction.baseText();
            case CausalTracing _ -> "the prompt with noise";
            case Ablation _, AttentionKnockout _, DirectLogits _, LogitLens _, Rollout _, SmoothGradients _ ->
                "the prompt";
        };
    }

    /// The unedited run that a KL is from, in words: that of the tokens that are run, whose embeddings and other values
    /// are edited.
    default String reference() {
        return switch (this) {
            case TokenGradients(Direction direction, int _) -> direction.otherText(); // whose tokens carry the way
            case CausalTracing _ -> "the prompt";
            default -> countedFrom();
        };
    }

    /// Whether a question is one edit of one run, so that several can be asked at once.
    default boolean isPoolable() {
        return switch (this) {
            case ActivationPatching _, PathEffects _, AttentionKnockout _ -> true;
            case Ablation(Ablation.By by, int draws) -> by != Ablation.By.RESAMPLE || draws == 1;
            case CausalTracing _,
                    GradientPatching _,
                    EdgeGradients _,
                    DirectLogits _,
                    LogitLens _,
                    Rollout _,
                    SmoothGradients _,
                    TokenGradients _ -> false;
        };
    }

    /// Whether it can ask about features, whose edits add a vector to a value.
    default boolean takesFeatures() {
        return switch (this) {
            case ActivationPatching _, GradientPatching _ -> true;
            case Ablation(Ablation.By by, int _) -> by != Ablation.By.RESAMPLE;
            case PathEffects _,
                    AttentionKnockout _,
                    CausalTracing _,
                    EdgeGradients _,
                    DirectLogits _,
                    LogitLens _,
                    Rollout _,
                    SmoothGradients _,
                    TokenGradients _ -> false;
        };
    }

    /// @throws cutaway.tensor.BadInputException when a target is none that the method can ask about
    List<Effect> effects(PairRun run);
}

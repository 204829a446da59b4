package cutaway.interp.effects;

import java.util.List;

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
                TokenGradients {

    /// Its name on the command line.
    String text();

    /// What is run, in a few words.
    String how();

    /// The sites that are asked about where none are named; empty where they have to be.
    List<SiteChoice> usualSites();

    /// @throws cutaway.tensor.BadInputException when a target is none that the method can ask about
    List<Effect> effects(PairRun run);
}

package cutaway.interp.statistics;

import java.util.Optional;

/// What the prompts say of one question.
///
/// @param prompts that have it
/// @param mean of its effects, in their unit
/// @param interval of the mean; empty where the prompts cannot say how far it would vary: there is one, or all
///     say the same
/// @param p two-sided, of effects symmetric about zero ([SignFlip])
/// @param smallestP the smallest that so few prompts allow: where it is above the level asked for, only more
///     prompts help
/// @param familyWiseP p adjusted for all questions: rejecting at 0.05 rejects any true null with a chance of at
///     most 0.05
/// @param falseDiscoveryRate p adjusted so that of all questions rejected at 0.05, at most one in twenty is a true null
///     on average ([Correction#BENJAMINI_HOCHBERG])
public record Summary(
        int prompts,
        double mean,
        Optional<Interval> interval,
        double p,
        double smallestP,
        double familyWiseP,
        double falseDiscoveryRate) {}

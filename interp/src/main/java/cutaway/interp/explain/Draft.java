package cutaway.interp.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.interp.explain.Explanation.Answer;
import cutaway.interp.explain.Explanation.Attribution;
import cutaway.interp.explain.Explanation.Circuit;
import cutaway.interp.explain.Explanation.Contrast;
import cutaway.interp.explain.Explanation.LogitLens;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.PatchingMap;
import cutaway.interp.explain.Explanation.Patterns;
import cutaway.interp.explain.Explanation.Prompt;
import cutaway.interp.heads.HeadKinds;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of an [Explanation] while it is being made: what is there is final, but for what is estimated; what
/// is missing is still to come.
///
/// @param patterns with the circuit: of the heads that it and the effects point to, estimated as the circuit is
/// @param estimated the parts that gradients told, to first order: they will be measured
public record Draft(
        String version,
        ModelFacts model,
        long seed,
        Prompt prompt,
        Answer answer,
        Contrast contrast,
        LogitLens lens,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PatchingMap patching,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Attribution attribution,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Circuit circuit,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable HeadKinds kinds,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Patterns patterns,

        List<Part> estimated) {

    /// What can be estimated before it is measured.
    public enum Part {
        PATCHING,
        ATTRIBUTION,
        CIRCUIT
    }

    /// Before anything is known of the causes.
    static Draft of(
            String version,
            ModelFacts model,
            long seed,
            Prompt prompt,
            Answer answer,
            Contrast contrast,
            LogitLens lens) {
        return new Draft(version, model, seed, prompt, answer, contrast, lens, null, null, null, null, null, List.of());
    }

    Draft with(PatchingMap patching, boolean isEstimate) {
        return knowing(patching, attribution, circuit, kinds, patterns, estimated(Part.PATCHING, isEstimate));
    }

    Draft with(Attribution attribution, boolean isEstimate) {
        return knowing(patching, attribution, circuit, kinds, patterns, estimated(Part.ATTRIBUTION, isEstimate));
    }

    /// @param patterns of the heads that this circuit and the effects point to
    Draft with(Circuit circuit, Patterns patterns, boolean isEstimate) {
        return knowing(patching, attribution, circuit, kinds, patterns, estimated(Part.CIRCUIT, isEstimate));
    }

    Draft with(HeadKinds kinds) {
        return knowing(patching, attribution, circuit, kinds, patterns, estimated);
    }

    private Draft knowing(
            @Nullable PatchingMap patching,
            @Nullable Attribution attribution,
            @Nullable Circuit circuit,
            @Nullable HeadKinds kinds,
            @Nullable Patterns patterns,
            List<Part> estimated) {
        return new Draft(
                version,
                model,
                seed,
                prompt,
                answer,
                contrast,
                lens,
                patching,
                attribution,
                circuit,
                kinds,
                patterns,
                estimated);
    }

    private List<Part> estimated(Part part, boolean isEstimate) {
        EnumSet<Part> parts = EnumSet.noneOf(Part.class);
        parts.addAll(estimated);
        if (isEstimate) {
            parts.add(part);
        } else {
            parts.remove(part);
        }
        return List.copyOf(parts);
    }
}

package cutaway.interp.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.interp.explain.Explanation.Answer;
import cutaway.interp.explain.Explanation.Attribution;
import cutaway.interp.explain.Explanation.Circuit;
import cutaway.interp.explain.Explanation.Contrast;
import cutaway.interp.explain.Explanation.LogitLens;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.PatchingMap;
import cutaway.interp.explain.Explanation.Prompt;
import cutaway.interp.heads.HeadKinds;
import org.jspecify.annotations.Nullable;

/// What is known of an [Explanation] while it is being made. What is there is final; what is missing is still to come.
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

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable HeadKinds kinds) {

    Draft with(PatchingMap patching) {
        return new Draft(version, model, seed, prompt, answer, contrast, lens, patching, attribution, circuit, kinds);
    }

    Draft with(Attribution attribution) {
        return new Draft(version, model, seed, prompt, answer, contrast, lens, patching, attribution, circuit, kinds);
    }

    Draft with(Circuit circuit) {
        return new Draft(version, model, seed, prompt, answer, contrast, lens, patching, attribution, circuit, kinds);
    }

    Draft with(HeadKinds kinds) {
        return new Draft(version, model, seed, prompt, answer, contrast, lens, patching, attribution, circuit, kinds);
    }
}

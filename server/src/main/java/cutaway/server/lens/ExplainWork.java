package cutaway.server.lens;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Draft;
import cutaway.interp.explain.Explainer;
import cutaway.interp.explain.Explanation;
import cutaway.server.api.Limits;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Shell;
import cutaway.server.job.Work;
import cutaway.server.model.OpenModel;
import cutaway.server.model.OpenModels;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The explanation of `cutaway explain`, as a job.
public final class ExplainWork implements Work<ExplainWork.ExplainAsked, Explanation> {

    private static final Kind<ExplainAsked, Explanation> KIND =
            new Kind<>("explain", "an explanation", ExplainAsked.class, Explanation.class, Optional.of(Draft.class));

    private final OpenModels models;
    private final Limits limits;
    private final String version;

    /// @param version of Cutaway
    public ExplainWork(OpenModels models, Limits limits, String version) {
        this.models = models;
        this.limits = limits;
        this.version = version;
    }

    /// @param model its name; empty for the usual one
    /// @param contrast the prompt to set against this one; empty to make one
    /// @param answer the token to explain, with its space; empty for the model's own top token
    /// @param against the rival; empty for the contrast's top token other than the answer
    public record ExplainAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String prompt,
            @MayBeLeftOut @Nullable String contrast,
            @MayBeLeftOut @Nullable String answer,
            @MayBeLeftOut @Nullable String against,
            @MayBeLeftOut long seed) {

        /// The command that prints the same.
        String command(String usual) {
            StringBuilder command = new StringBuilder("./cutaway explain ").append(Shell.quoted(prompt));
            option(command, "--contrast", contrast);
            option(command, "--answer", answer);
            option(command, "--against", against);
            if (model != null && !model.isEmpty() && !model.equals(usual)) {
                option(command, "--model", model);
            }
            return seed == 0 ? command.toString() : command + " --seed " + seed;
        }

        private static void option(StringBuilder command, String name, @Nullable String value) {
            if (value != null && !value.isEmpty()) {
                command.append(' ').append(name).append(' ').append(Shell.quoted(value));
            }
        }
    }

    @Override
    public Kind<ExplainAsked, Explanation> kind() {
        return KIND;
    }

    /// It is asked for with each prompt that is typed.
    @Override
    public boolean isForItsPage() {
        return true;
    }

    @Override
    public void check(ExplainAsked asked) {
        limits.checkText(asked.prompt);
        if (asked.contrast != null && !asked.contrast.isEmpty()) {
            limits.checkText(asked.contrast);
        }
        try (OpenModels.Lease lease = models.use(asked.model)) {
            limits.checkTokens(lease.model().model(), Source.of(asked.prompt));
        }
    }

    @Override
    public Explanation run(ExplainAsked asked, Told told) {
        try (OpenModels.Lease lease = models.use(asked.model)) {
            OpenModel model = lease.model();
            return new Explainer(model.model(), model.facts(), version, asked.command(models.usual()), heard(told))
                    .knowing(model)
                    .explain(new Explainer.Question(
                            asked.prompt,
                            given(asked.contrast),
                            given(asked.answer),
                            given(asked.against),
                            List.of(),
                            false,
                            asked.seed))
                    .withoutEdits();
        }
    }

    /// A reader will intervene in what is explained.
    @Override
    public void done(ExplainAsked asked, Explanation found) {
        Source prompt = Source.of(ids(found.prompt().tokens()), List.of());
        Source contrast = found.contrast().source() == null
                ? Source.of(ids(found.contrast().tokens()), List.of())
                : found.contrast().source();
        try (OpenModels.Lease lease = models.use(asked.model)) {
            lease.model().ready(prompt, found.answer().metric(), contrast);
        }
    }

    private static int[] ids(List<Explanation.Token> tokens) {
        return tokens.stream().mapToInt(Explanation.Token::id).toArray();
    }

    private static Explainer.Progress heard(Told told) {
        return new Explainer.Progress() {
            @Override
            public void at(String step, String done) {
                told.at(step, done);
            }

            @Override
            public void drafted(Draft draft) {
                told.draft(draft);
            }

            @Override
            public boolean wantsEstimates() {
                return true;
            }
        };
    }

    private static Optional<String> given(@Nullable String text) {
        return Optional.ofNullable(text).filter(some -> !some.isEmpty());
    }
}

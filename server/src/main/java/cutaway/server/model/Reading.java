package cutaway.server.model;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.server.api.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How a reader's question is answered: the model is opened, what is asked of it held to the limits, and the work done
/// at the desk.
public record Reading(OpenModels models, Desk desk, Limits limits) {

    /// About a model.
    ///
    /// @param model its name; null or empty for the usual one
    public <T> T model(@Nullable String model, Function<OpenModel, T> answer) {
        try (OpenModels.Lease lease = models.use(model)) {
            return desk.ask(() -> answer.apply(lease.model()));
        }
    }

    /// About a run of it.
    ///
    /// @throws cutaway.server.api.Refusal when its text, or that of a run that its edits name, is empty or too long
    public <T> T run(@Nullable String model, Source run, Function<OpenModel, T> answer) {
        return model(model, open -> {
            limits.checkRuns(open.model(), run);
            return answer.apply(open);
        });
    }

    /// About edits of a run.
    ///
    /// @throws cutaway.server.api.Refusal as [#run]
    public <T> T edited(@Nullable String model, Source run, List<Edit> edits, Function<OpenModel, T> answer) {
        List<Edit> all = new ArrayList<>(run.edits());
        all.addAll(edits);
        return run(model, new Source(run.prompt(), run.ids(), all), answer);
    }

    /// About a text.
    ///
    /// @throws cutaway.server.api.Refusal as [#run]
    public <T> T text(@Nullable String model, String text, Function<OpenModel, T> answer) {
        return run(model, Source.of(text), answer);
    }

    /// What lies ready about a model, told without waiting for a turn.
    public <T> Optional<T> ready(@Nullable String model, Function<OpenModel, Optional<T>> known) {
        try (OpenModels.Lease lease = models.use(model)) {
            return known.apply(lease.model());
        }
    }

    /// About a model, for what may take seconds.
    ///
    /// @param answer gets what it calls whenever others may go first
    public <T> T atLength(@Nullable String model, BiFunction<OpenModel, Runnable, T> answer) {
        try (OpenModels.Lease lease = models.use(model)) {
            return desk.askAtLength(pass -> answer.apply(lease.model(), pass));
        }
    }

    /// About a text that may be long.
    ///
    /// @param answer gets what it calls whenever others may go first
    /// @throws cutaway.server.api.Refusal as [#run]
    public <T> T longText(@Nullable String model, String text, BiFunction<OpenModel, Runnable, T> answer) {
        return atLength(model, (open, pass) -> {
            limits.checkRuns(open.model(), Source.of(text));
            return answer.apply(open, pass);
        });
    }
}

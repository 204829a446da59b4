package cutaway.server.tables;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.whatif.Comparison;
import cutaway.interp.whatif.Comparison.Predicted;
import cutaway.interp.whatif.Labels;
import cutaway.interp.whatif.Slice;
import cutaway.interp.whatif.TokenSaliency;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.tables.WhatIfAnswers.FairnessAsked;
import cutaway.server.tables.WhatIfAnswers.Scores;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is asked of two scorings of a table beside each other, and of the tokens of one prompt.
final class PairAnswers {

    private final WhatIfAnswers answers;

    PairAnswers(WhatIfAnswers answers) {
        this.answers = answers;
    }

    /// @param job that scored the table by the first model
    /// @param other that scored it by the second
    /// @param judged how thresholds are chosen, of the first job, and for the second alike; null for 1/2
    public record ComparisonAsked(
            @JsonProperty(required = true) String job,
            @JsonProperty(required = true) String other,
            @MayBeLeftOut @Nullable FairnessAsked judged) {}

    /// @param job that scored a table by prompts
    /// @param prompt a row's, maybe with other tokens
    /// @param leaveOut whether each token is left out in turn
    public record SaliencyAsked(
            @JsonProperty(required = true) String job,
            @JsonProperty(required = true) String prompt,
            @MayBeLeftOut boolean leaveOut) {}

    List<Route<?, ?>> routes() {
        return List.of(
                Route.post(
                        "/api/whatif/compare",
                        "Where two models that scored a table differ, each at thresholds of its own.",
                        ComparisonAsked.class,
                        Comparison.class,
                        (asked, at) -> compare(asked)),
                Route.post(
                        "/api/whatif/tokens",
                        "Runs a prompt as a table's were: its score, its options, and what each token is worth.",
                        SaliencyAsked.class,
                        TokenSaliency.class,
                        (asked, at) -> tokens(asked)));
    }

    private Comparison compare(ComparisonAsked asked) {
        Scores first = answers.scores(asked.job);
        Scores second = answers.scores(asked.other);
        if (!first.scoring().sha256().equals(second.scoring().sha256())) {
            throw new Refusal(
                    400,
                    "the two jobs scored the tables " + first.scoring().table() + " and "
                            + second.scoring().table() + "; give two of one table.");
        }
        FairnessAsked judged = asked.judged;
        if (judged == null) {
            List<Slice> all = List.of(Slice.whole(first.table()));
            return Comparison.of(Predicted.half(first.values()), Predicted.half(second.values()), null, all);
        }
        List<Slice> slices = WhatIfAnswers.slices(judged, first);
        return Comparison.of(
                predicted(judged, first, slices),
                predicted(judged, second, slices),
                Labels.of(first.table(), judged.label()),
                slices);
    }

    private static Predicted predicted(FairnessAsked judged, Scores scores, List<Slice> slices) {
        double[] values = scores.values();
        return new Predicted(
                values, WhatIfAnswers.fairness(judged, scores, slices).ofRows(slices, values.length));
    }

    private TokenSaliency tokens(SaliencyAsked asked) {
        Scores scores = answers.scores(asked.job);
        return answers.prompted(
                scores, asked.prompt, (scorer, pass) -> TokenSaliency.of(scorer, asked.prompt, asked.leaveOut, pass));
    }
}

package cutaway.server.features;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.features.use.ActiveFeatures;
import cutaway.features.use.DictionaryBasis;
import cutaway.features.use.LinearError;
import cutaway.features.use.Missed;
import cutaway.interp.basis.Basis;
import cutaway.interp.basis.Codes;
import cutaway.interp.basis.Latent;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.Token;
import cutaway.interp.explain.Prompts;
import cutaway.interp.intervention.Intervention;
import cutaway.interp.prompts.AnswerToken;
import cutaway.interp.site.Site;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.model.OpenModel;
import cutaway.server.model.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Features on a prompt: which are active and what each does, their codes, and what steering one changes.
public final class FeatureRuns {

    /// Features of a prompt whose effect is measured.
    private static final int MEASURED = 24;

    /// Features of a map of codes.
    private static final int MAPPED = 24;

    private static final int MOST_ASKED = 64;

    /// Features that are named of a token.
    private static final int LARGEST = 4;

    private final Dictionaries dictionaries;
    private final OpenDictionaries open;
    private final Reading reading;

    public FeatureRuns(Dictionaries dictionaries, FeatureAnswers answers, Reading reading) {
        this.dictionaries = dictionaries;
        this.open = answers.open();
        this.reading = reading;
    }

    /// @param answer the token whose log probability is asked for, with its space; empty for the most likely one
    /// @param seed of the random directions
    public record ActiveAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String dictionary,
            @JsonProperty(required = true) String prompt,
            @MayBeLeftOut @Nullable String answer,
            @MayBeLeftOut long seed) {}

    /// A feature at a position of a prompt.
    ///
    /// @param norm of what it adds
    /// @param effect change of log p(answer) when its code is 0 there, nats
    /// @param placebo the same when a random direction as long is added in its place
    public record ActiveRow(
            int feature,
            int position,
            double activation,
            double norm,
            double effect,
            double placebo,
            FeatureAnswers.MachineLabel machine) {}

    /// @param baseline log p(answer), nats
    /// @param unread positions that the dictionary is asked nothing of
    public record ActiveShown(
            ModelFacts model,
            List<Token> tokens,
            Token answer,
            double baseline,
            List<Integer> unread,
            List<ActiveRow> rows,
            double milliseconds) {}

    /// @param features whose codes are asked for; empty for those that say most
    public record CodesAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String dictionary,
            @JsonProperty(required = true) String prompt,
            @MayBeLeftOut @Nullable List<Integer> features) {}

    /// @param codes of each feature, at each token
    public record PromptCodes(
            ModelFacts model,
            List<Token> tokens,
            List<Integer> unread,
            List<Integer> features,
            List<List<Double>> codes) {}

    public record MissedAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String dictionary,
            @JsonProperty(required = true) String prompt) {}

    /// What a dictionary misses of a token.
    ///
    /// @param read whether the dictionary is asked of it
    /// @param norm of the activation
    /// @param explained share of its squared distance from the prompt's mean; absent where it is not read
    /// @param error norm of what features do not say
    /// @param linear norm of what a linear map of the activation foretells of that; absent without a map
    /// @param nonlinear norm of the rest
    /// @param features of the largest codes, largest first
    /// @param codes of those
    public record MissedToken(
            boolean read,
            double norm,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double explained,

            double error,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double linear,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double nonlinear,

            List<Integer> features,
            List<Double> codes) {}

    /// How good the map is that splits a dictionary's error in two.
    ///
    /// @param fitted tokens that it was fitted to
    /// @param fvu what the dictionary leaves of the variance of other tokens
    /// @param fvuNonlinear what it leaves with the linear part added
    public record ErrorMapShown(int fitted, double fvu, double fvuNonlinear) {}

    /// @param sites where the dictionary writes
    /// @param map what splits the error; absent without one
    /// @param missed of each token
    public record MissedShown(
            ModelFacts model,
            List<String> sites,
            List<Token> tokens,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            ErrorMapShown map,

            List<MissedToken> missed) {}

    /// How a code is changed, at every token that the dictionary reads.
    public enum Steer {
        /// To 0.
        REMOVE,
        /// Multiplied.
        SCALE,
        /// Something is added to it.
        ADD
    }

    /// @param by what it is multiplied by, or what is added, in the unit of codes; nothing when it is removed
    /// @param seed of the controls
    public record SteerAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String dictionary,
            @JsonProperty(required = true) int feature,
            @JsonProperty(required = true) String prompt,
            @JsonProperty(required = true) Steer steer,
            @MayBeLeftOut double by,
            @MayBeLeftOut @Nullable String answer,
            @MayBeLeftOut long seed) {}

    /// What steering does.
    ///
    /// @param baseline log p(answer) without it, nats
    /// @param steered the same with it
    /// @param effect steered - baseline
    /// @param controls what random changes as large do in its place
    /// @param told whether the effect is larger than each of these
    /// @param positions at which a code was changed
    public record Steered(
            ModelFacts model,
            int feature,
            Token answer,
            double baseline,
            double steered,
            double effect,
            List<Double> controls,
            double threshold,
            boolean told,
            String control,
            List<Integer> positions,
            List<Candidate> before,
            List<Candidate> after,
            double milliseconds) {}

    public List<Route<?, ?>> routes() {
        return List.of(
                Route.post(
                        "/api/features/active",
                        "The features that say most on a prompt, and what each does there, beside a random direction.",
                        ActiveAsked.class,
                        ActiveShown.class,
                        (asked, at) -> active(asked)),
                Route.post(
                        "/api/features/codes",
                        "The codes of features at each token of a prompt.",
                        CodesAsked.class,
                        PromptCodes.class,
                        (asked, at) -> codes(asked)),
                Route.post(
                        "/api/features/missed",
                        "What a dictionary misses of each token of a prompt: its error, and the two parts of it where a"
                                + " map splits it.",
                        MissedAsked.class,
                        MissedShown.class,
                        (asked, at) -> missed(asked)),
                Route.post(
                        "/api/features/steer",
                        "What removing, scaling or adding a feature on a prompt does, beside random changes as large.",
                        SteerAsked.class,
                        Steered.class,
                        (asked, at) -> steer(asked)));
    }

    private ActiveShown active(ActiveAsked asked) {
        return on(asked.model, asked.dictionary, asked.prompt, (model, one) -> {
            long start = System.nanoTime();
            Source prompt = Source.of(asked.prompt);
            Token answer = answer(model, prompt, asked.answer);
            ActiveFeatures found = ActiveFeatures.of(
                    model.model(),
                    one.basis(),
                    prompt,
                    new Metric.LogProbability(answer.id()),
                    MEASURED,
                    asked.seed,
                    _ -> {});
            MachineLabels machine = new MachineLabels(
                    dictionaries.path(asked.dictionary),
                    one.raised(model.model(), found.rows().stream().mapToInt(ActiveFeatures.Row::feature)));
            return new ActiveShown(
                    model.facts(),
                    tokens(model, prompt),
                    answer,
                    found.baseline(),
                    found.unread(),
                    found.rows().stream()
                            .map(row -> new ActiveRow(
                                    row.feature(),
                                    row.position(),
                                    row.activation(),
                                    row.norm(),
                                    row.effect(),
                                    row.placebo(),
                                    machine.of(row.feature())))
                            .toList(),
                    (System.nanoTime() - start) / 1e6);
        });
    }

    private PromptCodes codes(CodesAsked asked) {
        List<Integer> given = asked.features == null ? List.of() : asked.features;
        if (given.size() > MOST_ASKED || given.stream().anyMatch(Objects::isNull)) {
            throw new Refusal(
                    400, "features names " + given.size() + "; give at most " + MOST_ASKED + ", without gaps.");
        }
        return on(asked.model, asked.dictionary, asked.prompt, (model, one) -> {
            given.forEach(feature -> FeatureAnswers.check(feature, one.basis().width()));
            Source prompt = Source.of(asked.prompt);
            Codes codes = one.basis().codes(model.model(), prompt);
            List<Integer> features = given.isEmpty() ? strongest(one.basis(), codes) : given;
            return new PromptCodes(
                    model.facts(),
                    tokens(model, prompt),
                    codes.unread(),
                    features,
                    features.stream()
                            .map(feature -> IntStream.range(0, codes.length())
                                    .mapToObj(position -> codes.at(position, feature))
                                    .toList())
                            .toList());
        });
    }

    private MissedShown missed(MissedAsked asked) {
        return on(asked.model, asked.dictionary, asked.prompt, (model, one) -> {
            Source prompt = Source.of(asked.prompt);
            Missed missed = Missed.of(model.model(), one.basis(), prompt, LARGEST);
            return new MissedShown(
                    model.facts(),
                    one.basis().outputs().stream().map(Site::text).toList(),
                    tokens(model, prompt),
                    one.basis() instanceof DictionaryBasis basis
                            ? basis.errorMap()
                                    .map(LinearError::facts)
                                    .map(map -> new ErrorMapShown(map.tokens(), map.fvu(), map.fvuNonlinear()))
                                    .orElse(null)
                            : null,
                    missed.tokens().stream().map(FeatureRuns::shown).toList());
        });
    }

    private static MissedToken shown(Missed.OfToken token) {
        return new MissedToken(
                token.read(),
                token.norm(),
                boxed(token.explained()),
                token.error(),
                boxed(token.linear()),
                boxed(token.nonlinear()),
                token.largest().stream().map(Missed.Code::feature).toList(),
                token.largest().stream().map(Missed.Code::code).toList());
    }

    private static @Nullable Double boxed(OptionalDouble number) {
        return number.isPresent() ? number.getAsDouble() : null;
    }

    /// By the sum of the norms of what they add.
    private static List<Integer> strongest(Basis basis, Codes codes) {
        Map<Integer, Double> sums = new HashMap<>();
        Map<Integer, Double> norms = new HashMap<>();
        for (int position = 0; position < codes.length(); position++) {
            for (int feature : codes.active(position, position)) {
                double norm = norms.computeIfAbsent(feature, index -> norm(basis, index));
                sums.merge(
                        feature, Math.abs(codes.scales()[position] * codes.at(position, feature)) * norm, Double::sum);
            }
        }
        return sums.entrySet().stream()
                .sorted(Map.Entry.<Integer, Double>comparingByValue(Comparator.reverseOrder()))
                .limit(MAPPED)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static double norm(Basis basis, int feature) {
        return Math.sqrt(basis.direction(feature).stream()
                .flatMapToDouble(part -> DoubleStream.of(part.vector()))
                .map(number -> number * number)
                .sum());
    }

    private Steered steer(SteerAsked asked) {
        if (!Double.isFinite(asked.by) || Math.abs(asked.by) > 1e6) {
            throw new Refusal(400, "by is " + asked.by + "; give a number from -1000000 to 1000000.");
        }
        if (asked.steer == Steer.ADD && asked.by == 0) { // or left out
            throw new Refusal(
                    400, "by is 0, which adds nothing; give how much to add, in the unit of codes, such as 8.");
        }
        DoubleUnaryOperator change = switch (asked.steer) {
            case REMOVE -> code -> 0;
            case SCALE -> code -> code * asked.by;
            case ADD -> code -> code + asked.by;
        };
        return on(asked.model, asked.dictionary, asked.prompt, (model, one) -> {
            long start = System.nanoTime();
            FeatureAnswers.check(asked.feature, one.basis().width());
            Source prompt = Source.of(asked.prompt);
            Codes codes = one.basis().codes(model.model(), prompt);
            List<Integer> positions = new ArrayList<>();
            for (int position = 0; position < codes.length(); position++) {
                double code = codes.at(position, asked.feature);
                if (codes.read()[position] && change.applyAsDouble(code) != code) {
                    positions.add(position);
                }
            }
            if (positions.isEmpty()) {
                throw new Refusal(
                        409,
                        "feature " + asked.feature
                                + " would be what it is at every token of this prompt; add to it, or give a prompt on"
                                + " which it is active.");
            }
            List<Edit> edits = new Latent(one.basis(), asked.feature).set(codes, 0, codes.length() - 1, position -> {
                double code = codes.at(position, asked.feature);
                return codes.read()[position] ? change.applyAsDouble(code) : code;
            });
            Token answer = answer(model, prompt, asked.answer);
            return model.intervene(prompt, new Metric.LogProbability(answer.id()), run -> {
                Intervention.Effect found = run.measure(edits, Intervention.USUAL_CONTROLS, asked.seed);
                return new Steered(
                        model.facts(),
                        asked.feature,
                        answer,
                        found.baseline(),
                        found.edited(),
                        found.effect(),
                        found.changes().boxed().toList(),
                        found.threshold(),
                        found.isTold(),
                        found.control(),
                        positions,
                        run.next(),
                        found.next(),
                        (System.nanoTime() - start) / 1e6);
            });
        });
    }

    private <T> T on(
            @Nullable String model,
            String dictionary,
            String prompt,
            BiFunction<OpenModel, OpenDictionaries.One, T> of) {
        dictionaries.path(dictionary);
        return reading.text(model, prompt, opened -> of.apply(opened, open.use(dictionary, opened.model())));
    }

    private static List<Token> tokens(OpenModel model, Source prompt) {
        return Prompts.tokens(model.model(), prompt.ids(model.model()));
    }

    private static Token answer(OpenModel model, Source prompt, @Nullable String text) {
        int last = prompt.ids(model.model()).length - 1;
        int id = text == null || text.isEmpty()
                ? Prompts.next(model.model(), prompt).getFirst().id()
                : AnswerToken.id(model.model(), text, "answer");
        return new Token(last + 1, id, model.model().tokenizer().token(id));
    }
}

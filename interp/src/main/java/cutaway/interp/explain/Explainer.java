package cutaway.interp.explain;

import cutaway.interp.basis.Basis;
import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Setting;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Answer;
import cutaway.interp.explain.Explanation.Attribution;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Explanation.Circuit;
import cutaway.interp.explain.Explanation.Features;
import cutaway.interp.explain.Explanation.LogitLens;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.PatchingMap;
import cutaway.interp.explain.Explanation.Patterns;
import cutaway.interp.explain.Explanation.Prompt;
import cutaway.interp.explain.Explanation.Repeat;
import cutaway.interp.heads.HeadKinds;
import cutaway.interp.heads.HeadScores;
import cutaway.interp.prompts.AnswerToken;
import cutaway.model.Model;
import cutaway.model.tokenizer.Encoding;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Explains an answer: where it becomes readable, what carries it, what writes it, and the smallest circuit that
/// suffices.
public final class Explainer {

    /// What is asked.
    ///
    /// @param contrast the prompt to set against this one; empty to make a contrast
    /// @param answer the token to explain, as text; empty for the model's own top token
    /// @param against the rival, as text; empty for the contrast's top token other than the answer
    /// @param bases dictionaries whose features are named beside heads and MLPs
    /// @param withoutError whether features are asked about with the error term of their dictionary taken out
    public record Question(
            String prompt,
            Optional<String> contrast,
            Optional<String> answer,
            Optional<String> against,
            List<? extends Basis> bases,
            boolean withoutError,
            long seed) {}

    private final Model model;
    private final ModelFacts facts;
    private final String version;
    private final String command;
    private final Progress progress;
    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private @Nullable Known known;

    /// @param command repeats the explanation; it stands in the record
    public Explainer(Model model, ModelFacts facts, String version, String command, Progress progress) {
        this.model = model;
        this.facts = facts;
        this.version = version;
        this.command = command;
        this.progress = progress;
    }

    /// Takes what is known of the model, or of the prompt, from one who may have it from before.
    public Explainer knowing(Known known) {
        this.known = known;
        return this;
    }

    /// What may be known before an explanation is asked for.
    public interface Known {

        /// The kinds of the model's heads, which do not depend on the prompt; empty where none are known or will be
        /// kept with this seed.
        ///
        /// @param progress told how many layers are read, where they are measured now
        Optional<HeadKinds> kinds(long seed, IntConsumer progress);

        /// The lens of a run without edits; empty where it was not read.
        ///
        /// @param answer the token that it looks for
        Optional<LogitLens> lens(int[] ids, int answer);
    }

    /// Hears how far a long work is.
    public interface Progress {
        /// @param step what is going on
        /// @param done how much of it, in words; may be empty
        void at(String step, String done);

        /// Told once, as soon as the model has answered: long before the causes are known.
        default void answered(Prompt prompt) {}

        /// Told what is known, whenever that has become more.
        default void drafted(Draft draft) {}

        /// Whether drafts are to hold estimates until there are measurements.
        default boolean wantsEstimates() {
            return false;
        }
    }

    /// @throws BadInputException when an answer is not one token, prompts differ in length, or no contrast can be made
    public Explanation explain(Question question) {
        if (!model.sizes().isCausal()) {
            throw new BadInputException(model.path()
                    + " is an encoder; explain takes apart the next token of a decoder, such as"
                    + " smollm2-135m-instruct.");
        }
        question.bases().forEach(basis -> basis.check(model.sizes()));
        Encoding prompt = model.encode(question.prompt());
        OptionalInt givenAnswer = token(question.answer(), "answer");
        OptionalInt against = token(question.against(), "rival");
        Optional<Contrasts.Found> given = question.contrast().map(text -> Contrasts.given(model, prompt, text));
        Prompts.Ended ended = timed("prompt", () -> Prompts.ended(model, Source.of(prompt.ids(), List.of())));
        int answer = givenAnswer.orElse(ended.next().getFirst().id());
        if (against.isPresent() && against.getAsInt() == answer) {
            throw new BadInputException("the answer and its rival are the same token; give --against another.");
        }
        Prompt asked = new Prompt(
                question.prompt(),
                Prompts.tokens(model, prompt.ids()),
                Prompts.beginsWithBos(model, prompt),
                ended.next());
        progress.answered(asked);
        Contrasts contrasts = new Contrasts(
                model,
                question.prompt(),
                prompt,
                answer,
                against,
                question.seed(),
                done -> progress.at("contrast", done));
        Contrasts.Found contrast = timed("contrast", () -> given.orElseGet(contrasts::made));
        Prompts.Ended contrastEnded = Prompts.ended(model, contrast.source());
        int rival = against.orElseGet(() -> contrastEnded.next().stream()
                .filter(candidate -> candidate.id() != answer)
                .findFirst()
                .orElseThrow()
                .id());
        Metric.LogitDifference metric = new Metric.LogitDifference(answer, rival);
        Setting setting = setting(prompt, contrast, metric, ended.margin(metric), contrastEnded.margin(metric));

        LogitLens lens = timed("logit lens", () -> lens(setting));
        Draft draft = Draft.of(
                version,
                facts,
                question.seed(),
                asked,
                answer(setting, question),
                described(contrast, contrastEnded.next()),
                lens);
        progress.drafted(draft);
        if (progress.wantsEstimates()) {
            draft = estimated(draft, setting, question.seed());
            progress.drafted(draft);
        }
        HeadKinds kinds = timed("head kinds", () -> kinds(question.seed())); // most often known: before what takes long
        draft = draft.with(kinds);
        progress.drafted(draft);
        PatchingMap patching =
                timed("patching map", () -> PatchingMaps.measure(setting, question.seed(), counting("patching map")));
        draft = draft.with(patching, false);
        progress.drafted(draft);
        Attribution attribution =
                timed("attribution", () -> new Attributions(setting, question.seed()).measure(counting("attribution")));
        draft = draft.with(attribution, false);
        progress.drafted(draft);
        Circuit circuit = timed(
                "circuit",
                () -> new Circuits(setting, attribution, question.seed()).find(step -> progress.at("circuit", step)));
        Patterns patterns = timed("attention patterns", () -> patterns(setting, circuit, attribution));
        draft = draft.with(circuit.withoutEdits(), patterns, false);
        progress.drafted(draft);
        List<Features> features = timed(
                "features",
                () -> question.bases().stream()
                        .map(basis -> new FeatureEffects(setting, basis, question.withoutError(), question.seed())
                                .measure(counting("features")))
                        .toList());
        return new Explanation(
                version,
                facts,
                question.seed(),
                asked,
                draft.answer(),
                draft.contrast(),
                lens,
                patching,
                attribution,
                circuit,
                kinds,
                patterns,
                features,
                repeat(setting, attribution),
                seconds);
    }

    /// All that gradients tell of the causes: a few passes, where to measure takes hundreds.
    private Draft estimated(Draft draft, Setting setting, long seed) {
        return timed("estimates", () -> {
            try (FirstOrder firstOrder = new FirstOrder(setting, done -> progress.at("estimates", done))) {
                Attribution attribution = new Attributions(setting, seed).estimate(firstOrder);
                Draft known = draft.with(PatchingMaps.estimate(setting, firstOrder, seed), true)
                        .with(attribution, true);
                progress.drafted(known);
                Circuit circuit =
                        new Circuits(setting, attribution, seed).estimate(step -> progress.at("estimates", step));
                return known.with(circuit.withoutEdits(), patterns(setting, circuit, attribution), true);
            }
        });
    }

    private Patterns patterns(Setting setting, Circuit circuit, Attribution attribution) {
        return AttentionPatterns.read(model, setting.prompt(), AttentionPatterns.shown(circuit, attribution));
    }

    private HeadKinds kinds(long seed) {
        IntConsumer layers = done -> progress.at("head kinds", done + " layers");
        return Optional.ofNullable(known)
                .flatMap(before -> before.kinds(seed, layers))
                .orElseGet(() -> HeadScores.measure(model, seed, layers));
    }

    private LogitLens lens(Setting setting) {
        return Optional.ofNullable(known)
                .flatMap(before -> before.lens(setting.ids(), setting.metric().answer()))
                .orElseGet(() -> Lenses.read(setting));
    }

    private Setting setting(
            Encoding prompt,
            Contrasts.Found contrast,
            Metric.LogitDifference metric,
            double promptMargin,
            double contrastMargin) {
        Source source = Source.of(prompt.ids(), List.of());
        if (!(promptMargin - contrastMargin > 1e-3)) {
            throw new BadInputException(
                    "the margin is %.3f on the prompt and %.3f on the contrast (%s): the contrast does not speak against the answer. Give another --contrast, or another --against."
                            .formatted(promptMargin, contrastMargin, contrast.how()));
        }
        return new Setting(
                model,
                source,
                contrast.source(),
                prompt.ids(),
                contrast.firstDifference(),
                metric,
                promptMargin,
                contrastMargin);
    }

    private Answer answer(Setting setting, Question question) {
        Tokenizer tokenizer = model.tokenizer();
        String chosen = (question.answer().isPresent() ? "the answer was given" : "the answer is the model's top token")
                + (question.against().isPresent()
                        ? ", and so was the rival"
                        : ", the rival the contrast's top token other than the answer");
        return new Answer(
                setting.metric().answer(),
                tokenizer.token(setting.metric().answer()),
                setting.metric().rival(),
                tokenizer.token(setting.metric().rival()),
                chosen,
                setting.promptMargin(),
                setting.contrastMargin(),
                setting.metric());
    }

    private Explanation.Contrast described(Contrasts.Found contrast, List<Candidate> next) {
        return new Explanation.Contrast(
                contrast.kind(),
                contrast.how(),
                Prompts.tokens(model, contrast.ids()),
                contrast.firstDifference(),
                next,
                contrast.noise(),
                contrast.source());
    }

    private Repeat repeat(Setting setting, Attribution attribution) {
        Component.Own strongest = attribution.components().stream()
                .max((a, b) -> Double.compare(a.ablation(), b.ablation()))
                .orElseThrow()
                .component();
        return new Repeat(command, PatchingMaps.edit(setting, 0, setting.length() - 1), setting.takeAway(strongest));
    }

    /// @throws BadInputException when there is a text and it is not exactly one token
    private OptionalInt token(Optional<String> given, String what) {
        return given.isEmpty() ? OptionalInt.empty() : OptionalInt.of(AnswerToken.id(model, given.get(), what));
    }

    private IntConsumer counting(String step) {
        return done -> progress.at(step, done + " runs");
    }

    private <T> T timed(String step, Supplier<T> work) {
        progress.at(step, "");
        long start = System.nanoTime();
        T result = work.get();
        seconds.put(step, (System.nanoTime() - start) / 1e9);
        return result;
    }
}

package cutaway.cli.report;

import cutaway.interp.effects.ActivationPatching;
import cutaway.interp.effects.Direction;
import cutaway.interp.effects.EdgeGradients;
import cutaway.interp.effects.Effect;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.Effects;
import cutaway.interp.effects.GradientPatching;
import cutaway.interp.effects.Method;
import cutaway.interp.effects.PathEffects;
import cutaway.interp.effects.Question;
import cutaway.interp.effects.TokenGradients;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.prompts.Pair;
import cutaway.interp.statistics.Interval;
import cutaway.interp.statistics.Summary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes the record of a sweep's page, within a size that a browser opens at once: of very many questions, the
/// statistics of the largest; of very many rows, those of the largest questions.
///
/// @param questions at most
/// @param rows at most
/// @param pairs at most
public record SweepRecords(int questions, int rows, int pairs) {

    /// About three megabytes at most.
    public static final SweepRecords USUAL = new SweepRecords(10_000, 20_000, 400);

    /// What is known beside the findings.
    ///
    /// @param file the pairs, as they were given
    public record Facts(String version, ModelFacts model, String file, double seconds, SweepRecord.Repeat repeat) {}

    /// @param token the text of a token id
    public SweepRecord of(SweepFindings findings, Facts facts, IntFunction<String> token) {
        Effects found = findings.found();
        EffectSweep sweep = found.sweep();
        List<Effects.Ends> shown =
                found.pairs().subList(0, Math.min(pairs, found.pairs().size()));
        Set<Integer> parts = new HashSet<>();
        Map<Question, Map<Integer, Effect>> byQuestion = new HashMap<>();
        for (Effect row : found.rows()) {
            if (row.pair() < shown.size()) {
                byQuestion.computeIfAbsent(row.question(), _ -> new TreeMap<>()).put(row.pair(), row);
            }
            if (row.recovered() != null) {
                parts.add(row.pair());
            }
        }
        List<SweepRecord.Answer> answers = new ArrayList<>();
        int carried = 0;
        boolean tests = found.pairs().size() > 1 && sweep.pooled().isEmpty();
        for (Effects.Answer answer : findings.answers()
                .subList(0, Math.min(questions, findings.answers().size()))) {
            List<Effect> of = List.copyOf(
                    byQuestion.getOrDefault(answer.question(), Map.of()).values());
            boolean fits = carried + of.size() <= rows;
            carried += fits ? of.size() : rows; // once full, the weaker ones have no room either
            answers.add(answer(answer, tests, fits ? Optional.of(of) : Optional.empty(), shown.size()));
        }
        return new SweepRecord(
                facts.version(),
                facts.model(),
                sweep.seed(),
                facts.file(),
                facts.seconds(),
                asked(sweep),
                facts.repeat(),
                new SweepRecord.Extent(
                        found.pairs().size(),
                        found.independent(),
                        findings.answers().size(),
                        found.rows().size(),
                        tests ? findings.sure() : 0,
                        SweepFindings.LEVEL,
                        findings.smallestP(),
                        answers.stream()
                                .mapToInt(one ->
                                        one.effect() == null ? 0 : one.effect().size())
                                .sum()),
                shown.stream()
                        .map(ends -> prompts(ends, parts.contains(ends.pair().index()), token))
                        .toList(),
                answers,
                findings.chosen().stream().map(SweepRecords::chosen).toList(),
                found.searches());
    }

    private static SweepRecord.Asked asked(EffectSweep sweep) {
        MetricWords metric = MetricWords.of(sweep);
        return new SweepRecord.Asked(
                sweep.method().text(),
                direction(sweep.method())
                        .map(direction -> direction.name().toLowerCase(Locale.ROOT))
                        .orElse(null),
                sweep.method().how(),
                sweep.sites().stream()
                        .map(choice -> choice.text()
                                + choice.positions()
                                        .map(at -> "@"
                                                + at.items().stream()
                                                        .map(item -> item.text())
                                                        .collect(Collectors.joining("+")))
                                        .orElse(""))
                        .toList(),
                sweep.metric().text(),
                metric.what(),
                metric.unit(),
                sweep.metric().isOfAnswer(),
                sweep.pooled().map(EffectSweep.Pooling::least).orElse(null));
    }

    private static Optional<Direction> direction(Method method) {
        return switch (method) {
            case ActivationPatching(Direction direction) -> Optional.of(direction);
            case PathEffects(Direction direction, var _) -> Optional.of(direction);
            case GradientPatching(Direction direction) -> Optional.of(direction);
            case EdgeGradients(Direction direction, int _) -> Optional.of(direction);
            case TokenGradients(Direction direction, int _) -> Optional.of(direction);
            default -> Optional.empty();
        };
    }

    private static SweepRecord.Prompts prompts(Effects.Ends ends, boolean parts, IntFunction<String> token) {
        Pair pair = ends.pair();
        Map<String, List<Integer>> roles = new TreeMap<>();
        pair.roles().forEach((name, chosen) -> roles.put(name, List.of(chosen.first(), chosen.last())));
        return new SweepRecord.Prompts(
                pair.index(),
                pair.text().prompt(),
                pair.tokens(),
                pair.contrast().stream().map(token::apply).toList(),
                token.apply(pair.answer()),
                token.apply(pair.against()),
                pair.text().group(),
                roles,
                ends.prompt(),
                ends.contrast(),
                parts);
    }

    /// @param rows of the pairs that have it; empty where they find no room
    /// @param of pairs that the page carries
    private static SweepRecord.Answer answer(
            Effects.Answer answer, boolean tests, Optional<List<Effect>> rows, int of) {
        Question question = answer.question();
        Summary summary = answer.summary();
        return new SweepRecord.Answer(
                question.text(),
                question.site(),
                question.layer(),
                question.head(),
                question.neuron(),
                question.dictionary(),
                question.feature(),
                question.position(),
                question.lastPosition(),
                question.role(),
                question.receiver(),
                question.receiverLayer(),
                question.receiverHead(),
                summary.prompts(),
                summary.mean(),
                tests ? low(summary) : null,
                tests ? high(summary) : null,
                tests ? summary.familyWiseP() : null,
                rows.filter(them -> them.size() < of)
                        .map(them -> them.stream().map(Effect::pair).toList())
                        .orElse(null),
                rows.map(them -> them.stream().map(Effect::value).toList()).orElse(null),
                rows.map(them -> them.stream().map(Effect::effect).toList()).orElse(null),
                rows.filter(them -> them.stream().anyMatch(row -> row.recovered() != null))
                        .map(them -> them.stream().map(SweepRecords::recovered).toList())
                        .orElse(null));
    }

    private static Double recovered(Effect row) {
        return row.recovered() == null ? 0.0 : row.recovered();
    }

    private static SweepRecord.Chosen chosen(Effects.Chosen chosen) {
        return new SweepRecord.Chosen(
                chosen.question().text(),
                chosen.selectionMean(),
                chosen.heldOut().map(Summary::mean).orElse(null),
                chosen.heldOut().map(SweepRecords::low).orElse(null),
                chosen.heldOut().map(SweepRecords::high).orElse(null),
                chosen.heldOut().map(Summary::familyWiseP).orElse(null));
    }

    private static @Nullable Double low(Summary summary) {
        return summary.interval().map(Interval::low).orElse(null);
    }

    private static @Nullable Double high(Summary summary) {
        return summary.interval().map(Interval::high).orElse(null);
    }
}

package cutaway.server.sweep;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.effects.Ablation;
import cutaway.interp.effects.ActivationPatching;
import cutaway.interp.effects.Direction;
import cutaway.interp.effects.Effect;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.Effects;
import cutaway.interp.effects.Method;
import cutaway.interp.effects.SiteChoice;
import cutaway.interp.intervention.Intervention;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.statistics.Interval;
import cutaway.model.Model;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.api.Refusal;
import cutaway.server.job.Work;
import cutaway.server.model.OpenModel;
import cutaway.server.model.OpenModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A sweep of many sites on pairs of prompts, as a job. What it measures is kept in a file until it is done: after a
/// restart it goes on from there.
public final class SweepWork implements Work<SweepAsked, SweepFound> {

    private static final Kind<SweepAsked, SweepFound> KIND =
            new Kind<>("sweep", "the effects of many sites on pairs of prompts", SweepAsked.class, SweepFound.class);

    private static final int MOST_PAIRS = 50;

    /// Sites of a sweep; more would take hours.
    private static final int MOST_SITES = 2_000;

    private final Path folder;
    private final OpenModels models;
    private final Limits limits;
    private final String version;

    /// @param folder of what interrupted sweeps have measured; made where it is missing
    /// @param version of Cutaway
    public SweepWork(Path folder, OpenModels models, Limits limits, String version) {
        this.folder = folder;
        this.models = models;
        this.limits = limits;
        this.version = version;
    }

    @Override
    public Kind<SweepAsked, SweepFound> kind() {
        return KIND;
    }

    @Override
    public void check(SweepAsked asked) {
        List<PromptPair> pairs = asked.promptPairs();
        if (pairs.size() > MOST_PAIRS) {
            throw new Refusal(
                    400,
                    "there are " + pairs.size() + " pairs; give at most " + MOST_PAIRS + ", or ask cutaway sweep.");
        }
        pairs.forEach(pair -> {
            limits.checkText(pair.prompt());
            limits.checkText(pair.contrast());
        });
        asked.shown();
        EffectSweep sweep = asked.sweep();
        try (OpenModels.Lease lease = use(asked)) {
            Model model = lease.model().model();
            pairs.forEach(pair -> limits.checkTokens(model, Source.of(pair.prompt())));
            int sites = sweep.sites().stream()
                    .mapToInt(choice -> choice.sites(model.sizes()).size())
                    .sum();
            if (sites > MOST_SITES) {
                throw new Refusal(
                        400,
                        "there are " + sites + " sites; give at most " + MOST_SITES
                                + ", such as those of some layers: neuron_post[3].");
            }
        }
    }

    @Override
    public SweepFound run(SweepAsked asked, Told told) {
        try (OpenModels.Lease lease = use(asked)) {
            OpenModel model = lease.model();
            Path kept = kept(asked, model);
            List<PromptPair> pairs = asked.promptPairs();
            EffectSweep sweep = asked.sweep();
            Effects found = sweep.run(
                    model.model(),
                    pairs,
                    EffectSweep.USUAL_BYTES,
                    kept,
                    (pair, done, all) -> told.at(
                            "pair " + (pair.index() + 1) + " of " + pairs.size(), done + " of " + all + " questions"));
            SweepFound result = result(asked, model, found, told);
            Files.deleteIfExists(kept);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The file of one question to one model.
    private Path kept(SweepAsked asked, OpenModel model) throws IOException {
        Files.createDirectories(folder);
        String question = version + " " + model.facts().sha256() + " " + Json.text(asked);
        return folder.resolve(UUID.nameUUIDFromBytes(question.getBytes(StandardCharsets.UTF_8)) + ".partial");
    }

    private SweepFound result(SweepAsked asked, OpenModel model, Effects found, Told told) {
        List<Effects.Answer> answers = found.rows().isEmpty() ? List.of() : found.answers();
        List<Effects.Answer> largest = answers.subList(0, Math.min(asked.shown(), answers.size()));
        List<SweepFound.SweptPlace> strongest = new ArrayList<>();
        for (Effects.Answer answer : largest) {
            told.at("controls", strongest.size() + " of " + largest.size());
            strongest.add(place(model.model(), found, answer));
        }
        Method method = found.sweep().method();
        return new SweepFound(
                version,
                model.facts(),
                asked.seed(),
                method.text(),
                method.how(),
                method.countedFrom(),
                found.sweep().metric().text(),
                found.pairs().stream()
                        .map(ends -> new SweepFound.SweptPair(
                                ends.pair().text().prompt(),
                                ends.pair().text().contrast(),
                                ends.prompt(),
                                ends.contrast()))
                        .toList(),
                found.rows().size(),
                strongest,
                answers.size() - largest.size() + " weaker effects are not shown");
    }

    private static SweepFound.SweptPlace place(Model model, Effects found, Effects.Answer answer) {
        List<Effect> rows = found.rows().stream()
                .filter(row -> row.question().equals(answer.question()))
                .toList();
        OptionalDouble recovered = rows.stream()
                .map(Effect::recovered)
                .flatMap(java.util.stream.Stream::ofNullable)
                .mapToDouble(Double::doubleValue)
                .average();
        boolean alone = found.pairs().size() == 1;
        return new SweepFound.SweptPlace(
                rows.getFirst().question().text(),
                answer.summary().mean(),
                rows.size(),
                alone ? null : answer.summary().interval().map(Interval::low).orElse(null),
                alone ? null : answer.summary().interval().map(Interval::high).orElse(null),
                answer.summary().familyWiseP(),
                recovered.isPresent() ? recovered.getAsDouble() : null,
                control(model, found, rows.getFirst()));
    }

    private static SweepFound.PlaceControl control(Model model, Effects found, Effect row) {
        Pair pair = found.pairs().get(row.pair()).pair();
        Method method = found.sweep().method();
        boolean patchesContrast = method instanceof ActivationPatching(Direction way) && way == Direction.DENOISE;
        Source base = patchesContrast ? pair.contrastRun() : pair.promptRun();
        List<Edit> edits = List.of(edit(model, method, found, row, patchesContrast));
        Metric metric = found.sweep().metric().of(pair);
        try (Intervention run = new Intervention(model, base, metric)) {
            Intervention.Effect effect = run.measure(
                    edits, Intervention.USUAL_CONTROLS, found.sweep().seed());
            return new SweepFound.PlaceControl(
                    row.pair(),
                    base,
                    edits,
                    metric,
                    effect.effect(),
                    effect.changes().boxed().toList(),
                    effect.threshold(),
                    effect.isTold(),
                    effect.control());
        }
    }

    /// What the sweep did there: the same edit, to be asked alone.
    private static Edit edit(Model model, Method method, Effects found, Effect row, boolean patchesContrast) {
        Pair pair = found.pairs().get(row.pair()).pair();
        Site site = SiteChoice.parse(name(row)).sites(model.sizes()).getFirst();
        Integer first = row.position();
        Integer last = row.lastPosition() == null ? first : row.lastPosition();
        if (method instanceof Ablation ablation) {
            Positions at = first == null || last == null ? Positions.ALL : Positions.span(first, last);
            return ablation.by() == Ablation.By.ZERO
                    ? new Edit.Zero(site, at)
                    : new Edit.Mean(
                            site,
                            at,
                            found.pairs().stream()
                                    .map(ends -> ends.pair().promptRun())
                                    .distinct()
                                    .toList());
        }
        int from = Math.max(first == null ? 0 : first, pair.firstDifference()); // before it both runs are the same
        int to = last == null ? pair.length() - 1 : last;
        return new Edit.Patch(
                site, Positions.span(Math.min(from, to), to), patchesContrast ? pair.promptRun() : pair.contrastRun());
    }

    private static String name(Effect row) {
        @Nullable Integer part = row.head() == null ? row.neuron() : row.head();
        return row.layer() == null
                ? row.site()
                : row.site() + "[" + row.layer() + (part == null ? "" : "." + part) + "]";
    }

    private OpenModels.Lease use(SweepAsked asked) {
        return models.use(asked.model());
    }
}

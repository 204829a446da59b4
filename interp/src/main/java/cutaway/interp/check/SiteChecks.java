package cutaway.interp.check;

import cutaway.interp.check.Finding.Bound;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/// Whether every site is what the model goes on with: putting its own value there changes no bit of the logits, putting
/// another one there changes them.
///
/// Each site is edited alone, in a row of its own: an edit of a later site would hide what an earlier one broke.
final class SiteChecks {

    /// Sites that are tried in one pass, a row for each.
    private static final int ROWS = 24;

    /// What counts through the scores of attention alone.
    private static final Set<Kind> SCORED = EnumSet.of(
            Kind.Q,
            Kind.K,
            Kind.Q_NORM_SCALE,
            Kind.Q_NORM_NORMALIZED,
            Kind.K_NORM_SCALE,
            Kind.K_NORM_NORMALIZED,
            Kind.ROT_Q,
            Kind.ROT_K,
            Kind.SCORES);

    private static final String NULL_NOTE =
            "|a-b| / |b| of the logits per position, against the same run unedited; every bit must stay";

    private final Model model;
    private final int[] ids;
    private final List<Site> sites;
    private final BiConsumer<String, Double> progress;
    private final List<Site> seen = new ArrayList<>();
    private final Map<String, Gap> broken = new HashMap<>();
    private final Map<String, Gap> least = new HashMap<>();
    private final Map<String, Integer> zeros = new HashMap<>();
    private final Map<String, Integer> blind = new HashMap<>();

    /// @param ids of a short prompt, of at least two tokens where the context allows it
    /// @param progress is told what is done, and which part of it
    SiteChecks(Model model, int[] ids, BiConsumer<String, Double> progress) {
        this.model = model;
        this.ids = ids.clone();
        this.sites = SiteNames.all(model.sizes());
        this.progress = progress;
    }

    /// @param random draws the replacements
    List<Finding> check(RandomGenerator random) {
        // What each head writes is computed only where a run asks for it, which makes it sum over heads in another
        // order:
        // those sites are tried apart, so that the others are tried in the ordinary mode.
        List<Site> plain = sites.stream().filter(site -> !isResult(site)).toList();
        List<Site> results = sites.stream().filter(SiteChecks::isResult).toList();
        Replacement replacement = new Replacement(random);
        for (List<Site> some : List.of(plain, results)) {
            for (int first = 0; first < some.size(); first += ROWS) {
                tryEach(some.subList(first, Math.min(first + ROWS, some.size())), replacement);
                progress.accept("edits at every site", seen.size() / (double) sites.size());
            }
        }
        List<Finding> findings = new ArrayList<>();
        sites.stream().map(SiteChecks::everyLayer).distinct().forEach(subject -> findings.add(nullEdit(subject)));
        findings.add(patches());
        sites.stream().map(SiteChecks::everyLayer).distinct().forEach(subject -> findings.add(randomEdit(subject)));
        return findings;
    }

    /// A row for each site: as it is, with its own value put in place, and with a random one.
    private void tryEach(List<Site> some, Replacement replacement) {
        List<List<Edit>> none = Collections.nCopies(some.size(), List.of());
        List<List<Edit>> same = new ArrayList<>();
        List<List<Edit>> other = new ArrayList<>();
        try (Trace unedited = Runs.rows(model, ids, none, some);
                Scope scope = Scope.open()) {
            for (int row = 0; row < some.size(); row++) {
                Site site = some.get(row);
                Tensor value = unedited.at(site).slice(0, row, row + 1L);
                same.add(Replacement.same(site, value));
                other.add(replacement.of(site, value, visible(site)));
                if (value.equalTo(0).all()) {
                    zeros.merge(everyLayer(site), 1, Integer::sum);
                } else if (cannotMatter(site)) {
                    blind.merge(everyLayer(site), 1, Integer::sum);
                }
            }
            try (Trace kept = Runs.rows(model, ids, same, List.of());
                    Trace changed = Runs.rows(model, ids, other, List.of())) {
                for (int row = 0; row < some.size(); row++) {
                    Site site = some.get(row);
                    Tensor logits = unedited.logits().select(0, row);
                    differs(site, kept.logits().select(0, row), logits);
                    Gap change = Gap.of(changed.logits().select(0, row), logits, "position")
                            .in(site.text());
                    if (!cannotMatter(site)
                            && !unedited.at(site).select(0, row).equalTo(0).all()) {
                        least.merge(everyLayer(site), change, SiteChecks::smaller);
                    }
                    seen.add(site);
                }
            }
        }
    }

    /// How many keys a query of the site's layer sees at most, its own among them.
    private int visible(Site site) {
        int layer = site.point().layer();
        int window =
                model.transformer().blocks().get(layer).attention().scores().window();
        return window == 0 ? ids.length : Math.min(window, ids.length);
    }

    /// Whether all that follows from the site is a softmax over one score, which is 1 whatever the score.
    private boolean cannotMatter(Site site) {
        return SCORED.contains(site.point().kind()) && visible(site) == 1;
    }

    private void differs(Site site, Tensor logits, Tensor unedited) {
        if (!logits.bitsEqual(unedited)) {
            Gap gap = Gap.of(logits, unedited, "position").in(site.text());
            broken.merge(everyLayer(site), gap, Gap::or);
        }
    }

    private Finding nullEdit(String subject) {
        Gap gap = broken.getOrDefault(subject, Gap.NONE);
        return new Finding(
                "null edit", subject, gap.worst(), gap.at(), Bound.AT_MOST, 0, !broken.containsKey(subject), NULL_NOTE);
    }

    /// The other way to put a value in place, from another run: tried in the middle layer and outside of the layers,
    /// with one prompt alone.
    private Finding patches() {
        int middle = model.sizes().layers() / 2;
        List<Site> some = sites.stream()
                .filter(site -> !isResult(site))
                .filter(site -> !site.point().kind().inBlock() || site.point().layer() == middle)
                .toList();
        List<List<Edit>> edits = some.stream()
                .map(site -> List.<Edit>of(new Edit.Patch(site, Positions.ALL, Source.of(ids, List.of()))))
                .toList();
        Gap[] worst = {Gap.NONE};
        boolean[] passed = {true};
        try (Trace unedited = Runs.run(model, Batch.of(ids), List.of(), List.of())) {
            Runs.each(model, ids, edits, List.of(), (trace, i) -> {
                if (!trace.logits().bitsEqual(unedited.logits())) {
                    passed[0] = false;
                    Gap gap = Gap.of(trace.logits(), unedited.logits(), "row", "position");
                    worst[0] = worst[0].or(gap.in(some.get(i).text()));
                }
            });
        }
        String subject = "every site of layer " + middle;
        return new Finding(
                "null patch", subject, worst[0].worst(), worst[0].at(), Bound.AT_MOST, 0, passed[0], NULL_NOTE);
    }

    private Finding randomEdit(String subject) {
        Gap gap = least.getOrDefault(subject, new Gap(0, "no layer could be tried"));
        double limit = isRenormed(subject) ? 0 : Check.SAME;
        return new Finding(
                "random edit",
                subject,
                gap.worst(),
                gap.at(),
                Bound.MORE_THAN,
                limit,
                gap.worst() > limit || !least.containsKey(subject),
                note(subject));
    }

    /// Whether a norm of what a block adds follows, which takes back most of a change of the scale before it.
    private boolean isRenormed(String subject) {
        return subject.endsWith(".hook_scale") && model.sizes().wiring().has(Kind.NORM1_POST_SCALE);
    }

    private String note(String subject) {
        String note = "smallest change of the logits over layers, |a-b| / |b| at the position that changed most";
        if (subject.endsWith("hook_attn_scores") || subject.endsWith("hook_pattern")) {
            note += "; position 0 can look at one key only, so its row stays";
        }
        if (isRenormed(subject)) {
            note += "; a norm that follows takes most of it back, so any change will do";
        }
        int zero = zeros.getOrDefault(subject, 0);
        if (zero > 0) {
            note += "; left out in " + zero + " layers, whose value is 0: so is every replacement of equal norm";
        }
        int alone = blind.getOrDefault(subject, 0);
        if (alone > 0) {
            note += "; left out in " + alone
                    + " layers, where a query sees its own position only: its pattern is 1, whatever its score";
        }
        return note;
    }

    private static Gap smaller(Gap one, Gap other) {
        return one.worst() <= other.worst() || Double.isNaN(other.worst()) ? one : other;
    }

    private static boolean isResult(Site site) {
        return site.point().kind() == Kind.RESULT;
    }

    private static String everyLayer(Site site) {
        return site.point().kind().inBlock() ? site.text().replaceFirst("\\.\\d+\\.", ".*.") : site.text();
    }
}

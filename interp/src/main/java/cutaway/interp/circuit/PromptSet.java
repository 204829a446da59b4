package cutaway.interp.circuit;

import cutaway.interp.circuit.CircuitReport.Half;
import cutaway.interp.circuit.CircuitReport.Prompt;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import cutaway.interp.run.Runs;
import cutaway.interp.statistics.Groups;
import cutaway.interp.statistics.HeldOut;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The prompts that a circuit is asked about, in two halves that share no group: one to look for it on, one to say what
/// it is worth. A pair whose margin hardly falls from prompt to contrast has nothing to recover and is left out.
///
/// To leave out pairs by how they come out is to choose: of pairs that are asked about answers that have nothing to do
/// with them, nearly half move as asked by chance, and these alone can look as if they had a circuit. So at least two
/// thirds of all pairs must move as asked: of 200 draws of shuffled answers over the sixteen pairs of
/// `docs/examples/gifts.json`, two get there, and 41 to more than half.
///
/// @param asked every pair, in the order given
/// @param selection empty, as the other half, where too few are left
record PromptSet(List<Asked> asked, List<Asked> selection, List<Asked> heldOut) {

    static final int FEWEST_PAIRS = 4;
    static final int FEWEST_GROUPS = 2;

    /// A pair with its runs measured.
    record Asked(Pair pair, String group, Case one) {

        double range() {
            return one.setting().span();
        }
    }

    /// @throws BadInputException when there are fewer than 4 pairs or 2 groups, or a role is missing
    static PromptSet of(Model model, List<Pair> pairs, Roles roles, Settings settings) {
        Set<String> groups = new HashSet<>();
        pairs.forEach(pair -> groups.add(group(pair)));
        if (pairs.size() < FEWEST_PAIRS || groups.size() < FEWEST_GROUPS) {
            throw new BadInputException(
                    "%d pairs in %d groups cannot be split into prompts to look for a circuit on and others to test it on; give at least %d pairs in %d groups."
                            .formatted(pairs.size(), groups.size(), FEWEST_PAIRS, FEWEST_GROUPS));
        }
        List<Asked> asked = new ArrayList<>();
        for (Pair pair : pairs) {
            asked.add(new Asked(pair, group(pair), new Case(pair.name(), setting(model, pair), roles.in(pair))));
        }
        List<Asked> kept = asked.stream()
                .filter(one -> one.range() >= settings.leastRange())
                .toList();
        List<String> names = kept.stream().map(Asked::group).toList();
        if (3 * kept.size() < 2 * pairs.size()
                || kept.size() < FEWEST_PAIRS
                || Set.copyOf(names).size() < FEWEST_GROUPS) {
            return new PromptSet(asked, List.of(), List.of());
        }
        HeldOut halves = HeldOut.grouped(names, settings.seed());
        return new PromptSet(
                asked,
                halves.selection().stream().map(kept::get).toList(),
                halves.heldOut().stream().map(kept::get).toList());
    }

    private static String group(Pair pair) {
        return pair.text().group() == null ? pair.name() : pair.text().group();
    }

    private static Setting setting(Model model, Pair pair) {
        Metric.LogitDifference metric = new Metric.LogitDifference(pair.answer(), pair.against());
        int[] ids = pair.prompt().stream().mapToInt(Integer::intValue).toArray();
        int[] contrast = pair.contrast().stream().mapToInt(Integer::intValue).toArray();
        return new Setting(
                model,
                Source.of(ids, List.of()),
                Source.of(contrast, List.of()),
                ids,
                pair.firstDifference(),
                metric,
                Runs.measure(model, ids, List.of(), metric),
                Runs.measure(model, contrast, List.of(), metric));
    }

    /// Pairs that both halves hold together.
    int kept() {
        return selection.size() + heldOut.size();
    }

    /// Pairs whose margin falls from prompt to contrast.
    int moving(Settings settings) {
        return (int) asked.stream()
                .filter(one -> one.range() >= settings.leastRange())
                .count();
    }

    static Groups groups(List<Asked> half) {
        return Groups.of(half.stream().map(Asked::group).toList());
    }

    static List<Case> cases(List<Asked> half) {
        return half.stream().map(Asked::one).toList();
    }

    /// Every pair as the record has it.
    List<Prompt> prompts(Model model) {
        return asked.stream()
                .map(one -> new Prompt(
                        one.pair.index(),
                        one.pair.text().prompt(),
                        one.pair.text().contrast(),
                        model.tokenizer().token(one.pair.answer()),
                        model.tokenizer().token(one.pair.against()),
                        one.group,
                        half(one),
                        one.one.setting().promptMargin(),
                        one.one.setting().contrastMargin()))
                .toList();
    }

    private Half half(Asked one) {
        return selection.contains(one) ? Half.SELECTION : heldOut.contains(one) ? Half.HELD_OUT : Half.LEFT_OUT;
    }
}

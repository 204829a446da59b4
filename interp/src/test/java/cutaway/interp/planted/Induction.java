package cutaway.interp.planted;

import static cutaway.interp.planted.Sites.between;
import static cutaway.interp.planted.Sites.end;
import static cutaway.interp.planted.Sites.keysOf;
import static cutaway.interp.planted.Sites.kvHead;
import static cutaway.interp.planted.Sites.lookOf;
import static cutaway.interp.planted.Sites.queriesOf;
import static cutaway.interp.planted.Sites.start;
import static cutaway.interp.planted.Sites.valuesOf;
import static cutaway.interp.planted.Sites.writeOf;

import cutaway.interp.edit.Metric;
import cutaway.interp.path.Receiver;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Sizes;
import java.util.List;
import java.util.Set;

/// An induction pair (Elhage et al. 2021): in "… 1 2 … 3 4 … 1" the last token asks what came after the 1 before it.
///
/// - L0H1 looks at the position before and notes the token there as PREVIOUS.
/// - L1H2 looks where PREVIOUS is its own token (K-composition), and says the token there.
///
/// The last query's score is `sharp` at position 3, whose PREVIOUS is 1, and 0 at the six others; so
///
///     p = e^sharp / (e^sharp + 6),   rest = 1 / (e^sharp + 6),   logit(2) - logit(4) = strong (p - rest)
///
/// @param sharp score of a match, nats
/// @param strong what the induction head writes of what it looks at, nats
public record Induction(double sharp, double strong) implements PlantedModel {

    static final Site.Head BEFORE = new Site.Head(0, 1, HeadPart.Z);
    static final Site.Head INDUCTION = new Site.Head(1, 2, HeadPart.Z);
    static final Metric.LogitDifference METRIC = new Metric.LogitDifference(2, 4);
    public static final int[] PROMPT = {0, 5, 1, 2, 3, 4, 1};

    /// What the last position's own token gets without any head.
    public static final double ITSELF = 1;

    @Override
    public Plan plan(Family family) {
        Plan plan = new Plan(family, 2).saysItself(ITSELF);
        Look.Match match = new Look.Match(Space.TOKEN, Space.PREVIOUS, sharp);
        plan.head(0, 1, new Look.Previous(), Move.of(Space.TOKEN, Space.PREVIOUS, 1));
        plan.head(1, 2, match, Move.of(Space.TOKEN, Space.OUT, strong));
        Decoys.fill(plan, 0, 1, new Look.Previous(), Space.TOKEN, Set.of());
        Decoys.fill(plan, 1, 2, match, Space.TOKEN, Set.of());
        return plan;
    }

    @Override
    public Site.Head writer() {
        return INDUCTION;
    }

    /// The metric when the last query's scores at positions 3 and 5, where tokens 2 and 4 are, are given.
    double margin(double third, double fifth) {
        double sum = Math.exp(third) + Math.exp(fifth) + 5;
        return strong * (Math.exp(third) - Math.exp(fifth)) / sum;
    }

    /// Weight of the last query at the position that matches.
    public double match() {
        return Math.exp(sharp) / (Math.exp(sharp) + 6);
    }

    /// Weight at each other position.
    public double rest() {
        return 1 / (Math.exp(sharp) + 6);
    }

    double margin() {
        return margin(sharp, 0);
    }

    /// To first order, what the metric changes when the match moves from position 3 to 5:
    ///
    ///     d p_k / d s_k = p_k (1 - p_k),   d p_k / d s_j = -p_k p_j
    double slope() {
        double p = match();
        double q = rest();
        return -sharp * strong * (p * (1 - p) + p * q + q * (1 - q) + p * q);
    }

    /// - keys: the tokens before 2 and 4 change places; each alone leaves both matching, or none, and each has half of
    ///   the change, since the way from contrast to prompt, walked back, is the same with the two exchanged
    /// - query: the last token asks for the other
    /// - values: the tokens 2 and 4 change places
    @Override
    public List<Question> questions(Sizes sizes) {
        double m = margin();
        int before = kvHead(sizes, 1);
        int induction = kvHead(sizes, 2);
        Question keys = ask("keys", -2 * m, 0, 5, 3, 2, 1, 4, 1)
                .patched(2, -m, start(), valuesOf(0, before))
                .patched(4, -m, start(), valuesOf(0, before))
                .patched(3, -m, writeOf(0, 1), between(), keysOf(1, induction))
                .patched(5, -m, writeOf(0, 1), between(), keysOf(1, induction))
                .patched(6, -2 * m, lookOf(1, 2), writeOf(1, 2), end())
                .tells(new Site.Embed(), new Receiver.Values(0, before), -2 * m, slope())
                .tells(BEFORE, new Receiver.Keys(1, induction), -2 * m, slope())
                .tells(new Site.AttnOut(0), new Receiver.Keys(1, induction), -2 * m)
                .owes(2, m)
                .owes(4, m);
        Question query = ask("query", -2 * m, 0, 5, 1, 2, 3, 4, 3)
                .patched(6, -2 * m, start(), between(), queriesOf(1, 2), lookOf(1, 2), writeOf(1, 2), end())
                .tells(new Site.Embed(), new Receiver.Queries(1, 2), -2 * m, slope())
                .owes(6, 2 * m);
        Question values = ask("values", -2 * m, 0, 5, 1, 4, 3, 2, 1)
                .patched(3, -2 * strong * match(), start(), between(), valuesOf(1, induction))
                .patched(5, 2 * strong * rest(), start(), between(), valuesOf(1, induction))
                .patched(6, -2 * m, writeOf(1, 2), end())
                .tells(new Site.Embed(), new Receiver.Values(1, induction), -2 * m)
                .owes(3, 2 * strong * match())
                .owes(5, -2 * strong * rest());
        return List.of(
                writes(keys),
                writes(query),
                writes(values),
                ask("another token that nobody asks for", 0, 0, 6, 1, 2, 3, 4, 1),
                ask("another first token", 0, 7, 5, 1, 2, 3, 4, 1));
    }

    private Question ask(String name, double change, int... contrast) {
        return Question.of(name, PROMPT, contrast, METRIC, margin(), change);
    }

    private static Question writes(Question question) {
        return question.tells(INDUCTION, new Receiver.Logits(2), question.change())
                .tells(new Site.AttnOut(1), new Receiver.Logits(2), question.change());
    }
}

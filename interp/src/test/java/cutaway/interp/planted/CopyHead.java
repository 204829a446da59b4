package cutaway.interp.planted;

import static cutaway.interp.planted.Sites.between;
import static cutaway.interp.planted.Sites.end;
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

/// One head that copies a name: L0H3 looks from the token that asks at the tokens that are names, and says what is
/// there. The heads of the second block look the same way, and move what it wrote where nobody reads.
///
///     p = e^sharp / (e^sharp + 3),   logit(name) - logit(other name) = strong p
///
/// @param sharp score of a name, nats
/// @param strong what the head writes of what it looks at, nats
public record CopyHead(double sharp, double strong) implements PlantedModel {

    static final Site.Head COPY = new Site.Head(0, 3, HeadPart.Z);
    static final Metric.LogitDifference METRIC = new Metric.LogitDifference(1, 2);

    private static final int NAME = 1;
    private static final int ASKS = 2;

    /// Names are 1 to 3, 7 asks.
    static final int[] PROMPT = {0, 1, 4, 7};

    @Override
    public Plan plan(Family family) {
        Plan plan = new Plan(family, 2).kind(NAME, 1, 2, 3).kind(ASKS, 7);
        Look.Kinds look = new Look.Kinds(ASKS, NAME, sharp);
        plan.head(0, 3, look, Move.of(Space.TOKEN, Space.OUT, strong));
        Decoys.fill(plan, 0, 3, look, Space.TOKEN, Set.of());
        Decoys.fill(plan, 1, -1, look, Space.OUT, Set.of());
        return plan;
    }

    @Override
    public Site.Head writer() {
        return COPY;
    }

    /// Weight of the last query at the name.
    double match() {
        return Math.exp(sharp) / (Math.exp(sharp) + 3);
    }

    double margin() {
        return strong * match();
    }

    /// - name: another name stands there
    /// - asking: the last token does not ask, and looks everywhere alike; `d p / d s = p (1 - p)`
    @Override
    public List<Question> questions(Sizes sizes) {
        double m = margin();
        int kvHead = kvHead(sizes, 3);
        double less = strong / 4 - m;
        double slope = -sharp * strong * match() * (1 - match());
        Question name = ask("name", -2 * m, 0, 2, 4, 7)
                .patched(1, -2 * m, start(), valuesOf(0, kvHead))
                .patched(3, -2 * m, writeOf(0, 3), between(), end())
                .tells(new Site.Embed(), new Receiver.Values(0, kvHead), -2 * m)
                .owes(1, 2 * m);
        Question asking = ask("asking", less, 0, 1, 4, 8)
                .patched(3, less, start(), queriesOf(0, 3), lookOf(0, 3), writeOf(0, 3), between(), end())
                .tells(new Site.Embed(), new Receiver.Queries(0, 3), less, slope)
                .owes(3, -less);
        return List.of(
                writes(name),
                writes(asking),
                ask("another token between", 0, 0, 1, 5, 7),
                ask("another first token", 0, 6, 1, 4, 7));
    }

    private Question ask(String name, double change, int... contrast) {
        return Question.of(name, PROMPT, contrast, METRIC, margin(), change);
    }

    private static Question writes(Question question) {
        return question.tells(COPY, new Receiver.Logits(2), question.change())
                .tells(new Site.AttnOut(0), new Receiver.Logits(2), question.change());
    }
}

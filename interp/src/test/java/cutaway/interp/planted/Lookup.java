package cutaway.interp.planted;

import static cutaway.interp.planted.Sites.end;
import static cutaway.interp.planted.Sites.kvHead;
import static cutaway.interp.planted.Sites.start;
import static cutaway.interp.planted.Sites.valuesOf;
import static cutaway.interp.planted.Sites.writeOf;

import cutaway.interp.edit.Metric;
import cutaway.interp.path.Receiver;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Sizes;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A lookup in two steps: at a subject (tokens 1, 2, 3, and 4, which is 1 by another name) a neuron of the first MLP
/// notes its attribute (tokens 8, 9, 10, 8); L1H4 looks from the token that asks (7) at subjects, and says the
/// attribute noted there.
///
/// A subject's neuron has 80 - 60 = 20 before its activation function, which lets it pass, and -60 at other tokens,
/// which is silenced; it writes a twentieth of it. So
///
///     p = e^sharp / (e^sharp + 3),   logit(attribute) - logit(other attribute) = strong p
///
/// @param sharp score of a subject, nats
/// @param strong what the head writes of what it looks at, nats
public record Lookup(double sharp, double strong) implements PlantedModel {

    static final Site.Head MOVES = new Site.Head(1, 4, HeadPart.Z);
    static final Site MLP = new Site.MlpOut(0);
    static final Metric.LogitDifference METRIC = new Metric.LogitDifference(8, 9);
    public static final int[] PROMPT = {0, 1, 5, 7};

    /// Before the activation function, at the neuron's own subject, and how far away at others.
    static final double FIRING = 20;

    static final double SILENT = -60;

    /// What the last position's own token gets without any head.
    public static final double ITSELF = 1;

    private static final int SUBJECT = 1;
    private static final int ASKS = 2;
    private static final Map<Integer, Integer> ATTRIBUTES = Map.of(1, 8, 2, 9, 3, 10, 4, 8);

    @Override
    public Plan plan(Family family) {
        Plan plan = new Plan(family, 2).kind(SUBJECT, 1, 2, 3, 4).kind(ASKS, 7).saysItself(ITSELF);
        Look.Kinds look = new Look.Kinds(ASKS, SUBJECT, sharp);
        ATTRIBUTES.forEach((subject, attribute) -> plan.neuron(
                0,
                neuron(subject),
                Map.of(Space.TOKEN.at(subject), FIRING - SILENT, Plan.ONE, SILENT),
                Space.ATTRIBUTE.at(attribute),
                1 / FIRING));
        plan.head(1, 4, look, Move.of(Space.ATTRIBUTE, Space.OUT, strong));
        Set<Integer> planted = Set.of(neuron(1), neuron(2), neuron(3), neuron(4));
        Decoys.fill(plan, 0, -1, look, Space.TOKEN, planted);
        Decoys.fill(plan, 1, 4, look, Space.ATTRIBUTE, Set.of());
        return plan;
    }

    static int neuron(int subject) {
        return 5 + 2 * subject;
    }

    @Override
    public Site.Head writer() {
        return MOVES;
    }

    /// Weight of the last query at the subject.
    public double match() {
        return Math.exp(sharp) / (Math.exp(sharp) + 3);
    }

    double margin() {
        return strong * match();
    }

    /// - subject: another one stands there; one neuron falls silent and another wakes, each half of the change
    /// - synonym: so too, but what they note is the same
    ///
    /// A gradient follows the neuron that fires all the way down, where it has long been silent, and says nothing
    /// of the other.
    @Override
    public List<Question> questions(Sizes sizes) {
        double m = margin();
        int kvHead = kvHead(sizes, 4);
        double slope = (SILENT - FIRING) / FIRING * m;
        List<Site> mid = List.of(new Site.Resid(0, Moment.MID));
        List<Site> behind = List.of(MLP, new Site.Resid(0, Moment.POST), new Site.Resid(1, Moment.PRE));
        Question subject = ask("subject", -2 * m, 0, 2, 5, 7)
                .patched(1, -2 * m, start(), mid, behind, valuesOf(1, kvHead))
                .patched(1, -m, neurons(1), neurons(2))
                .patched(3, -2 * m, writeOf(1, 4), end())
                .tells(new Site.Embed(), new Receiver.MlpInput(0), -2 * m, slope)
                .tells(MLP, new Receiver.Values(1, kvHead), -2 * m)
                .tells(MOVES, new Receiver.Logits(2), -2 * m)
                .tells(new Site.AttnOut(1), new Receiver.Logits(2), -2 * m)
                .owes(1, 2 * m);
        Question synonym = ask("synonym", 0, 0, 4, 5, 7)
                .patched(1, -m, neurons(1))
                .patched(1, m, neurons(4))
                .tells(new Site.Embed(), new Receiver.MlpInput(0), 0, slope);
        return List.of(
                subject,
                synonym,
                ask("another token between", 0, 0, 1, 6, 7),
                ask("another first token", 0, 11, 1, 5, 7));
    }

    private Question ask(String name, double change, int... contrast) {
        return Question.of(name, PROMPT, contrast, METRIC, margin(), change);
    }

    private static List<Site> neurons(int subject) {
        int neuron = neuron(subject);
        return List.of(new Site.Neuron(0, neuron, NeuronPart.PRE), new Site.Neuron(0, neuron, NeuronPart.POST));
    }
}

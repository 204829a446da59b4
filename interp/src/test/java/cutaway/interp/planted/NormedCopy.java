package cutaway.interp.planted;

import cutaway.interp.edit.Metric;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Model;
import java.nio.file.Path;

/// A head that copies a name, in one block, with norms of the usual kind: they divide by what they find.
///
/// Tokens have three numbers of 1 in Llama and four in GPT-2, where LayerNorm's mean is kept at 0 by one more number,
/// less their sum. So before attention all positions have the same scale, and a query scores `SHARP / scale^2` at the
/// name; the head writes `STRONG / scale` of what it looks at, a decoy `ASIDE / scale` where nobody reads. Name 3 has a
/// number more than the others.
public record NormedCopy(Family family) {

    static final Site.Head COPY = new Site.Head(0, 3, HeadPart.Z);
    static final Site.Head DECOY = new Site.Head(0, 0, HeadPart.Z);
    static final Metric.LogitDifference METRIC = new Metric.LogitDifference(1, 2);
    public static final int[] PROMPT = {0, 1, 4, 7};

    private static final double EPSILON = 1e-5;
    private static final double STRONG = 3;
    private static final double ASIDE = 2;
    private static final double ITSELF = 1;

    private double sharp() {
        return family == Family.GPT2 ? 0.4 : 0.06;
    }

    public Model open(Path folder) {
        return plan().open(folder);
    }

    private Plan plan() {
        Plan plan = new Plan(family, 1).norms(EPSILON).saysItself(ITSELF);
        plan.kind(1, 1, 2, 3).kind(2, 7).kind(3, 0, 4, 5, 6, 8, 9, 10, 11).kind(4, 3);
        Look look = new Look.Kinds(2, 1, sharp());
        plan.head(0, 3, look, Move.of(Space.TOKEN, Space.OUT, STRONG));
        plan.head(0, 0, look, Move.of(Space.TOKEN, Space.ELSEWHERE, ASIDE));
        return plan;
    }

    /// Numbers of 1 that a token has.
    private int ones() {
        return family == Family.GPT2 ? 4 : 3;
    }

    /// What a norm divides by.
    ///
    /// @param squares sum of the squares of what is written
    /// @param sum of what is written
    double scale(double squares, double sum) {
        double balance = family == Family.GPT2 ? sum * sum : 0;
        return Math.sqrt((squares + balance) / Plan.D_MODEL + EPSILON);
    }

    /// Of the norm before attention, by how many numbers more than usual the token has.
    double first(int more) {
        return scale(ones() + more, ones() + more);
    }

    /// What the last position holds when the name is scored and read as it is told, and others as they are.
    ///
    /// @param scored scale of the name where it is scored
    /// @param read scale of the name where it is read by the head that copies
    /// @param aside factor of the decoy
    Last last(double scored, double read, double aside) {
        double usual = first(0);
        double score = Math.exp(sharp() / usual / scored);
        double match = score / (score + 3);
        double rest = 1 / (score + 3);
        double usualScore = Math.exp(sharp() / usual / usual);
        double asideMatch = usualScore / (usualScore + 3);
        double asideRest = 1 / (usualScore + 3);
        double name = STRONG * match / read;
        double other = STRONG * rest / usual;
        double squares = ones()
                + name * name
                + 3 * other * other
                + aside * aside / usual / usual * (asideMatch * asideMatch + 3 * asideRest * asideRest);
        double sum = ones() + name + 3 * other + aside / usual;
        return new Last(name, other, aside * asideMatch / usual, sum, scale(squares, sum));
    }

    Last last() {
        return last(first(0), first(0), ASIDE);
    }

    /// @param name written towards the name
    /// @param other written towards each of the other three tokens
    /// @param aside written where nobody reads, of the name
    /// @param sum of all that is written
    /// @param scale of the final norm
    record Last(double name, double other, double aside, double sum, double scale) {

        double margin() {
            return name / scale;
        }
    }

    /// Logits of the last position, by token: of the embedding, and of the whole model.
    public double[][] logits() {
        double[][] logits = new double[2][Plan.VOCAB];
        logits[0][7] = ITSELF / first(0);
        Last last = last();
        for (int token : PROMPT) {
            logits[1][token] = (token == 1 ? last.name : last.other) / last.scale;
        }
        logits[1][7] += ITSELF / last.scale;
        return logits;
    }
}

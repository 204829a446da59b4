package cutaway.interp.planted;

import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Two heads that tell the last position, each of one token, that it is there, and neurons of the second block that
/// join what they tell, x and y, each 0 or 1:
///
///     AND: (40 (x + y) - 60)+ / 20
///     OR:  (40 (x + y) - 20)+ / 20 - (40 (x + y) - 40)+ / 20
///
/// nats towards token 8, which is 0, 0, 1 and 0, 1, 1 for none, one and both; `(z)+` is GELU or SiLU, which beyond 20
/// on either side are `z` and 0.
enum Gate {
    AND,
    OR;

    static final Site.Head X = new Site.Head(0, 2, HeadPart.Z);
    static final Site.Head Y = new Site.Head(0, 5, HeadPart.Z);
    static final Site MLP = new Site.MlpOut(1);
    static final Metric.LogitDifference METRIC = new Metric.LogitDifference(8, 9);

    /// The first neuron; OR has a second behind it.
    static final int NEURON = 15;

    /// Both tokens are there, or neither is.
    static final Source BOTH = Source.of(new int[] {0, 1, 3, 7}, List.of());

    static final Source NEITHER = Source.of(new int[] {0, 2, 4, 7}, List.of());

    private static final int LEFT = 1;
    private static final int RIGHT = 2;
    private static final int ASKS = 3;
    private static final double ALL_WEIGHT = 200;

    Plan plan(Family family) {
        Plan plan = new Plan(family, 2).kind(LEFT, 1, 2).kind(RIGHT, 3, 4).kind(ASKS, 7);
        Look left = new Look.Kinds(ASKS, LEFT, ALL_WEIGHT);
        Look right = new Look.Kinds(ASKS, RIGHT, ALL_WEIGHT);
        plan.head(0, 2, left, Move.of(Space.TOKEN, Space.ATTRIBUTE, 1));
        plan.head(0, 3, left, Move.unwritten(Space.TOKEN));
        plan.head(0, 4, right, Move.of(Space.TOKEN, Space.ELSEWHERE, 1));
        plan.head(0, 5, right, Move.of(Space.TOKEN, Space.ATTRIBUTE, 1));
        plan.head(0, 0, left, Move.unread(Space.TOKEN));
        switch (this) {
            case AND -> neuron(plan, NEURON, -60, 1);
            case OR -> {
                neuron(plan, NEURON, -20, 1);
                neuron(plan, NEURON + 1, -40, -1);
            }
        }
        Decoys.fill(plan, 1, -1, left, Space.ATTRIBUTE, Set.of(NEURON, NEURON + 1));
        return plan;
    }

    private static void neuron(Plan plan, int index, double bias, double sign) {
        plan.neuron(
                1,
                index,
                Map.of(Space.ATTRIBUTE.at(1), 40.0, Space.ATTRIBUTE.at(3), 40.0, Plan.ONE, bias),
                Space.OUT.at(8),
                sign / 20);
    }
}

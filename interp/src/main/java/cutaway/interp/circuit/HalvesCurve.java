package cutaway.interp.circuit;

import cutaway.interp.circuit.PromptSet.Asked;
import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// How many nodes a circuit should have, chosen without a truth: by what is found again on other prompts
/// (Batson and Royer 2019, "Noise2Self", arXiv:1901.11365, with independent halves).
///
/// Of the scores w that the search ranks by, measured on two halves A and B of the prompts that share no
/// group, those of A below a cut are taken for noise, and what is left is held against B:
///
///     unseen(k) = sum over v of (kept(v) w_A(v) - w_B(v))^2 / sum of w_B(v)^2     kept: the k largest of A
///     seen(k)   = sum over v of (kept(v) w_A(v) - w_A(v))^2 / sum of w_A(v)^2     falls with every k
///
/// Faithfulness alone cannot choose: with every node at work it is 1 on any prompt. All are means of both
/// directions.
///
/// @param points by their number of nodes, from 0 on
public record HalvesCurve(List<Point> points) {

    /// Losses that differ by less are the same: a hundredth of what there is to miss. Prompts of one template
    /// agree on very small effects, and a circuit of all of them would say nothing.
    private static final double SAME = 0.01;

    /// @param nodes that are kept, k
    /// @param unseen share of the other half's squared scores that is missed
    /// @param seen of the same half's
    /// @param faithfulness of those nodes on the prompts that chose them
    /// @param faithfulnessUnseen on the others
    public record Point(int nodes, double unseen, double seen, double faithfulness, double faithfulnessUnseen) {}

    public HalvesCurve {
        points = List.copyOf(points);
    }

    /// The fewest nodes with the least loss on the other half, but for a hundredth.
    public Point chosen() {
        double least =
                points.stream().mapToDouble(Point::unseen).min().orElseThrow(() -> new IllegalStateException("none"));
        return points.stream()
                .filter(point -> point.unseen <= least + SAME)
                .findFirst()
                .orElseThrow();
    }

    /// The faithfulness that is enough for a search: what the chosen nodes reach on prompts that did not
    /// choose them.
    ///
    /// @throws BadInputException when that is nothing
    public double threshold() {
        Point chosen = chosen();
        if (!(chosen.faithfulnessUnseen > 0)) {
            throw new BadInputException(
                    "the components that one half of the prompts finds recover %.2f on the other half, so that no threshold follows from them; give more prompts, or a threshold such as 0.8."
                            .formatted(chosen.faithfulnessUnseen));
        }
        return Math.min(1, chosen.faithfulnessUnseen);
    }

    /// @param selection prompts to choose on; those held out have no say
    static HalvesCurve of(List<Asked> selection, List<Node> nodes, Settings settings) {
        HeldOut halves = HeldOut.grouped(selection.stream().map(Asked::group).toList(), settings.seed());
        List<Asked> first = halves.selection().stream().map(selection::get).toList();
        List<Asked> second = halves.heldOut().stream().map(selection::get).toList();
        try (CircuitBench one = bench(first, nodes);
                CircuitBench other = bench(second, nodes)) {
            double[] ofOne = scores(one, settings.ranking());
            double[] ofOther = scores(other, settings.ranking());
            int[] sizes = sizes(nodes.size());
            List<Point> there = direction(one, other, ofOne, ofOther, sizes);
            List<Point> back = direction(other, one, ofOther, ofOne, sizes);
            return new HalvesCurve(IntStream.range(0, sizes.length)
                    .mapToObj(i -> mean(there.get(i), back.get(i)))
                    .toList());
        }
    }

    private static CircuitBench bench(List<Asked> half, List<Node> nodes) {
        return new CircuitBench(PromptSet.cases(half), nodes, PromptSet.groups(half));
    }

    private static double[] scores(CircuitBench bench, Ranking ranking) {
        Map<Node, Double> scores = ranking.scores(bench);
        return bench.all().stream()
                .mapToDouble(node -> Math.max(0, scores.getOrDefault(node, 0.0)))
                .toArray();
    }

    /// 0 to 4, then 6, 8, 12, 16, 24 and so on, and all.
    private static int[] sizes(int nodes) {
        List<Integer> sizes = new ArrayList<>(List.of(0, 1, 2, 3));
        for (int size = 4; size < nodes; size *= 2) {
            sizes.add(size);
            sizes.add(size + size / 2);
        }
        sizes.add(nodes);
        return sizes.stream()
                .filter(size -> size <= nodes)
                .distinct()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static List<Point> direction(
            CircuitBench chooses, CircuitBench other, double[] scores, double[] others, int[] sizes) {
        List<Integer> ranked = ranked(scores);
        List<List<Node>> sets = Arrays.stream(sizes)
                .mapToObj(size ->
                        ranked.subList(0, size).stream().map(chooses.all()::get).toList())
                .toList();
        double[] faithfulness = chooses.faithfulness(sets);
        double[] unseen = other.faithfulness(sets);
        return IntStream.range(0, sizes.length)
                .mapToObj(i -> new Point(
                        sizes[i],
                        loss(scores, others, sizes[i]),
                        loss(scores, scores, sizes[i]),
                        faithfulness[i],
                        unseen[i]))
                .toList();
    }

    private static List<Integer> ranked(double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
                .toList();
    }

    /// What the largest scores, the others taken for 0, miss of a measurement of them.
    ///
    /// @param against the measurement
    /// @param kept how many of the scores
    static double loss(double[] scores, double[] against, int kept) {
        List<Integer> ranked = ranked(scores);
        double missed = 0;
        double all = 0;
        for (int rank = 0; rank < ranked.size(); rank++) {
            int i = ranked.get(rank);
            double off = (rank < kept ? scores[i] : 0) - against[i];
            missed += off * off;
            all += against[i] * against[i];
        }
        return all == 0 ? 0 : missed / all;
    }

    private static Point mean(Point one, Point other) {
        return new Point(
                one.nodes,
                (one.unseen + other.unseen) / 2,
                (one.seen + other.seen) / 2,
                (one.faithfulness + other.faithfulness) / 2,
                (one.faithfulnessUnseen + other.faithfulnessUnseen) / 2);
    }
}

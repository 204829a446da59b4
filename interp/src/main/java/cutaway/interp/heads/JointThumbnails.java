package cutaway.interp.heads;

import cutaway.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/// Small pictures of all heads' joint maps, by principal components: how many queries and keys lie in each
/// cell.
///
/// @param side cells along each side; the map's middle 98 % fills it, and what lies outside is in the
///     outermost cells
/// @param queries `[layer][head][side * side]`, the share of all queries, rows downwards
/// @param keys the same of keys
/// @param scalings `[layer][head]`
public record JointThumbnails(int side, float[][][] queries, float[][][] keys, List<List<JointScaling>> scalings) {

    /// Share of the points that may lie outside on each side.
    private static final double OUTSIDE = 0.01;

    /// @param pass called between steps
    /// @param progress told how many layers are done
    public static JointThumbnails read(Model model, HeadTexts texts, int side, Runnable pass, IntConsumer progress) {
        int layers = model.sizes().layers();
        int heads = model.sizes().heads();
        JointThumbnails made = new JointThumbnails(
                side, new float[layers][heads][side * side], new float[layers][heads][side * side], new ArrayList<>());
        texts.each(
                layer -> {
                    List<JointScaling> scalings = new ArrayList<>();
                    for (QueryKeys head : layer) {
                        JointScaling scaling = JointScaling.of(head);
                        scalings.add(scaling);
                        made.add(
                                head, JointMap.Plane.of(head.joint(scaling.c())).codes());
                        pass.run();
                    }
                    made.scalings.add(List.copyOf(scalings));
                    progress.accept(made.scalings.size());
                },
                pass);
        return made;
    }

    /// Heads in which distance tells more of the score when queries and keys are scaled.
    public int better() {
        return Math.toIntExact(scalings.stream()
                .flatMap(List::stream)
                .filter(one -> one.correlation() > one.unscaled())
                .count());
    }

    private void add(QueryKeys head, double[][] places) {
        int rows = head.rows();
        double[] low = new double[2];
        double[] width = new double[2];
        for (int axis = 0; axis < 2; axis++) {
            int along = axis;
            double[] sorted = Arrays.stream(places)
                    .mapToDouble(place -> place[along])
                    .sorted()
                    .toArray();
            int cut = (int) (OUTSIDE * sorted.length);
            low[axis] = sorted[cut];
            width[axis] = sorted[sorted.length - 1 - cut] - low[axis];
        }
        for (int i = 0; i < places.length; i++) {
            int column = cell(places[i][0], low[0], width[0]);
            int row = side - 1 - cell(places[i][1], low[1], width[1]);
            float[][] into = (i < rows ? queries : keys)[head.layer()];
            into[head.head()][row * side + column] += 1f / rows;
        }
    }

    private int cell(double place, double low, double width) {
        return width <= 0 ? side / 2 : Math.clamp((long) ((place - low) / width * side), 0, side - 1);
    }
}

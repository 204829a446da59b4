package cutaway.interp.heads;

import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Tap;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.function.IntConsumer;

/// Small pictures of where every head looks in a text: each cell is the largest weight of its part of the pattern, so
/// that a single bright place stays bright.
///
/// @param side cells of each picture, along queries and along keys; fewer where the text has fewer tokens
/// @param cells `[layer][head][side * side]`, queries downwards, weights from 0 to 1
/// @param distance `[layer][head]`, the mean of how many positions back a head looks, over queries, by weight
/// @param first `[layer][head]`, the mean weight on position 0, over queries from position 1 on
public record Thumbnails(int side, float[][][] cells, double[][] distance, double[][] first) {

    /// Runs the text once, and reads the patterns a layer at a time: they are never all in memory.
    ///
    /// @param most cells along each side
    /// @param progress told how many layers are read
    public static Thumbnails read(Model model, int[] ids, int most, IntConsumer progress) {
        int layers = model.sizes().layers();
        int heads = model.sizes().heads();
        int side = Math.min(most, ids.length);
        Thumbnails made = new Thumbnails(
                side, new float[layers][heads][side * side], new double[layers][heads], new double[layers][heads]);
        Tap tap = (point, value) -> {
            if (point.kind() == Point.Kind.PATTERN) {
                float[] pattern = value.toFloats(); // [1, head, qPos, kPos]
                for (int head = 0; head < heads; head++) {
                    made.add(point.layer(), head, pattern, ids.length);
                }
                progress.accept(point.layer() + 1);
            }
            return value;
        };
        try (Scope scope = Scope.open();
                Tensor residual = model.residual(Batch.of(ids), tap)) {
            residual.shape();
        }
        return made;
    }

    private void add(int layer, int head, float[] pattern, int length) {
        float[] cell = cells[layer][head];
        double back = 0;
        double onFirst = 0;
        for (int query = 0; query < length; query++) {
            int from = (head * length + query) * length;
            int row = query * side / length * side;
            for (int key = 0; key <= query; key++) {
                float weight = pattern[from + key];
                int at = row + key * side / length;
                cell[at] = Math.max(cell[at], weight);
                back += weight * (double) (query - key);
            }
            onFirst += query == 0 ? 0 : pattern[from];
        }
        distance[layer][head] = back / length;
        first[layer][head] = length == 1 ? 0 : onFirst / (length - 1);
    }
}

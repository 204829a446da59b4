package cutaway.lab.measure;

import cutaway.tensor.Tensor;
import java.util.List;

/// How far tokens of one class are embedded from each other, and tokens of two (arXiv:2502.01628).
///
/// @param within mean distance of two tokens of one class
/// @param between mean distance of two tokens of different ones
public record ClassDistances(double within, double between) {

    /// @param table of tokens, `[token, width]`
    /// @param classes of its first tokens; later ones have none
    public static ClassDistances of(Tensor table, List<Integer> classes) {
        double[][] rows = TokenTable.rows(table);
        double[] sums = new double[2];
        int[] counts = new int[2];
        for (int i = 0; i < classes.size(); i++) {
            for (int j = 0; j < i; j++) {
                int which = classes.get(i).equals(classes.get(j)) ? 0 : 1;
                sums[which] += TokenTable.distance(rows[i], rows[j]);
                counts[which]++;
            }
        }
        return new ClassDistances(sums[0] / counts[0], sums[1] / counts[1]);
    }

    /// The first over the second: 0 where a class is one point, about 1 where classes make no difference.
    public double ratio() {
        return within / between;
    }
}

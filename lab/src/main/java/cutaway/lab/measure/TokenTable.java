package cutaway.lab.measure;

import cutaway.lab.Trained;
import cutaway.lab.net.Parameter;
import cutaway.tensor.Tensor;
import java.util.Optional;

/// The table that a net embeds tokens by.
public final class TokenTable {

    private TokenTable() {}

    /// @return `[instance, token, width]`, the net's own; empty where inputs are no tokens
    public static Optional<Tensor> of(Trained trained) {
        return trained.recipe().net().parameters(trained.recipe().task().input()).stream()
                .filter(parameter -> parameter.kind() == Parameter.Kind.EMBEDDING)
                .findFirst()
                .map(Parameter::name)
                .map(trained.parameters()::get);
    }

    /// @param table `[token, width]`
    /// @return `[token][width]`
    static double[][] rows(Tensor table) {
        double[] all = table.contiguous().toDoubles();
        int width = Math.toIntExact(table.dim(1));
        double[][] rows = new double[all.length / width][width];
        for (int i = 0; i < all.length; i++) {
            rows[i / width][i % width] = all[i];
        }
        return rows;
    }

    static double distance(double[] first, double[] second) {
        double squares = 0;
        for (int i = 0; i < first.length; i++) {
            squares += (first[i] - second[i]) * (first[i] - second[i]);
        }
        return Math.sqrt(squares);
    }
}

package cutaway.server.lab;

import cutaway.interp.geometry.Procrustes;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Turns the directions of toys, each as a whole, so that each lies nearest the one before it: a rotation,
/// perhaps with a reflection, about the origin (Procrustes). `W^T W`, all that a toy computes with, stays what
/// it is.
///
/// @param rotations of each toy, `[dimension, dimension]`; they belong to the scope that was open
/// @param apart root mean square distance of a direction from the same one of the toy before, once turned
/// @param apartUnturned the same before
record Turned(List<Tensor> rotations, double apart, double apartUnturned) {

    private static final int PLANE = 2;

    /// @param toys directions of each, `[feature, dimension]`, in the order in which they are neighbours
    static Turned of(List<Tensor> toys) {
        List<Tensor> rotations = new ArrayList<>();
        rotations.add(upright(toys.getFirst()));
        double after = 0;
        double before = 0;
        for (int i = 1; i < toys.size(); i++) {
            Tensor neighbour = turned(toys.get(i - 1), rotations.get(i - 1));
            rotations.add(onto(toys.get(i), neighbour));
            after += square(turned(toys.get(i), rotations.get(i)).minus(neighbour));
            before += square(toys.get(i).minus(toys.get(i - 1)));
        }
        double count = (toys.size() - 1.0) * toys.getFirst().dim(0);
        return new Turned(rotations, Math.sqrt(after / count), Math.sqrt(before / count));
    }

    /// In a plane the first direction points right, and the second upwards; elsewhere nothing is turned.
    private static Tensor upright(Tensor toy) {
        int size = Math.toIntExact(toy.dim(1));
        double[] rotation = new double[size * size];
        for (int i = 0; i < size; i++) {
            rotation[i * size + i] = 1;
        }
        double[] first = toy.select(0, 0).toDoubles();
        double norm = Math.hypot(first[0], first[size - 1]);
        if (size == PLANE && norm > 0) {
            double[] second = toy.select(0, 1).toDoubles();
            double x = first[0] / norm;
            double y = first[1] / norm;
            double up = x * second[1] - y * second[0] < 0 ? -1 : 1;
            rotation = new double[] {x, -up * y, y, up * x};
        }
        return Tensor.of(rotation, size, size);
    }

    /// With each row its opposite is matched, so that both have the mean 0 and nothing is shifted.
    private static Tensor onto(Tensor toy, Tensor neighbour) {
        return Scope.keep(() -> Procrustes.of(withOpposites(toy), withOpposites(neighbour))
                .rotation()
                .copy());
    }

    private static Tensor withOpposites(Tensor rows) {
        return Tensor.cat(List.of(rows.to(Dtype.F64), rows.to(Dtype.F64).times(-1)), 0);
    }

    private static double square(Tensor rows) {
        double norm = Scope.free(() -> rows.to(Dtype.F64).norm());
        return norm * norm;
    }

    private static Tensor turned(Tensor toy, Tensor rotation) {
        return Scope.keep(() -> toy.to(Dtype.F64).matmul(rotation));
    }

    /// @param directions of a toy at any time, `[feature, dimension]`
    Tensor apply(int toy, Tensor directions) {
        return turned(directions, rotations.get(toy));
    }
}

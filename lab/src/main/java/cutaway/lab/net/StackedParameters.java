package cutaway.lab.net;

import cutaway.model.family.LabShape;
import cutaway.model.weights.DenseMatrix;
import cutaway.model.weights.Matrix;
import cutaway.model.weights.StackedMatrix;
import cutaway.tensor.Tensor;
import java.util.Map;

/// The weights of all instances, as parts of one model whose batch has the rows of all of them.
///
/// @param each rows of an instance
record StackedParameters(Map<String, Tensor> parameters, long instances, long each) implements LabShape.Source {

    private Tensor stacked(String name) {
        return Start.of(parameters, name);
    }

    @Override
    public Matrix matrix(String name, long out, long in) {
        Tensor stacked = stacked(name);
        boolean isTable = name.equals(TransformerNet.EMBED) || name.equals(TransformerNet.UNEMBED);
        return isTable ? new DenseMatrix(stacked.reshape(-1, in)) : new StackedMatrix(stacked);
    }

    @Override
    public Tensor tensor(String name, long... dims) {
        return stacked(name).reshape(-1, dims[dims.length - 1]);
    }

    @Override
    public Tensor bias(String name, long out) {
        return stacked(name);
    }

    @Override
    public Tensor ofNorm(String name, long n) {
        return instances == 1
                ? stacked(name).squeeze(0)
                : stacked(name).unsqueeze(1).expand(instances, each, n).reshape(-1, 1, n);
    }

    @Override
    public Tensor ones(long... dims) {
        return Tensor.full(1, parameters.values().iterator().next().dtype(), dims);
    }
}

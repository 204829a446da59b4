package cutaway.model.family;

import cutaway.model.weights.Matrix;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;

/// Transformers that were trained at home, in any [LabShape].
final class Lab implements Family {

    @Override
    public String name() {
        return LabShape.MODEL_TYPE;
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals(LabShape.MODEL_TYPE);
    }

    @Override
    public boolean isCausal(Settings config) {
        return config.flag("is_causal", true);
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        LabShape shape = LabShape.of(config);
        Family.finish(config);
        return new Built(
                shape.build(new LabShape.Source() {
                    @Override
                    public Matrix matrix(String name, long out, long in) {
                        return weights.matrix(name, Rows.all(out), in);
                    }

                    @Override
                    public Tensor tensor(String name, long... dims) {
                        return weights.tensor(name, dims);
                    }

                    @Override
                    public Tensor ones(long... dims) {
                        return weights.ones(dims);
                    }
                }),
                shape.context());
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        throw new BadInputException("GGUF files have no form for models of " + name() + "; give the folder.");
    }
}

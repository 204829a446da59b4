package cutaway.features.judge;

import cutaway.tensor.Dtype;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A coding, and all that is counted of it while text goes by.
///
/// @param dense whether every latent is active on every token, so that counting them says nothing
record Contestant(
        Coding coding,
        boolean dense,
        ErrorMap errors,
        List<Tally<Reconstructed>> reconstruction,
        List<Tally<Losses>> losses,
        Frequencies active)
        implements AutoCloseable {

    /// Fits what can be foretold of a coding's errors, and has nothing counted yet. It closes the coding with
    /// itself.
    static Contestant of(Coding coding, boolean dense, Sample sample) {
        try (ErrorMap.Fitting fitting =
                new ErrorMap.Fitting((int) sample.x().dim(1), (int) sample.y().dim(1))) {
            sample.chunks((x, y) -> {
                Tensor made = coding.decode(coding.encode(x), x);
                fitting.add(x.to(Dtype.F64), y.to(Dtype.F64).minus(made.to(Dtype.F64)));
            });
            ErrorMap errors = fitting.fitted();
            List<Metric<Reconstructed>> metrics = List.of(
                    new ActiveLatents(),
                    new CodeSize(),
                    new MeanSquaredError(),
                    new Cosine(),
                    new Unexplained(),
                    new ExplainedVariance(),
                    PeerExplainedVariance.SQUARED_SQUARE,
                    PeerExplainedVariance.ONE_MEAN,
                    new RelativeBias(),
                    new NormRatio(),
                    errors.vector(),
                    errors.norm(),
                    errors.normByNorm());
            List<Tally<Losses>> losses = new ArrayList<>();
            Arrays.stream(LossMetric.values()).forEach(metric -> losses.add(new Tally<>(metric)));
            return new Contestant(
                    coding,
                    dense,
                    errors,
                    metrics.stream().map(Tally::new).toList(),
                    losses,
                    new Frequencies(coding.norms().length));
        }
    }

    /// Counts the reconstruction of some contexts.
    ///
    /// @param counted rows of each context
    /// @param x the counted rows of all of them one after another, `[n, dIn]`; y as x
    /// @return `[n, dOut]`
    Tensor reconstruct(List<int[]> counted, Tensor x, Tensor y) {
        SparseRows codes = coding.encode(x);
        Tensor made = coding.decode(codes, x).to(y.dtype());
        active.add(codes);
        for (Reconstructed context : Batches.reconstructed(counted, x, y, made, codes, coding.norms())) {
            reconstruction.forEach(tally -> tally.add(context));
        }
        return made;
    }

    @Override
    public void close() {
        coding.close();
        errors.close();
    }
}

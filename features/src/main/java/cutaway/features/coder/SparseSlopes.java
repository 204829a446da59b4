package cutaway.features.coder;

import cutaway.tensor.Dtype;
import cutaway.tensor.SparseColumns;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// What a batch says of the parameters, gathered from its parts. Those of the two matrices are in the workspace, until
/// the next batch; the rest is small.
final class SparseSlopes {

    private final PlainWeights weights;
    private final Tensor ofEncoder;
    private final double[] ofEncoderBias;
    private final double[] ofCentred;
    private final Tensor ofDecoder;
    private final double[] ofDecoderBias;
    private final double[] ofNorms;
    private final Optional<Tensor> ofSkip;
    private final boolean[] touched;
    private boolean isBegun;

    SparseSlopes(PlainWeights weights, Workspace workspace) {
        this.weights = weights;
        ofEncoder = workspace.like(Maps.ENCODER, weights.encoder());
        ofEncoderBias = new double[weights.width()];
        ofCentred = new double[weights.width()];
        ofDecoder = workspace.like(Maps.DECODER, weights.decoder());
        ofDecoderBias = new double[Math.toIntExact(weights.decoderBias().dim(0))];
        ofNorms = new double[weights.width()];
        ofSkip = weights.skip()
                .map(skip -> Tensor.full(0, skip.dtype(), skip.shape().dims()));
        touched = new boolean[weights.width()];
    }

    /// Adds what a reconstruction says of the parameters that are no latent's.
    ///
    /// @param slope `dL/dy_hat`, `[n, dOut]`
    /// @param x inputs, `[n, dIn]`
    void addReconstruction(Tensor slope, Tensor x) {
        add(ofDecoderBias, slope.sum(0, false).toDoubles());
        ofSkip.ifPresent(sum -> sum.assign(sum.plus(slope.transpose(0, 1).matmul(x))));
    }

    /// Adds what it says of latents' rows.
    ///
    /// @param columns the entries of codes as they meet the decoder
    /// @param codes their values
    /// @param slope `dL/dy_hat`
    /// @param ofZ `dL/dz` of each entry
    /// @param input as the encoder sees it
    void addLatents(SparseColumns columns, double[] codes, Tensor slope, double[] ofZ, Tensor input) {
        addTransposedTimes(columns, codes, slope, ofDecoder);
        addTransposedTimes(columns, ofZ, input, ofEncoder);
        isBegun = true;
        addSums(columns, ofZ);
    }

    /// As [#addLatents], after it, where the decoder stays as it is.
    void addEncoder(SparseColumns columns, double[] ofZ, Tensor input) {
        addTransposedTimes(columns, ofZ, input, ofEncoder);
        addSums(columns, ofZ);
    }

    private void addSums(SparseColumns columns, double[] ofZ) {
        double[] sums = columns.sums(ofZ);
        add(ofEncoderBias, sums);
        add(ofCentred, sums);
        for (int latent = 0; latent < touched.length; latent++) {
            touched[latent] |= columns.count(latent) > 0;
        }
    }

    /// The first time over what the last batch left there.
    private void addTransposedTimes(SparseColumns columns, double[] values, Tensor rows, Tensor sum) {
        if (isBegun) {
            columns.addTransposedTimes(values, rows, sum);
        } else {
            columns.transposedTimes(values, rows, sum);
        }
    }

    /// Adds what a penalty says of the norms of decoder rows.
    ///
    /// @param slopes `dL/d|W_dec_i|`, by latent
    void addNorms(double[] slopes) {
        add(ofNorms, slopes);
    }

    /// Adds gradients of some latents that were found in another way.
    ///
    /// @param latents whose rows they are
    /// @param gradients by parameter: of the latents' rows alone, but for the decoder's bias
    void addRows(int[] latents, Map<String, Tensor> gradients) {
        double[] ones = new double[latents.length];
        Arrays.fill(ones, 1);
        int[] starts = IntStream.rangeClosed(0, latents.length).toArray();
        SparseColumns places = new SparseRows(weights.width(), starts, latents, ones).byColumn();
        places.addTransposedTimes(ones, Maps.parameter(gradients, Maps.ENCODER).contiguous(), ofEncoder);
        places.addTransposedTimes(ones, Maps.parameter(gradients, Maps.DECODER).contiguous(), ofDecoder);
        double[] ofBias = Maps.parameter(gradients, Maps.ENCODER_BIAS).toDoubles();
        for (int i = 0; i < latents.length; i++) {
            ofEncoderBias[latents[i]] += ofBias[i];
            touched[latents[i]] = true;
        }
        add(ofDecoderBias, Maps.parameter(gradients, Maps.DECODER_BIAS).toDoubles());
    }

    private static void add(double[] sums, double[] values) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += values[i];
        }
    }

    /// Gradients by the parameters' names.
    Map<String, Tensor> gradients() {
        addNormsToDecoder();
        Tensor ofBias = row(ofDecoderBias);
        if (weights.centres()) {
            ofBias = ofBias.minus(
                    row(ofCentred).unsqueeze(0).matmul(weights.encoder()).squeeze(0));
        }
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        gradients.put(Maps.ENCODER, ofEncoder);
        gradients.put(Maps.DECODER, ofDecoder);
        gradients.put(Maps.DECODER_BIAS, ofBias);
        gradients.put(weights.biasName(), row(ofEncoderBias));
        ofSkip.ifPresent(slope -> gradients.put(Maps.SKIP, slope));
        return gradients;
    }

    /// `d|w|/dw = w / |w|`.
    private void addNormsToDecoder() {
        if (Arrays.stream(ofNorms).anyMatch(slope -> slope != 0)) {
            double[] norms = weights.decoder().norms(1).toDoubles();
            double[] factors = new double[norms.length];
            Arrays.setAll(factors, i -> norms[i] == 0 ? 0 : ofNorms[i] / norms[i]);
            ofDecoder.assign(ofDecoder.plus(weights.decoder().times(row(factors).unsqueeze(1))));
        }
    }

    private Tensor row(double[] values) {
        Dtype dtype = weights.encoder().dtype();
        return Tensor.of(values).to(dtype);
    }

    /// Which latents had any gradient.
    boolean[] touched() {
        return touched;
    }
}

package cutaway.interp.heads;

import cutaway.model.parts.Scores;
import cutaway.tensor.Tensor;

/// The queries and keys of one head over texts, each text a context of its own, as they meet in its scores:
/// turned by their positions, where the model turns them. It holds no native memory.
///
/// A row is a token; the texts stand one behind another.
///
/// @param queries `[row, dHead]`
/// @param keys `[row, dHead]`
/// @param ends by text: the row behind its last token
/// @param scores how the products of queries and keys become scores
/// @param causal whether a token sees only itself and those before it
public record QueryKeys(
        int layer, int head, int dHead, float[] queries, float[] keys, int[] ends, Scores scores, boolean causal) {

    /// Tokens of all texts.
    public int rows() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    public int texts() {
        return ends.length;
    }

    /// The row of a text's first token.
    public int start(int text) {
        return text == 0 ? 0 : ends[text - 1];
    }

    /// The first row that a query sees.
    int from(int text, int row) {
        return scores.window() == 0 ? start(text) : Math.max(start(text), row - scores.window() + 1);
    }

    /// The row behind the last that a query sees.
    int to(int text, int row) {
        return causal ? row + 1 : ends[text];
    }

    /// The product of a query and a key, before it is scaled.
    double product(int query, int key) {
        double sum = 0;
        for (int i = 0; i < dHead; i++) {
            sum += (double) queries[query * dHead + i] * keys[key * dHead + i];
        }
        return sum;
    }

    /// Where the queries of one text look: `softmax(scores)`, `[qPos, kPos]`, 0 where they do not see.
    public float[] pattern(int text) {
        int length = ends[text] - start(text);
        float[] pattern = new float[length * length];
        double[] row = new double[length];
        for (int q = 0; q < length; q++) {
            int query = start(text) + q;
            int from = from(text, query);
            int to = to(text, query);
            double largest = Double.NEGATIVE_INFINITY;
            for (int key = from; key < to; key++) {
                row[key - from] = score(query, key);
                largest = Math.max(largest, row[key - from]);
            }
            double all = 0;
            for (int i = 0; i < to - from; i++) {
                row[i] = Math.exp(row[i] - largest);
                all += row[i];
            }
            for (int i = 0; i < to - from; i++) {
                pattern[q * length + from - start(text) + i] = (float) (row[i] / all);
            }
        }
        return pattern;
    }

    private double score(int query, int key) {
        double scaled = product(query, key) * scores.scale();
        double cap = scores.softcap();
        return cap == 0 ? scaled : cap * Math.tanh(scaled / cap);
    }

    /// The same head with queries multiplied by `c`, keys divided by it, and the keys then moved to the mean
    /// of the queries. A query's scores all change by one number, which leaves their softmax as it is; scores
    /// that are capped (Gemma 2) change by more.
    ///
    /// The source moves before it scales, after which the means part again where the queries' is not 0.
    public QueryKeys joint(double c) {
        double[] ofQueries = mean(queries);
        double[] ofKeys = mean(keys);
        float[] scaled = new float[queries.length];
        float[] moved = new float[keys.length];
        for (int i = 0; i < queries.length; i++) {
            int axis = i % dHead;
            scaled[i] = (float) (c * queries[i]);
            moved[i] = (float) ((keys[i] - ofKeys[axis]) / c + c * ofQueries[axis]);
        }
        return new QueryKeys(layer, head, dHead, scaled, moved, ends, scores, causal);
    }

    private double[] mean(float[] vectors) {
        double[] mean = new double[dHead];
        for (int i = 0; i < vectors.length; i++) {
            mean[i % dHead] += (double) vectors[i] / rows();
        }
        return mean;
    }

    /// The same head with queries and keys moved so that the mean of each is 0. Its attention is another.
    QueryKeys centred() {
        float[] q = queries.clone();
        float[] k = keys.clone();
        double[] ofQueries = mean(queries);
        double[] ofKeys = mean(keys);
        for (int i = 0; i < q.length; i++) {
            q[i] = (float) (q[i] - ofQueries[i % dHead]);
            k[i] = (float) (k[i] - ofKeys[i % dHead]);
        }
        return new QueryKeys(layer, head, dHead, q, k, ends, scores, causal);
    }

    /// Queries and then keys, `[2 row, dHead]`.
    public Tensor points() {
        float[] all = new float[queries.length + keys.length];
        System.arraycopy(queries, 0, all, 0, queries.length);
        System.arraycopy(keys, 0, all, queries.length, keys.length);
        return Tensor.of(all, 2L * rows(), dHead);
    }
}

package cutaway.model;

import cutaway.tensor.safetensors.SafetensorsFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;

/// Forward passes of the tiny models (3 layers, 4 heads of 8, dModel 32) as plain loops over doubles, written from the
/// papers' equations, without tensors.
final class PlainLoops implements AutoCloseable {

    private static final int D = 32;
    private static final int D_HEAD = 8;
    private static final int HEADS = 4;
    private static final double EPSILON = 1e-5;

    private final SafetensorsFile file;

    PlainLoops(Path folder) {
        this.file = SafetensorsFile.open(folder.resolve("model.safetensors"));
    }

    /// Llama (arXiv:2302.13971), 2 key/value heads, rotary base 10,000; next-token logits, `[pos][vocab]`.
    double[][] llama(int[] ids) {
        double[] table = weight("model.embed_tokens.weight");
        double[][] x = new double[ids.length][];
        for (int pos = 0; pos < ids.length; pos++) {
            x[pos] = Arrays.copyOfRange(table, ids[pos] * D, (ids[pos] + 1) * D);
        }
        for (int layer = 0; layer < 3; layer++) {
            String block = "model.layers." + layer + ".";
            double[][] read = each(x, row -> rms(row, weight(block + "input_layernorm.weight")));
            double[][] q = each(read, row -> times(weight(block + "self_attn.q_proj.weight"), row));
            double[][] k = each(read, row -> times(weight(block + "self_attn.k_proj.weight"), row));
            double[][] v = each(read, row -> times(weight(block + "self_attn.v_proj.weight"), row));
            for (int pos = 0; pos < ids.length; pos++) {
                turn(q[pos], pos);
                turn(k[pos], pos);
            }
            double[][] z = attend(q, k, v);
            add(x, each(z, row -> times(weight(block + "self_attn.o_proj.weight"), row)));
            double[][] again = each(x, row -> rms(row, weight(block + "post_attention_layernorm.weight")));
            add(x, each(again, row -> {
                double[] gate = times(weight(block + "mlp.gate_proj.weight"), row);
                double[] up = times(weight(block + "mlp.up_proj.weight"), row);
                for (int i = 0; i < up.length; i++) {
                    up[i] *= gate[i] / (1 + Math.exp(-gate[i]));
                }
                return times(weight(block + "mlp.down_proj.weight"), up);
            }));
        }
        return each(x, row -> times(table, rms(row, weight("model.norm.weight"))));
    }

    /// GPT-2 (Radford et al. 2019); next-token logits, `[pos][vocab]`.
    double[][] gpt2(int[] ids) {
        double[] table = weight("transformer.wte.weight");
        double[] places = weight("transformer.wpe.weight");
        double[][] x = new double[ids.length][D];
        for (int pos = 0; pos < ids.length; pos++) {
            for (int d = 0; d < D; d++) {
                x[pos][d] = table[ids[pos] * D + d] + places[pos * D + d];
            }
        }
        for (int layer = 0; layer < 3; layer++) {
            String block = "transformer.h." + layer + ".";
            double[][] qkv = each(x, row -> conv(block + "attn.c_attn", layerNorm(block + "ln_1", row)));
            double[][] z = attend(part(qkv, 0), part(qkv, 1), part(qkv, 2));
            add(x, each(z, row -> conv(block + "attn.c_proj", row)));
            add(x, each(x, row -> {
                double[] neurons = conv(block + "mlp.c_fc", layerNorm(block + "ln_2", row));
                return conv(
                        block + "mlp.c_proj",
                        Arrays.stream(neurons).map(PlainLoops::gelu).toArray());
            }));
        }
        return each(x, row -> times(table, layerNorm("transformer.ln_f", row)));
    }

    private double[] weight(String name) {
        float[] floats = file.entry(name).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        double[] weight = new double[floats.length];
        Arrays.setAll(weight, i -> floats[i]);
        return weight;
    }

    private interface Row {
        double[] of(double[] row);
    }

    private static double[][] each(double[][] rows, Row map) {
        return Arrays.stream(rows).map(map::of).toArray(double[][]::new);
    }

    private static void add(double[][] x, double[][] more) {
        for (int pos = 0; pos < x.length; pos++) {
            for (int d = 0; d < D; d++) {
                x[pos][d] += more[pos][d];
            }
        }
    }

    /// @param matrix `[out, in]`
    private static double[] times(double[] matrix, double[] x) {
        double[] product = new double[matrix.length / x.length];
        for (int out = 0; out < product.length; out++) {
            for (int in = 0; in < x.length; in++) {
                product[out] += matrix[out * x.length + in] * x[in];
            }
        }
        return product;
    }

    /// A map that is stored as `[in, out]`.
    private double[] conv(String name, double[] x) {
        double[] matrix = weight(name + ".weight");
        double[] product = weight(name + ".bias");
        for (int out = 0; out < product.length; out++) {
            for (int in = 0; in < x.length; in++) {
                product[out] += matrix[in * product.length + out] * x[in];
            }
        }
        return product;
    }

    private static double gelu(double a) {
        return 0.5 * a * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a * a * a)));
    }

    private static double[] rms(double[] x, double[] weight) {
        double squares = Arrays.stream(x).map(a -> a * a).sum();
        double[] normed = new double[x.length];
        Arrays.setAll(normed, i -> x[i] / Math.sqrt(squares / x.length + EPSILON) * weight[i]);
        return normed;
    }

    private double[] layerNorm(String name, double[] x) {
        double[] weight = weight(name + ".weight");
        double[] bias = weight(name + ".bias");
        double mean = Arrays.stream(x).sum() / x.length;
        double squares = Arrays.stream(x).map(a -> (a - mean) * (a - mean)).sum();
        double[] normed = new double[x.length];
        Arrays.setAll(normed, i -> (x[i] - mean) / Math.sqrt(squares / x.length + EPSILON) * weight[i] + bias[i]);
        return normed;
    }

    /// Turns coordinates i and i + 4 of each head by `pos * 10000^(-2i / 8)`.
    private static void turn(double[] heads, int pos) {
        int half = D_HEAD / 2;
        for (int head = 0; head < heads.length; head += D_HEAD) {
            for (int i = 0; i < half; i++) {
                double angle = pos * Math.pow(10_000, -2.0 * i / D_HEAD);
                double a = heads[head + i];
                double b = heads[head + i + half];
                heads[head + i] = a * Math.cos(angle) - b * Math.sin(angle);
                heads[head + i + half] = b * Math.cos(angle) + a * Math.sin(angle);
            }
        }
    }

    private static double[][] part(double[][] qkv, int part) {
        return each(qkv, row -> Arrays.copyOfRange(row, part * D, (part + 1) * D));
    }

    private static double[][] attend(double[][] q, double[][] k, double[][] v) {
        double[][] z = new double[q.length][D];
        int kvHeads = k[0].length / D_HEAD;
        for (int head = 0; head < HEADS; head++) {
            int own = head * D_HEAD;
            int shared = head * kvHeads / HEADS * D_HEAD;
            for (int query = 0; query < q.length; query++) {
                double[] weights = new double[query + 1];
                double total = 0;
                for (int key = 0; key <= query; key++) {
                    double product = 0;
                    for (int d = 0; d < D_HEAD; d++) {
                        product += q[query][own + d] * k[key][shared + d];
                    }
                    weights[key] = Math.exp(product / Math.sqrt(D_HEAD));
                    total += weights[key];
                }
                for (int key = 0; key <= query; key++) {
                    for (int d = 0; d < D_HEAD; d++) {
                        z[query][own + d] += weights[key] / total * v[key][shared + d];
                    }
                }
            }
        }
        return z;
    }

    @Override
    public void close() {
        file.close();
    }
}

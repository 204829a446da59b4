package cutaway.interp.planted;

import cutaway.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A small transformer whose weights follow from what its heads and neurons are said to do. The residual stream is
/// codes side by side ([Space]), one-hot, so that a score is a product of two numbers and a logit a sum of few.
///
/// The same plan makes a GPT-2 (LayerNorm, learned positions, GELU) and a Llama (RMSNorm, rotary positions, SiLU, two
/// heads to a key and value). Norms divide by a constant unless [#norms] says otherwise: an epsilon of 1e10 leaves
/// nothing else of the variance in float32, and their weights of 1e5 undo it.
public final class Plan {

    /// Which make of model.
    public enum Family {
        GPT2,
        LLAMA
    }

    static final int HEADS = 6;
    static final int D_HEAD = 16;
    static final int D_MODEL = HEADS * D_HEAD;
    static final int VOCAB = Space.SIZE;
    static final int POSITIONS = Space.SIZE;
    static final int NEURONS = 2 * Space.SIZE;

    /// The kind that all tokens are of.
    static final int ONE = Space.KIND.at(0);

    /// So much that nothing is left for other positions: in rotary models, whose scores fall off as a cosine does,
    /// `exp(-200 (1 - cos 1))`.
    private static final double ALL_WEIGHT = 200;

    /// Weights of one block, `[out, in]`.
    record Block(float[][] q, float[][] k, float[][] v, float[][] out, float[][] in, float[][] down) {}

    /// What heads that share keys and values have to agree on.
    private record Shared(Look look, Space from, double read) {}

    final Family family;
    final List<Block> blocks = new ArrayList<>();
    final float[][] tokens = new float[VOCAB][D_MODEL];
    final float[][] positions = new float[POSITIONS][D_MODEL];
    final float[][] unembedding = new float[VOCAB][D_MODEL];
    double epsilon = 1e10;
    double normWeight = 1e5;
    private final Map<List<Integer>, Shared> shared = new HashMap<>();

    Plan(Family family, int layers) {
        this.family = family;
        for (int i = 0; i < layers; i++) {
            blocks.add(new Block(
                    new float[HEADS * D_HEAD][D_MODEL],
                    new float[kvHeads() * D_HEAD][D_MODEL],
                    new float[kvHeads() * D_HEAD][D_MODEL],
                    new float[D_MODEL][HEADS * D_HEAD],
                    new float[NEURONS][D_MODEL],
                    new float[D_MODEL][NEURONS]));
        }
        for (int i = 0; i < VOCAB; i++) {
            tokens[i][Space.TOKEN.at(i)] = 1;
            tokens[i][ONE] = 1;
            positions[i][Space.POSITION.at(i)] = 1;
            unembedding[i][Space.OUT.at(i)] = 1;
        }
    }

    int kvHeads() {
        return family == Family.LLAMA ? HEADS / 2 : HEADS;
    }

    /// Norms of the usual kind, with weights of 1.
    Plan norms(double usual) {
        epsilon = usual;
        normWeight = 1;
        return this;
    }

    Plan kind(int kind, int... of) {
        Arrays.stream(of).forEach(token -> tokens[token][Space.KIND.at(kind)] = 1);
        return this;
    }

    /// A token says itself, by so many nats, without any head: what the last position's embedding adds to its
    /// logit.
    Plan saysItself(double nats) {
        for (int i = 0; i < VOCAB; i++) {
            unembedding[i][Space.TOKEN.at(i)] = (float) nats;
        }
        return this;
    }

    Plan head(int layer, int head, Look look, Move move) {
        Shared wanted = new Shared(look, move.from(), move.read());
        int kvHead = head * kvHeads() / HEADS;
        if (!wanted.equals(shared.computeIfAbsent(List.of(layer, kvHead), key -> wanted))) {
            throw new IllegalArgumentException("L" + layer + "H" + head + " shares keys and values that differ");
        }
        Block block = blocks.get(layer);
        int own = head * D_HEAD;
        int group = kvHead * D_HEAD;
        switch (look) {
            case Look.Previous() -> looksBack(block, own, group);
            case Look.Match(Space query, Space key, double score) -> {
                for (int i = 0; i < Space.SIZE; i++) {
                    pair(block, own + still(i), group + still(i), query.at(i), key.at(i), score);
                }
            }
            case Look.Kinds(int query, int key, double score) ->
                pair(block, own + still(0), group + still(0), Space.KIND.at(query), Space.KIND.at(key), score);
        }
        for (int i = 0; i < Space.SIZE; i++) {
            block.v[group + i][move.from().at(i)] = (float) move.read();
            block.out[move.to().at(i)][own + i] = (float) move.write();
        }
        return this;
    }

    /// A query turned back by one radian, which is one position, meets the key before it; see
    /// [cutaway.model.parts.Rotary].
    private void looksBack(Block block, int own, int group) {
        if (family == Family.LLAMA) {
            double sharp = ALL_WEIGHT * Math.sqrt(D_HEAD);
            block.q[own][ONE] = (float) (sharp * Math.cos(1));
            block.q[own + D_HEAD / 2][ONE] = (float) (-sharp * Math.sin(1));
            block.k[group][ONE] = 1;
        } else {
            for (int pos = 1; pos < POSITIONS; pos++) {
                int at = still(pos);
                pair(block, own + at, group + at, Space.POSITION.at(pos), Space.POSITION.at(pos - 1), ALL_WEIGHT);
            }
        }
    }

    private static void pair(Block block, int q, int k, int query, int key, double score) {
        block.q[q][query] = (float) (score * Math.sqrt(D_HEAD));
        block.k[k][key] = 1;
    }

    /// Coordinates of a head that its position does not turn: all but the first pair.
    private static int still(int i) {
        return i < D_HEAD / 2 - 1 ? i + 1 : i + 2;
    }

    /// A neuron before whose activation function stands a sum over the residual stream.
    ///
    /// @param reads factors by place in the residual stream
    /// @param factor of what it writes
    Plan neuron(int layer, int index, Map<Integer, Double> reads, int writes, double factor) {
        Block block = blocks.get(layer);
        reads.forEach((at, weight) -> block.in[index][at] = weight.floatValue());
        block.down[writes][index] = (float) factor;
        return this;
    }

    /// Writes the model to a folder and opens it.
    Model open(Path folder) {
        new PlanFile(this).write(folder);
        return Model.open(folder);
    }
}

package cutaway.model.export;

import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Embedding;
import cutaway.model.parts.Linear;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Norm;
import cutaway.model.parts.QkNorm;
import cutaway.model.parts.Readout;
import cutaway.model.parts.Transformer;
import cutaway.model.weights.Matrix;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A place in a transformer that holds weights.
sealed interface Slot {

    /// Its numbers, float32; of a packed matrix unpacked for this use.
    Tensor whole();

    Shape shape();

    record OfMatrix(Matrix matrix) implements Slot {
        @Override
        public Tensor whole() {
            return matrix.whole();
        }

        @Override
        public Shape shape() {
            return new Shape(matrix.out(), matrix.in());
        }
    }

    record OfTensor(Tensor tensor) implements Slot {
        @Override
        public Tensor whole() {
            return tensor;
        }

        @Override
        public Shape shape() {
            return tensor.shape();
        }
    }

    /// All of them, by what each is for; an unembedding that is the embedding is no slot of its own.
    static Map<String, Slot> of(Transformer transformer) {
        Map<String, Slot> slots = new LinkedHashMap<>();
        Embedding embedding = transformer.embedding();
        slots.put("the embedding", new OfMatrix(embedding.tokens()));
        put(slots, "the positions", embedding.positions());
        put(slots, "the token types", embedding.types());
        put(slots, "the norm of the embedding", embedding.norm());
        int layer = 0;
        for (Block block : transformer.blocks()) {
            put(slots, " of layer " + layer++, block);
        }
        Readout readout = transformer.readout();
        if (readout.transform() != null) {
            put(
                    slots,
                    "the transform before the unembedding",
                    readout.transform().dense());
        }
        put(slots, "the final norm", readout.norm());
        if (isTied(transformer)) {
            put(slots, "the bias of the unembedding", readout.unembedding().bias());
        } else {
            put(slots, "the unembedding", readout.unembedding());
        }
        return slots;
    }

    static boolean isTied(Transformer transformer) {
        return transformer.unembedding().weight().equals(transformer.embedding().tokens()); // the same one
    }

    private static void put(Map<String, Slot> slots, String of, Block block) {
        Attention attention = block.attention();
        put(slots, "the queries" + of, attention.q());
        put(slots, "the keys" + of, attention.k());
        put(slots, "the values" + of, attention.v());
        put(slots, "the output of attention" + of, attention.out());
        QkNorm norms = attention.norm();
        if (norms != null) {
            put(slots, "the norm of queries" + of, norms.q());
            put(slots, "the norm of keys" + of, norms.k());
        }
        switch (block.mlp()) {
            case Mlp.PlainMlp mlp -> {
                put(slots, "the input of the MLP" + of, mlp.in());
                put(slots, "the output of the MLP" + of, mlp.out());
            }
            case Mlp.GatedMlp mlp -> {
                put(slots, "the gate of the MLP" + of, mlp.gate());
                put(slots, "the input of the MLP" + of, mlp.up());
                put(slots, "the output of the MLP" + of, mlp.out());
            }
        }
        switch (block) {
            case Block.Sequential b -> {
                put(slots, "the norm before attention" + of, b.norm1());
                put(slots, "the norm after attention" + of, b.norm1Post());
                put(slots, "the norm before the MLP" + of, b.norm2());
                put(slots, "the norm after the MLP" + of, b.norm2Post());
            }
            case Block.Parallel b -> {
                put(slots, "the norm before attention" + of, b.norm1());
                put(slots, "the norm before the MLP" + of, b.norm2());
            }
            case Block.PostNorm b -> {
                put(slots, "the norm after attention" + of, b.norm1());
                put(slots, "the norm after the MLP" + of, b.norm2());
            }
        }
    }

    private static void put(Map<String, Slot> slots, String what, Linear linear) {
        slots.put(what, new OfMatrix(linear.weight()));
        put(slots, "the bias of " + what, linear.bias());
    }

    private static void put(Map<String, Slot> slots, String what, @Nullable Norm norm) {
        if (norm != null) {
            put(slots, what, norm.weight());
            put(slots, "the bias of " + what, norm.bias());
        }
    }

    private static void put(Map<String, Slot> slots, String what, @Nullable Tensor tensor) {
        if (tensor != null) {
            slots.put(what, new OfTensor(tensor));
        }
    }
}

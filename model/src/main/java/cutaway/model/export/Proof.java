package cutaway.model.export;

import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.gguf.BlockType;
import cutaway.model.parts.Tap;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Compares a written model with the one that it was made from: each weight, and the logits of some tokens.
///
/// Errors are |a - b| / |b|, over a whole weight and over the logits of a position.
record Proof(double weightError, double logitError, double kl) {

    private static final int TOKENS = 24;
    private static final List<String> TEXTS = List.of(
            "The Eiffel Tower is located in the city of",
            " two  spaces,\ttab\n\nlines and 12345.67 - it's O'Brien's",
            "def f(x):\n"
                    + "    return x ** 2  # \u00e9t\u00e9, stra\u00dfe, \u4e2d\u6587,"
                    + " \u0928\u092e\u0938\u094d\u0924\u0947",
            "e\u0301 and \u00e9, \ud83d\udc69\u200d\ud83d\ude80 <|im_start|>user</s>");
    private static final double EXACT = 1e-5;

    /// @param type the coarsest that weights were rounded to; F32 where none was
    /// @throws BadInputException when they differ by more than rounding explains
    static Proof of(Model source, Model written, BlockType type, Progress progress) {
        double weights = weights(source, written, progress);
        double allowed = rounding(type);
        if (!(weights <= allowed)) {
            throw refused("a weight", weights, allowed, type);
        }
        if (written.hasTokenizer()) {
            sameIds(source.tokenizer(), written.tokenizer());
        }
        progress.at("compare the logits", 0.99);
        Proof proof = logits(source, written, weights);
        if (type == BlockType.F32 ? !(proof.logitError <= EXACT) : !Double.isFinite(proof.kl)) {
            throw refused("a position's logits", proof.logitError, EXACT, type);
        }
        return proof;
    }

    /// What rounding a weight may change at most: half of a unit in the last place for floats; for blocks twice of what
    /// it changes in weights that are normally distributed.
    private static double rounding(BlockType type) {
        return switch (type) {
            case F32 -> 1e-6;
            case F16 -> 1e-3;
            case BF16 -> 4e-3;
            case Q8_0 -> 0.012;
            default -> 0.2;
        };
    }

    private static BadInputException refused(String what, double error, double allowed, BlockType type) {
        return new BadInputException(
                "the written model differs from its source: %s by %.1e (expected at most %.1e in %s); nothing was kept. Report this as a fault of Cutaway."
                        .formatted(what, error, allowed, type));
    }

    private static void sameIds(Tokenizer source, Tokenizer written) {
        for (String text : TEXTS) {
            if (!Arrays.equals(source.encode(text).ids(), written.encode(text).ids())) {
                throw new BadInputException("the written tokenizer cuts \"" + text.strip()
                        + "\" otherwise than its source; nothing was kept. Report this as a fault of Cutaway.");
            }
        }
        if (!source.before().equals(written.before()) || !source.after().equals(written.after())) {
            throw new BadInputException("the written tokenizer puts other tokens around a text than its source; nothing"
                    + " was kept. Report this as a fault of Cutaway.");
        }
    }

    private static double weights(Model source, Model written, Progress progress) {
        Map<String, Slot> expected = Slot.of(source.transformer());
        Map<String, Slot> found = Slot.of(written.transformer());
        if (!expected.keySet().equals(found.keySet())) {
            throw new BadInputException("the written model has other weights than its source; nothing was kept.");
        }
        double worst = 0;
        int done = 0;
        for (Map.Entry<String, Slot> slot : expected.entrySet()) {
            progress.at("compare the weights", 0.6 + 0.4 * done++ / expected.size());
            Slot other = found.get(slot.getKey());
            if (other == null || !other.shape().equals(slot.getValue().shape())) {
                throw new BadInputException(slot.getKey()
                        + " has another shape in the written model than in its source;" + " nothing was kept.");
            }
            worst = Math.max(worst, error(slot.getValue(), other));
        }
        return worst;
    }

    private static double error(Slot expected, Slot found) {
        try (Scope scope = Scope.open()) {
            Tensor a = expected.whole();
            double difference = found.whole().minus(a).norm();
            return difference == 0 ? 0 : difference / a.norm();
        }
    }

    private static Proof logits(Model source, Model written, double weightError) {
        int vocab = source.sizes().vocab();
        int length = Math.min(TOKENS, source.sizes().context());
        Batch batch = Batch.of(new Random(0).ints(length, 0, vocab).toArray());
        float[] expected = logits(source, batch);
        float[] found = logits(written, batch);
        double worst = 0;
        double kl = 0;
        for (int at = 0; at < expected.length; at += vocab) {
            double difference = 0;
            double size = 0;
            for (int i = at; i < at + vocab; i++) {
                difference += Math.pow((double) found[i] - expected[i], 2);
                size += Math.pow(expected[i], 2);
            }
            double error = difference == 0 ? 0 : Math.sqrt(difference / size);
            worst = error <= worst ? worst : error;
            kl += kl(expected, found, at, vocab) / length;
        }
        return new Proof(weightError, worst, kl);
    }

    private static float[] logits(Model model, Batch batch) {
        try (Scope scope = Scope.open()) {
            return model.forward(batch, Tap.NONE).toFloats();
        }
    }

    private static double kl(float[] expected, float[] found, int at, int vocab) {
        double zExpected = logSum(expected, at, vocab);
        double zFound = logSum(found, at, vocab);
        double kl = 0;
        for (int i = at; i < at + vocab; i++) {
            double log = expected[i] - zExpected;
            kl += Math.exp(log) * (log - (found[i] - zFound));
        }
        return Math.max(0, kl);
    }

    private static double logSum(float[] logits, int at, int vocab) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = at; i < at + vocab; i++) {
            max = Math.max(max, logits[i]);
        }
        double sum = 0;
        for (int i = at; i < at + vocab; i++) {
            sum += Math.exp(logits[i] - max);
        }
        return max + Math.log(sum);
    }
}

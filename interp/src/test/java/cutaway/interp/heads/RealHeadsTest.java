package cutaway.interp.heads;

import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.DefaultModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.heads.HeadKinds.Kind;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Tap;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// On the default model a kind is a claim about what a head does: taking away what the heads of a kind do must
/// undo it, on
/// tokens and prompts that the kind was not measured on, and more than taking away as many others.
class RealHeadsTest {

    private static final int SILENCED = 6;
    private static final int OTHERS = 3; // sets of other heads

    private static final int ROWS = 1;
    private static final int PROMPTS = 16;

    private static Model model;
    private static HeadKinds kinds;

    private record Scored(int layer, int head, double score) {}

    @BeforeAll
    static void measure() {
        model = DefaultModel.open();
        kinds = HeadScores.measure(model, 0, layer -> {});
    }

    @AfterAll
    static void close() {
        if (model != null) {
            model.close();
        }
    }

    /// Without its induction heads the model is worse at the second half of new random tokens said twice.
    @Test
    void inductionHeadsCarryTheSecondCopy() {
        RepeatedTokens fresh = RepeatedTokens.draw(model, new SplittableRandom(1234));
        silencingDoesMost("induction", heads -> secondCopyLoss(fresh, silence(heads)));
    }

    /// Without what its name movers write into the last residual stream, the name that comes next loses to the other.
    /// The direct path alone is cut: a model makes up for silenced name movers in later heads
    /// (arXiv:2211.00593, section 3.4).
    @Test
    void nameMoversWriteTheName() {
        NamePrompts fresh = NamePrompts.draw(model, NamePrompts.names(model), new SplittableRandom(1234));
        List<Written> written = written(fresh);
        silencingDoesMost(
                "name mover",
                heads -> -written.stream()
                        .mapToDouble(one -> one.margin(heads))
                        .average()
                        .orElseThrow());
    }

    /// @param harm of a run without some heads, nats
    private static void silencingDoesMost(String name, ToDoubleFunction<List<Scored>> harm) {
        Kind kind = kinds.kinds().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        List<Scored> heads = new ArrayList<>();
        List<Scored> others = new ArrayList<>();
        for (int layer = 0; layer < model.sizes().layers(); layer++) {
            for (int head = 0; head < model.sizes().heads(); head++) {
                (kind.has(layer, head) ? heads : others).add(new Scored(layer, head, kind.score()[layer][head]));
            }
        }
        assertTrue(heads.size() >= SILENCED, "heads of this kind: " + heads);
        assertTrue(kind.statistic().matches("[^%]*\\d[^%]*"), kind.statistic());
        heads.sort(Comparator.comparingDouble(head -> -head.score()));
        double whole = harm.applyAsDouble(List.of());
        double without = harm.applyAsDouble(heads.subList(0, SILENCED));
        List<Double> control = new ArrayList<>();
        Random random = new Random(0);
        for (int i = 0; i < OTHERS; i++) {
            Collections.shuffle(others, random);
            control.add(harm.applyAsDouble(others.subList(0, SILENCED)));
        }
        String told =
                "%s: %.3f nats; %.3f without %s; %s without others".formatted(name, whole, without, heads, control);
        assertTrue(without > whole + 1, told);
        assertTrue(without > Collections.max(control), told);
    }

    private static List<Edit> silence(List<Scored> heads) {
        return heads.stream()
                .map(head -> (Edit) new Edit.Zero(new Site.Head(head.layer(), head.head(), HeadPart.Z), Positions.ALL))
                .toList();
    }

    /// Mean cross-entropy of the second copy but for its first token, nats.
    private static double secondCopyLoss(RepeatedTokens tokens, List<Edit> edits) {
        int from = tokens.start() + tokens.length();
        double sum = 0;
        for (int[] row : tokens.rows().subList(0, ROWS)) {
            try (Trace trace = Runs.run(model, Batch.of(row), edits, List.of());
                    Scope scope = Scope.open()) {
                long[] next = IntStream.of(row).skip(from + 1L).asLongStream().toArray();
                Tensor logs = trace.logits()
                        .select(0, 0)
                        .slice(0, from, row.length - 1L)
                        .logSoftmax(-1); // [next, vocab]
                sum -= logs.gather(-1, Tensor.of(next, next.length, 1)).mean().item();
            }
        }
        return sum / ROWS;
    }

    /// What all heads write at the last position of a prompt.
    ///
    /// @param residual after the last block, `[dModel]`
    /// @param heads by layer, `[head, dModel]`
    /// @param names that which comes next, and the other
    private record Written(float[] residual, List<float[]> heads, long[] names) {

        /// Logit of the name that comes next less that of the other, without what some heads write, nats.
        double margin(List<Scored> without) {
            float[] left = residual.clone();
            for (Scored head : without) {
                for (int i = 0; i < left.length; i++) {
                    left[i] -= heads.get(head.layer())[head.head() * left.length + i];
                }
            }
            try (Scope scope = Scope.open()) {
                double[] logits = model.transformer()
                        .unembed(Tensor.of(left, 1, 1, left.length), Tensor.of(names, 2), Tap.NONE)
                        .toDoubles();
                return logits[0] - logits[1];
            }
        }
    }

    private static List<Written> written(NamePrompts prompts) {
        int layers = model.sizes().layers();
        List<Site> sites = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            sites.add(new Site.Heads(layer, HeadPart.Z));
        }
        Site end = new Site.Resid(layers - 1, Moment.POST);
        List<Written> written = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            int[] row = prompts.rows().get(i);
            int[] keys = prompts.glances().get(i).keys();
            List<Site> reads = new ArrayList<>(sites);
            reads.add(end);
            try (Trace trace = Runs.run(model, Batch.of(row), List.of(), reads);
                    Scope scope = Scope.open()) {
                written.add(new Written(
                        last(trace, end, row).toFloats(),
                        IntStream.range(0, layers)
                                .mapToObj(layer -> result(layer, last(trace, sites.get(layer), row)))
                                .toList(),
                        new long[] {row[keys[0]], row[keys[1]]}));
            }
        }
        return written;
    }

    /// @param z of all heads at one position, `[head, dHead]`
    private static float[] result(int layer, Tensor z) {
        Attention attention = model.transformer().blocks().get(layer).attention();
        return attention.result(z.unsqueeze(0).unsqueeze(0)).toFloats();
    }

    private static Tensor last(Trace trace, Site site, int[] row) {
        return trace.at(site).select(0, 0).select(0, row.length - 1);
    }
}

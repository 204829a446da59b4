package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Origin;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against the engine of edits, which does not share the code.
class SpliceTest {

    private static final List<int[]> IDS =
            Tiny.contexts(3, 13, 1).stream().map(Context::ids).toList();

    private static int width(String site) {
        return site.contains("[") ? 8 : site.contains("mlp.hook_post") ? 64 : 32;
    }

    @ParameterizedTest
    @CsvSource({
        "llama, blocks.1.hook_resid_post",
        "llama, blocks.0.hook_resid_pre",
        "llama, blocks.2.hook_mlp_out",
        "llama, blocks.1.attn.hook_z",
        "llama, blocks.1.attn.hook_z[2]",
        "gpt2, blocks.1.hook_resid_mid",
        "gemma2, blocks.1.hook_attn_out"
    })
    void readsAndReplacesAsAnEditDoes(String name, String site) {
        try (Model model = Tiny.open(name)) {
            Splice splice = new Splice(model, Tiny.at(site), width(site), width(site));
            try (Splice.Run run = splice.new Run(IDS);
                    Splice.Values read = splice.read(IDS)) {
                assertTrue(run.values.inputs().bitsEqual(read.inputs()), "stopped or not");
                assertTrue(run.with(run.values.outputs()).bitsEqual(run.last), "the same rows back in place");
                Tensor other = new Random(4).normal(39, width(site));
                Tensor spliced = run.with(other);
                for (int row = 0; row < 3; row++) {
                    Tensor own = other.slice(0, 13L * row, 13L * (row + 1)).contiguous();
                    check(model, site, row, run.values.inputs(), own, spliced);
                }
            }
        }
    }

    private static void check(Model model, String name, int row, Tensor read, Tensor own, Tensor spliced) {
        Site site = Site.parse(name);
        List<Edit> edits = List.of(new Edit.Replace(site, Positions.ALL, Values.of(own)));
        long from = 13L * row;
        try (Trace plain = Runs.run(model, Batch.of(IDS.get(row)), List.of(), List.of(site));
                Trace edited = Runs.run(model, Batch.of(IDS.get(row)), edits, List.of())) {
            close(plain.at(site).reshape(13, -1), read.slice(0, from, from + 13), "values of row " + row);
            Tensor logits = model.transformer().unembed(spliced.slice(0, row, row + 1), Tap.NONE);
            close(edited.logits(), logits, "logits of row " + row);
        }
    }

    private static void close(Tensor expected, Tensor actual, String what) {
        double error = expected.minus(actual).norm() / expected.norm();
        assertTrue(error < 1e-5, what + ": " + error); // float32, another batch shape
    }

    /// The loss that the engine of metrics reads off the same edited run.
    @Test
    void lossAndDivergenceAgreeWithTheMetricsOfRuns() {
        try (Model model = Tiny.open("llama")) {
            Splice splice = new Splice(model, Tiny.at("blocks.1.hook_resid_post"), 32, 32);
            try (Splice.Run run = splice.new Run(IDS)) {
                Tensor spliced = run.with(run.values.outputs().times(0));
                long[] rows = IntStream.range(0, 12).mapToLong(i -> i).toArray();
                long[] next =
                        IntStream.range(1, 13).mapToLong(i -> IDS.getFirst()[i]).toArray();
                List<Predictions.Of> found = Predictions.of(model, List.of(run.last, spliced), rows, next);
                List<Edit> zero = List.of(new Edit.Zero(Site.parse("blocks.1.hook_resid_post"), Positions.ALL));
                assertEquals(
                        Runs.measure(model, IDS.getFirst(), List.of(), new Metric.Loss()),
                        MaxCosine.mean(found.get(0).crossEntropy()),
                        1e-5);
                assertEquals(
                        Runs.measure(model, IDS.getFirst(), zero, new Metric.Loss()),
                        MaxCosine.mean(found.get(1).crossEntropy()),
                        1e-5);
                double last = Predictions.of(model, List.of(run.last, spliced), new long[] {12}, new long[] {0})
                        .get(1)
                        .divergence()[0];
                assertEquals(Runs.measure(model, IDS.getFirst(), zero, new Metric.Divergence()), last, 1e-5);
            }
        }
    }

    /// What an MLP reads stays as it was when what it writes is replaced; of two sites each gets its own columns.
    @Test
    void transcodersAndSeveralSites() {
        try (Model model = Tiny.open("llama")) {
            Splice transcoder = new Splice(model, Tiny.at("blocks.1.hook_resid_mid", "blocks.1.hook_mlp_out"), 32, 32);
            try (Splice.Run run = transcoder.new Run(IDS)) {
                assertTrue(run.with(run.values.outputs()).bitsEqual(run.last));
                assertTrue(run.values.inputs().minus(run.values.outputs()).norm() > 0);
            }
            List<Site> two = List.of(Site.parse("blocks.0.hook_mlp_out"), Site.parse("blocks.2.hook_resid_pre"));
            Splice both = new Splice(model, new Origin("", two, two, Map.of()), 64, 64);
            try (Splice.Run run = both.new Run(IDS)) {
                assertTrue(run.with(run.values.outputs()).bitsEqual(run.last));
                Tensor first = run.values.outputs().slice(1, 0, 32);
                Tensor second = run.values.outputs().slice(1, 32, 64);
                Tensor onlySecond = Tensor.cat(List.of(first.times(0), second), 1);
                assertTrue(run.with(onlySecond).bitsEqual(run.last), "the later site decides");
                Tensor onlyFirst = Tensor.cat(List.of(first, second.times(0)), 1);
                assertTrue(run.with(onlyFirst).minus(run.last).norm() > 0.1);
            }
        }
    }

    @Test
    void aDictionaryOfAnotherModelIsRefused() {
        try (Model model = Tiny.open("llama");
                Model encoder = Tiny.open("bert")) {
            assertSaid("576 numbers", () -> new Splice(model, Tiny.at("blocks.1.hook_resid_post"), 576, 576));
            assertSaid("layers 0 to 2", () -> new Splice(model, Tiny.at("blocks.7.hook_resid_post"), 32, 32));
            assertSaid("vector for each token", () -> new Splice(model, Tiny.at("blocks.1.attn.hook_pattern"), 32, 32));
            assertSaid("decoder", () -> new Splice(encoder, Tiny.at("blocks.1.hook_resid_post"), 32, 32));
        }
    }

    private static void assertSaid(String part, org.junit.jupiter.api.function.Executable body) {
        String message = assertThrows(BadInputException.class, body).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void nothingIsLeftInMemory() {
        try (Model model = Tiny.open("llama")) {
            Splice splice = new Splice(model, Tiny.at("blocks.1.hook_resid_post"), 32, 32);
            splice.new Run(IDS).close(); // unpacks the weights
            long before = Tensor.live();
            try (Splice.Run run = splice.new Run(IDS)) {
                Scope.free(() -> run.with(run.values.outputs()).norm());
            }
            splice.read(IDS).close();
            assertEquals(before, Tensor.live());
        }
    }
}

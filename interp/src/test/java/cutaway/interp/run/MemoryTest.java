package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.DefaultModel;
import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.generation.Request;
import cutaway.model.generation.Sampling;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A thousand runs in one process, with edits, gradients and thrown exceptions among them.
class MemoryTest {

    private static final int WARM_UP = 100;
    private static final int RUNS = 1000;

    /// What leaks, leaks every time; a process that has run a thousand other tests may grow its heap once.
    private static final int ROUNDS = 3;

    private static final long MOST_GROWTH = 20_000_000;

    @Test
    void aThousandRunsLeaveNothingBehind() throws IOException {
        try (Model model = TinyModel.open("llama")) {
            leavesNothingBehind(model, new int[] {3, 41, 59, 26, 5});
        }
    }

    /// Minutes long, so only where asked for: `mvn test -pl interp -am -Dslow=true -Dtest=MemoryTest
    /// -Dsurefire.failIfNoSpecifiedTests=false`.
    @Test
    @EnabledIfSystemProperty(named = "slow", matches = "true")
    void aThousandRunsOfTheDefaultModelLeaveNothingBehind() throws IOException {
        try (Model model = DefaultModel.open()) {
            leavesNothingBehind(model, new int[] {504, 3575, 2025});
        }
    }

    private static void leavesNothingBehind(Model model, int[] ids) throws IOException {
        run(model, ids, 0); // unpacks the weights
        long live = Tensor.live();
        for (int i = 0; i < WARM_UP; i++) {
            run(model, ids, i);
        }
        assertEquals(live, Tensor.live(), "tensors after the warm-up");
        long growth = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && growth >= MOST_GROWTH; round++) {
            long before = settledBytes();
            for (int i = 0; i < RUNS; i++) {
                run(model, ids, i);
            }
            assertEquals(live, Tensor.live(), "tensors after all runs");
            growth = settledBytes() - before;
            System.out.printf("resident memory grew by %.1f MB over %d runs%n", growth / 1e6, RUNS);
        }
        long least = growth;
        assertTrue(least < MOST_GROWTH, () -> "resident memory grew by " + least + " bytes, time after time");
    }

    /// One of six kinds of run.
    private static void run(Model model, int[] ids, int i) {
        int last = model.sizes().layers() - 1;
        Metric metric = new Metric.LogitDifference(5, 80);
        Site pre = new Site.Resid(last, Moment.PRE);
        Edit patch = new Edit.Patch(pre, Positions.LAST, Source.of(ids, List.of()));
        Edit zero = new Edit.Zero(new Site.Head(0, 1, HeadPart.Z), Positions.ALL);
        switch (i % 6) {
            case 0 -> {
                try (Trace trace =
                        Runs.run(model, Batch.of(ids), List.of(zero, patch), List.of(pre, new Site.AttnOut(0)))) {
                    assertEquals(ids.length, trace.logits().dim(1));
                }
            }
            case 1 -> Runs.measure(model, ids, List.of(zero), metric);
            case 2 ->
                Runs.gradients(model, ids, List.of(zero), metric, List.of(pre, new Site.Embed()))
                        .values()
                        .forEach(Tensor::close);
            case 3 -> // fails in the run that the values are taken from
                assertThrows(
                        BadInputException.class,
                        () -> Runs.measure(
                                model,
                                ids,
                                List.of(new Edit.Patch(
                                        pre,
                                        Positions.LAST,
                                        Source.of(ids, List.of(new Edit.Zero(pre, Positions.of(99)))))),
                                metric));
            case 4 -> // fails in the middle of the pass
                assertThrows(
                        BadInputException.class,
                        () -> Runs.measure(
                                model,
                                ids,
                                List.of(zero, new Edit.Patch(pre, Positions.ALL, Source.of(new int[] {1}, List.of()))),
                                metric));
            default -> {
                Request request = new Request(List.of(ids[0], ids[1]), 3, new Sampling(1, 0.9, i), Set.of());
                Runs.generate(model, request, List.of(zero), id -> {});
            }
        }
    }

    /// `VmRSS` of this process, where the operating system tells it.
    /// Resident memory once the collector has given back what it can: a heap that shrinks later would hide a leak.
    private static long settledBytes() throws IOException {
        long settled = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            settled = Math.min(settled, residentBytes());
        }
        return settled;
    }

    private static long residentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        Assumptions.assumeTrue(Files.exists(status), "resident memory is read from /proc");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}

package cutaway.interp.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Model;
import cutaway.model.parts.Block;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatchingTest {

    private static final Source BASE = Source.of(new int[] {3, 41, 60, 26, 9, 58, 13}, List.of());
    private static final Source OTHER = Source.of(new int[] {3, 41, 59, 26, 5, 58, 13}, List.of());
    private static final Metric METRIC = new Metric.LogitDifference(7, 21);

    /// Every path equals a run in which all but the sender is held in place by edits, and then a run that takes the
    /// receiver's value from it.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gpt-neox", "phi", "qwen3", "gemma2", "olmo2", "granite"})
    void agreesWithRunsInWhichAllElseIsHeld(String name) {
        try (Model model = TinyModel.open(name)) {
            int last = model.sizes().layers() - 1;
            List<Receiver> receivers = List.of(
                    new Receiver.Queries(last, 1),
                    new Receiver.Keys(last, 0),
                    new Receiver.Values(last, 1 % model.sizes().kvHeads()),
                    new Receiver.MlpInput(last),
                    new Receiver.Logits(last + 1));
            List<Site> senders = List.of(
                    new Site.Head(0, 1, HeadPart.Z),
                    new Site.Head(last - 1, 2, HeadPart.Z),
                    new Site.MlpOut(0),
                    new Site.AttnOut(last - 1),
                    new Site.Embed());
            List<List<Edit>> paths = new ArrayList<>();
            List<Double> expected = new ArrayList<>();
            try (PathPatching patching = new PathPatching(model, BASE, OTHER, senders, receivers)) {
                for (Receiver receiver : receivers) {
                    for (Site sender : senders) {
                        paths.add(patching.edits(sender, receiver));
                        expected.add(held(model, sender, receiver));
                    }
                }
            }
            try (Sweep sweep = new Sweep(model, BASE, METRIC)) {
                double[] found = sweep.measure(paths);
                double moved = 0;
                for (int i = 0; i < found.length; i++) {
                    assertEquals(expected.get(i), found[i], 1e-5 * (10 + Math.abs(sweep.baseline())), "path " + i);
                    moved = Math.max(moved, Math.abs(found[i] - sweep.baseline()));
                }
                assertTrue(moved > 1e-3, "no path changes anything");
            }
        }
    }

    private static double held(Model model, Site sender, Receiver receiver) {
        boolean sequential = model.transformer().blocks().getFirst() instanceof Block.Sequential;
        List<Edit> edits = new ArrayList<>();
        int layers = model.sizes().layers();
        int blocks = receiver instanceof Receiver.MlpInput && sequential
                ? receiver.layer() + 1 // the attention of its own block comes before it
                : receiver.layer();
        for (int layer = 0; layer < Math.min(blocks, layers); layer++) {
            if (sender instanceof Site.Head(int at, int of, HeadPart _) && at == layer) {
                for (int head = 0; head < model.sizes().heads(); head++) {
                    edits.add(patch(new Site.Head(layer, head, HeadPart.Z), head == of ? OTHER : BASE));
                }
            } else {
                Site out = new Site.AttnOut(layer);
                edits.add(patch(out, out.equals(sender) ? OTHER : BASE));
            }
            if (layer < receiver.layer()) {
                Site out = new Site.MlpOut(layer);
                edits.add(patch(out, out.equals(sender) ? OTHER : BASE));
            }
        }
        if (sender instanceof Site.Embed) {
            edits.add(patch(sender, OTHER));
        }
        int[] ids = BASE.ids(model);
        if (receiver instanceof Receiver.Logits) {
            return Runs.measure(model, ids, edits, METRIC);
        }
        Source told = Source.of(ids, edits);
        return Runs.measure(
                model,
                ids,
                sites(model, receiver).stream().map(site -> patch(site, told)).toList(),
                METRIC);
    }

    private static List<Site> sites(Model model, Receiver receiver) {
        return switch (receiver) {
            case Receiver.Queries(int layer, int head) -> List.of(new Site.Head(layer, head, HeadPart.Q));
            case Receiver.Keys(int layer, int head) -> List.of(new Site.Head(layer, head, HeadPart.K));
            case Receiver.Values(int layer, int head) -> List.of(new Site.Head(layer, head, HeadPart.V));
            case Receiver.MlpInput(int layer) ->
                model.sizes().wiring().has(cutaway.model.parts.Point.Kind.MLP_PRE_LINEAR)
                        ? List.of(
                                new Site.Neurons(layer, NeuronPart.PRE), new Site.Neurons(layer, NeuronPart.PRE_LINEAR))
                        : List.of(new Site.Neurons(layer, NeuronPart.PRE));
            case Receiver.Logits _ -> List.of();
        };
    }

    private static Edit patch(Site site, Source from) {
        return new Edit.Patch(site, Positions.ALL, from);
    }

    @Test
    void saysWhatCannotBeASenderOrComesTooLate() {
        try (Model model = TinyModel.open("llama")) {
            Receiver receiver = new Receiver.Queries(1, 0);
            BadInputException kind = assertThrows(
                    BadInputException.class,
                    () -> new PathPatching(
                            model, BASE, OTHER, List.of(new Site.Neurons(0, NeuronPart.POST)), List.of()));
            assertTrue(kind.getMessage().contains("hook_post"), kind.getMessage());
            Site late = new Site.Head(1, 0, HeadPart.Z);
            try (PathPatching patching = new PathPatching(model, BASE, OTHER, List.of(late), List.of(receiver))) {
                BadInputException order = assertThrows(BadInputException.class, () -> patching.edits(late, receiver));
                assertTrue(order.getMessage().contains("too late"), order.getMessage());
            }
        }
        try (Model model = TinyModel.open("bert")) {
            assertThrows(BadInputException.class, () -> new PathPatching(model, BASE, OTHER, List.of(), List.of()));
        }
    }
}

package cutaway.features.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.coder.ActivationScale;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Harvest;
import cutaway.features.store.HarvestSettings;
import cutaway.features.store.Limits;
import cutaway.features.store.Order;
import cutaway.features.store.Texts;
import cutaway.features.store.Words;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Batches of a store of two sites of different widths, 32 and 8.
class StoreSourceTest {

    private static final Site RESID = new Site.Resid(1, Site.Moment.POST);
    private static final Site HEAD = new Site.Head(0, 1, Site.HeadPart.Z);
    private static final List<Site> BOTH = List.of(RESID, HEAD);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void harvest() {
        List<int[]> documents =
                IntStream.range(0, 10).mapToObj(i -> Words.draw(i, 50)).toList();
        Texts texts = Texts.of(List.of(Words.lines(folder.resolve("text.jsonl"), documents)), "text");
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            HarvestSettings settings = new HarvestSettings(BOTH, 0, 16, 3, Order.SHUFFLED, HarvestSettings.Kept.USUAL);
            Harvest.run(
                    model,
                    Words.facts(model),
                    texts,
                    settings,
                    folder.resolve("store"),
                    Limits.USUAL,
                    Harvest.Progress.NONE);
        }
    }

    /// A store that is closed reads nothing any more: what is given of the first batch then was kept.
    @Test
    void theFirstBatchIsReadOnce() {
        ActivationStore store = ActivationStore.open(folder.resolve("store"));
        try (Scope _ = Scope.open();
                StoreSource source = new StoreSource(store, BOTH, List.of(HEAD), 100, StoreSource.Scale.NONE)) {
            Tensor x = store.batch(BOTH, 100, 0).joined();
            Tensor y = store.batch(BOTH, 100, 0).at(HEAD);
            store.close();
            for (int i = 0; i < 2; i++) {
                Trainer.Batch first = source.batch(0);
                assertTrue(x.bitsEqual(first.x()));
                assertTrue(y.bitsEqual(first.y()));
            }
            assertThrows(IllegalStateException.class, () -> source.batch(1));
        }
    }

    /// Every batch is the store's times the factors that go into the weights, each site's its own, so that the first
    /// has the mean norm `sqrt(d)` at each.
    @Test
    void everySiteHasItsFactor() {
        long live = Tensor.live();
        try (ActivationStore store = ActivationStore.open(folder.resolve("store"));
                StoreSource source = new StoreSource(store, BOTH, BOTH, 100, StoreSource.Scale.MEAN_NORM);
                Scope _ = Scope.open()) {
            ActivationScale scale = source.scale();
            assertEquals(40, scale.in().length);
            assertArrayEquals(scale.in(), scale.out());
            for (long step = 0; step < 3; step++) {
                Trainer.Batch batch = source.batch(step);
                Tensor expected = store.batch(BOTH, 100, step)
                        .joined()
                        .times(Tensor.of(scale.in(), 40).to(batch.x().dtype()));
                assertArrayEquals(expected.toDoubles(), batch.x().toDoubles(), 1e-5);
            }
            Tensor first = source.batch(0).x();
            assertEquals(Math.sqrt(32), meanNorm(first.slice(1, 0, 32)), 1e-4);
            assertEquals(Math.sqrt(8), meanNorm(first.slice(1, 32, 40)), 1e-4);
        }
        assertEquals(live, Tensor.live());
    }

    private static double meanNorm(Tensor rows) {
        return rows.square().sum(1, false).sqrt().mean().item();
    }
}

package cutaway.interp.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.heads.JointCloud.Layout;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Scores;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JointCloudTest {

    /// Texts of odd lengths, two of one length, so that some run together.
    private static List<int[]> texts() {
        var random = new Random(8).generator();
        List<int[]> texts = new ArrayList<>();
        for (int length : new int[] {1, 7, 12, 7, 2, 9, 11, 5}) {
            texts.add(random.ints(length, 1, 97).toArray());
        }
        return texts;
    }

    /// What the model itself does with each text alone; moving and scaling changes no weight by 1e-5 but
    /// where scores are capped.
    @ParameterizedTest
    @MethodSource("cutaway.interp.TinyModel#shapes")
    void patternsAreThoseOfTheModelAndStayTheSameWhenScaled(String family) {
        try (Model model = TinyModel.open(family)) {
            List<int[]> texts = texts();
            List<List<QueryKeys>> layers = new ArrayList<>();
            new HeadTexts(model, texts).each(layers::add, () -> {});
            assertEquals(model.sizes().layers(), layers.size());
            for (QueryKeys head : List.of(layers.get(0).get(3), layers.get(2).get(1))) {
                QueryKeys joint = head.joint(JointScaling.of(head).c());
                Site site = new Site.Head(head.layer(), head.head(), HeadPart.PATTERN);
                for (int text = 0; text < texts.size(); text++) {
                    try (Trace trace = Runs.run(model, Batch.of(texts.get(text)), List.of(), List.of(site));
                            Scope _ = Scope.open()) {
                        float[] expected = trace.at(site).select(0, 0).toFloats();
                        assertWithin(expected, head.pattern(text), 1e-5);
                        if (head.scores().softcap() == 0) {
                            assertWithin(expected, joint.pattern(text), 1e-5);
                        }
                    }
                }
            }
            QueryKeys alone = new HeadTexts(model, texts).head(2, 1);
            assertWithin(layers.get(2).get(1).queries(), alone.queries(), 0);
        }
    }

    private static void assertWithin(float[] expected, float[] found, double tolerance) {
        assertEquals(expected.length, found.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], tolerance);
        }
    }

    /// Heads whose queries were made four times as long and keys as much shorter, which no attention shows:
    /// the scale finds it, and on texts that did not choose it distance tells more than unscaled, as much as
    /// before.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2"})
    void inNineOfTenHeadsDistanceTellsMoreThanUnscaled(String family) {
        try (Model model = TinyModel.open(family)) {
            List<QueryKeys> heads = new ArrayList<>();
            new HeadTexts(model, texts()).each(heads::addAll, () -> {});
            int better = 0;
            for (QueryKeys head : heads) {
                JointScaling before = JointScaling.of(head);
                JointScaling found = JointScaling.of(stretched(head, 4));
                assertEquals(before.c() / 4, found.c(), 0.02);
                assertEquals(before.correlation(), found.correlation(), 1e-2);
                assertTrue(found.drift() <= 1e-5, found::toString);
                better += found.correlation() > found.unscaled() ? 1 : 0;
            }
            assertEquals(12, heads.size());
            assertTrue(better >= 0.9 * heads.size(), better + " of " + heads.size());
        }
    }

    private static QueryKeys stretched(QueryKeys head, float factor) {
        float[] queries = head.queries().clone();
        float[] keys = head.keys().clone();
        for (int i = 0; i < queries.length; i++) {
            queries[i] *= factor;
            keys[i] /= factor;
        }
        return new QueryKeys(
                head.layer(), head.head(), head.dHead(), queries, keys, head.ends(), head.scores(), head.causal());
    }

    private static QueryKeys planted(long seed) {
        var random = new Random(seed).generator();
        int rows = 60;
        float[] queries = new float[rows * 6];
        float[] keys = new float[rows * 6];
        for (int i = 0; i < queries.length; i++) {
            queries[i] = (float) random.nextGaussian();
            keys[i] = (float) (20 + 9 * random.nextGaussian());
        }
        return new QueryKeys(0, 0, 6, queries, keys, new int[] {20, 40, 60}, Scores.scaled(0.4), true);
    }

    /// Keys nine times as long as queries want c near 3; what the judged text holds has no say in it.
    @Test
    void theScaleIsChosenOnOtherTextsThanItIsJudgedOn() {
        QueryKeys head = planted(1);
        JointScaling found = JointScaling.of(head);
        assertTrue(found.c() > 2 && found.c() < 6, found::toString);
        assertTrue(found.correlation() > found.unscaled() + 0.05, found::toString);
        assertTrue(found.correlation() > 0.7, found::toString);
        float[] other = head.keys().clone();
        for (int row = 20; row < 40; row++) { // the second text's keys in another order: the means stay
            System.arraycopy(head.keys(), row * 6, other, (59 - row) * 6, 6);
        }
        JointScaling changed =
                JointScaling.of(new QueryKeys(0, 0, 6, head.queries(), other, head.ends(), head.scores(), true));
        assertEquals(found.c(), changed.c(), 1e-12);
        assertTrue(Math.abs(found.correlation() - changed.correlation()) > 1e-3);
    }

    /// A head whose queries look for the key of the same kind: each kind's queries and keys lie together.
    @ParameterizedTest
    @ValueSource(strings = {"PCA", "UMAP"})
    void queriesLieAmongTheKeysThatTheyLookAt(String layout) {
        int kinds = 3;
        int rows = 90;
        var random = new Random(2).generator();
        float[] queries = new float[rows * 8];
        float[] keys = new float[rows * 8];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < 8; i++) {
                queries[row * 8 + i] = (float) ((i == row % kinds ? 5 : 0) + 0.5 * random.nextGaussian());
                keys[row * 8 + i] = (float) (30 + (i == row % kinds ? 20 : 0) + 2 * random.nextGaussian());
            }
        }
        QueryKeys head = new QueryKeys(0, 0, 8, queries, keys, new int[] {30, 60, 90}, Scores.scaled(0.3), false);
        JointCloud cloud = JointCloud.of(head, Layout.valueOf(layout), 0, () -> {});
        assertEquals(2 * rows, cloud.places().length);
        int found = 0;
        for (int query = 0; query < rows; query++) {
            int nearest = rows;
            for (int key = rows; key < 2 * rows; key++) {
                if (distance(cloud, query, key) < distance(cloud, query, nearest)) {
                    nearest = key;
                }
            }
            found += (nearest - rows) % kinds == query % kinds ? 1 : 0;
        }
        int right = found;
        assertTrue(right >= 0.95 * rows, () -> right + " of " + rows);
        assertTrue(cloud.onMap() > 0.6, () -> "on the map r = " + cloud.onMap());
        double length = 0;
        for (int i = 0; i < 8; i++) {
            length += queries[i] * queries[i];
        }
        assertEquals(Math.sqrt(length), cloud.norms()[0], 1e-4);
    }

    private static double distance(JointCloud cloud, int a, int b) {
        return Math.hypot(cloud.places()[a][0] - cloud.places()[b][0], cloud.places()[a][1] - cloud.places()[b][1]);
    }

    @Test
    void whatCannotBeReadIsSaid() {
        try (Model model = TinyModel.open("llama")) {
            assertThrows(BadInputException.class, () -> new HeadTexts(model, List.of()));
            assertThrows(BadInputException.class, () -> new HeadTexts(model, List.of(new int[0])));
            HeadTexts texts = new HeadTexts(model, List.of(new int[] {5}));
            assertThrows(BadInputException.class, () -> texts.head(3, 0));
            assertThrows(BadInputException.class, () -> texts.head(0, 4));
            QueryKeys one = texts.head(0, 0);
            assertThrows(BadInputException.class, () -> JointCloud.of(one, Layout.PCA, 0, () -> {}));
        }
    }
}

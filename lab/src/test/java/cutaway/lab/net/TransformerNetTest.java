package cutaway.lab.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.Export;
import cutaway.lab.Lab;
import cutaway.lab.OpenModel;
import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.lab.head.Head;
import cutaway.lab.task.Brackets;
import cutaway.lab.task.ModularAddition;
import cutaway.lab.task.Multiplication;
import cutaway.lab.task.SparseParity;
import cutaway.lab.task.Stories;
import cutaway.lab.task.TaskData;
import cutaway.lab.train.Batch;
import cutaway.model.Model;
import cutaway.model.family.LabShape;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TransformerNetTest {

    @TempDir
    private Path folder;

    private static TransformerNet net(LabShape.NormKind norm, LabShape.Positions positions, boolean plain) {
        return new TransformerNet(2, 12, 2, 6, plain ? 0 : 20, norm, positions, Activation.RELU, !plain, plain, true);
    }

    static Stream<Recipe> recipes() {
        Recipe stories = short_(Recipe.usual(new Stories(9)));
        Recipe sums = short_(Recipe.usual(new ModularAddition(7, 0.8))).with("start.gain", 1);
        return Stream.of(
                stories.with("net", net(LabShape.NormKind.LAYER, LabShape.Positions.LEARNED, false)),
                stories.with("net", net(LabShape.NormKind.RMS, LabShape.Positions.ROTARY, false)),
                stories.with("net", net(LabShape.NormKind.NONE, LabShape.Positions.NONE, true)),
                sums.with("net", net(LabShape.NormKind.LAYER, LabShape.Positions.LEARNED, false))
                        .with("head", new Head.Harmonic(4)));
    }

    private static Recipe short_(Recipe recipe) {
        return recipe.with("rate.decay", 0)
                .with("rate.warmUp", 0)
                .with("steps", 5)
                .with("batch", 8)
                .with("seeds", List.of(3L, 1L));
    }

    /// Opened as a file from outside, an instance gives the logits that training saw.
    @ParameterizedTest
    @MethodSource("recipes")
    void whatIsOpenedIsWhatWasTrained(Recipe recipe) {
        try (Trained trained = new Lab(folder).train(recipe, Lab.SILENT);
                TaskData data = trained.data();
                Scope _ = Scope.open()) {
            Batch held = data.test().orElseThrow();
            Tensor x = held.x().slice(1, 0, 3); // [instance, n, pos]
            Tensor outputs = trained.outputs(x, Tap.NONE);
            boolean atEach = outputs.shape().rank() == 4;
            for (int i = 0; i < 2; i++) {
                try (Model model = OpenModel.open(trained, i)) {
                    for (int n = 0; n < 3; n++) {
                        int[] ids = Arrays.stream(x.select(0, i).select(0, n).toLongs())
                                .mapToInt(Math::toIntExact)
                                .toArray();
                        Tensor logits = model.forward(cutaway.model.Batch.of(ids), cutaway.model.parts.Tap.NONE)
                                .squeeze(0); // [pos, vocab]
                        Tensor expected = atEach ? logits : logits.select(0, ids.length - 1);
                        assertArrayEquals(
                                expected.toFloats(),
                                outputs.select(0, i).select(0, n).toFloats(),
                                2e-5f);
                    }
                }
            }
        }
    }

    @Test
    void anExportedInstanceReadsItsTasksWords() {
        Recipe recipe = recipes().findFirst().orElseThrow();
        try (Trained trained = new Lab(folder).train(recipe, Lab.SILENT)) {
            Export.write(trained, folder.resolve("out"));
            try (Model model = Model.open(folder.resolve("out/seed-1"))) {
                int[] ids = model.tokenizer().encode("mia goes to the park .").ids();
                assertArrayEquals(new int[] {0, 26, 27, 28, 16, 31}, ids);
                String message = assertThrows(
                                BadInputException.class, () -> model.tokenizer().encode("mia swims"))
                        .getMessage();
                assertTrue(message.contains("swims"), message);
            }
        }
    }

    @Test
    void activationsOfEveryInstanceAreOffered() {
        Recipe recipe = recipes().findFirst().orElseThrow();
        try (Trained trained = new Lab(folder).train(recipe, Lab.SILENT);
                TaskData data = trained.data();
                Scope _ = Scope.open()) {
            Tensor x = data.test().orElseThrow().x().slice(1, 0, 3);
            Tensor plain = trained.outputs(x, Tap.NONE);
            Tensor cut = trained.outputs(x, (name, value) -> {
                if (name.equals("blocks.1.resid_post")) {
                    assertArrayEquals(new long[] {2, 3, 9, 12}, value.shape().dims());
                    return Tensor.cat(
                            List.of(value.slice(0, 0, 1), value.slice(0, 1, 2).times(0.5)), 0);
                }
                return value;
            });
            assertArrayEquals(plain.select(0, 0).toFloats(), cut.select(0, 0).toFloats());
            assertTrue(plain.select(0, 1).minus(cut.select(0, 1)).norm() > 1e-6);
        }
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        Recipe stories = Recipe.usual(new Stories(9));
        String bits = assertThrows(
                        BadInputException.class,
                        () -> stories.with("task", new SparseParity(9, 2)).with("loss", "logistic"))
                .getMessage();
        assertTrue(bits.contains("take an mlp"), bits);
        String mlp = assertThrows(
                        BadInputException.class,
                        () -> Recipe.usual(new ModularAddition(7, 0.8)).with("task", new Brackets(8, false)))
                .getMessage();
        assertTrue(mlp.contains("take a transformer"), mlp);
        String tanh = assertThrows(BadInputException.class, () -> stories.with("net.activation", "tanh"))
                .getMessage();
        assertTrue(tanh.contains("relu, gelu or silu"), tanh);
    }

    @Test
    void productsAreWrittenTheLeastDigitFirst() {
        int[] tokens = new int[10];
        new Multiplication(2, 0.9).write(12, 3, tokens);
        assertArrayEquals(new int[] {2, 1, 10, 3, 0, 11, 6, 3, 0, 0}, tokens);
        assertEquals(9, new Multiplication(2, 0.9).length());
    }
}

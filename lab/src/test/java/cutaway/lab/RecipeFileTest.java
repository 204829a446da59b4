package cutaway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.descent.Descent;
import cutaway.lab.head.Head;
import cutaway.lab.net.Activation;
import cutaway.lab.net.Autoencoder;
import cutaway.lab.net.Mlp;
import cutaway.lab.net.TransformerNet;
import cutaway.lab.task.ModularAddition;
import cutaway.lab.task.Shapes;
import cutaway.lab.task.SparseParity;
import cutaway.lab.task.Task;
import cutaway.tensor.BadInputException;
import cutaway.tensor.training.LearningRate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RecipeFileTest {

    private static final Recipe MODULAR = Recipe.usual(new ModularAddition(31, 0.8));

    @Test
    void everyRecipeComesBack() {
        for (Task task : Usual.tasks()) {
            Recipe recipe = Recipe.usual(task);
            assertEquals(recipe, RecipeFile.parse(RecipeFile.text(recipe), "text"));
            assertEquals(recipe, RecipeFile.parse(RecipeFile.pretty(recipe), "text"));
        }
        Recipe other = MODULAR.with("head", new Head.Harmonic(4))
                .with("descent", new Descent.Muon(0.1))
                .with(Map.of("steps", 100, "rate", new LearningRate(0.01, 10, 90, LearningRate.Shape.COSINE)))
                .with("seeds", List.of(5L, 1L))
                .with("precision", Precision.FLOAT64)
                .with("snapshots", new Snapshots(List.of(3L, 1L), 5));
        assertEquals(other, RecipeFile.parse(RecipeFile.text(other), "text"));
    }

    @Test
    void whatIsNotKnownIsRefusedByName() {
        String text = RecipeFile.text(MODULAR);
        refused(
                text.replace("\"steps\":3000", "\"stepz\":3000"),
                "the field \"stepz\" is not known; expected batch, clip");
        refused(
                text.replace("\"weightDecay\"", "\"decay\""),
                "recipe.json at descent: the field \"decay\" is not known");
        refused(text.replace("\"modular_addition\"", "\"knitting\""), "the kind \"knitting\" is not known");
        refused(text.replace("\"relu\"", "\"swish\""), "\"swish\" is not any of none, relu");
        refused(text.replace("\"steps\":3000,", ""), "the field \"steps\" is missing");
        refused(text.replace("\"steps\":3000", "\"steps\":null"), "recipe.json at steps");
        refused(text.replace("\"share\":0.8", "\"share\":1.8"), "a share of 1.8 of 961 examples");
        refused(text + "{}", "recipe.json");
        refused(text + "[]", "recipe.json: more follows the first value: a list.");
        refused("{} x", "recipe.json: Unrecognized token 'x'");
        refused("{\"steps\":3} {}", "recipe.json: more follows the first value: an object.");
        refused("{}{", "recipe.json");
        refused("hello", "recipe.json: Unrecognized token 'hello'");
        refused("", "recipe.json: it is empty.");
        refused("[]", "recipe.json: an object was expected, not a list.");
        refused(text.replace("\"steps\":3000", "\"steps\":[]"), "recipe.json at steps: a whole number was expected");
        refused("[1", "recipe.json");
        refused("null", "null where a recipe");
        assertTrue(assertThrows(BadInputException.class, () -> RecipeFile.read(Path.of("no-such.json")))
                .getMessage()
                .contains("there is no file no-such.json"));
    }

    private static void refused(String json, String why) {
        String message = assertThrows(BadInputException.class, () -> RecipeFile.parse(json, "recipe.json"))
                .getMessage();
        assertTrue(message.contains(why), message);
        assertEquals(1, message.lines().count(), message);
    }

    /// Places of the old kind's net are not those of the new one: it begins as its kind usually is.
    @Test
    void aNetOfAnotherKindBeginsAsUsual() {
        Recipe usual = MODULAR.with(Map.of("net.kind", "transformer", "net.layers", 1));
        assertEquals(TransformerNet.usual(1, 64, 4), usual.net());
        assertEquals(usual, usual.with("net.kind", "transformer"));
        Recipe linear = MODULAR.with("net.activation", "none");
        assertEquals(linear, linear.with("net.kind", "mlp")); // of the same kind nothing is lost
        Recipe shapes = Recipe.usual(new Shapes(16, 0.1));
        for (String kind : List.of("mlp", "vision", "convolution")) {
            Recipe other = shapes.with("net.kind", kind);
            assertTrue(RecipeFile.text(other).contains("\"net\":{\"kind\":\"" + kind + "\""), kind);
        }
        refused(() -> MODULAR.with("net.kind", "convolution"), "");
        refused(() -> MODULAR.with("net.kind", "forest"), "the kind \"forest\" is not known");
    }

    @Test
    void partsThatDoNotGoTogetherAreRefused() {
        Recipe parity = Recipe.usual(new SparseParity(9, 2));
        refused(() -> parity.with("head", new Head.Spherical()), "take the linear head");
        refused(
                () -> parity.with("net", new Mlp(List.of(3), Activation.RELU, true, 4, false)),
                "leave the embedding out");
        refused(() -> MODULAR.with("net", new Mlp(List.of(3), Activation.RELU)), "give it one, such as of 16");
        refused(() -> parity.with("seeds", List.of(1L, 1L)), "none twice");
        refused(
                () -> parity.with(Map.of("steps", 5, "rate", new LearningRate(0.1, 3, 3, LearningRate.Shape.LINEAR))),
                "no more than");
        refused(() -> parity.with("snapshots", new Snapshots(List.of(20_000L), 0)), "a snapshot after step 20000");
        refused(
                () -> parity.with(
                        "net", new Autoencoder(List.of(2), Activation.RELU, Activation.NONE, true, true, true)),
                "take an mlp");
        refused(() -> LearningRate.constant(0), "expected a rate above 0");
        refused(() -> parity.with("clip", -1), "clipped");
    }

    private static void refused(Executable made, String why) {
        String message = assertThrows(BadInputException.class, made).getMessage();
        assertTrue(message.contains(why), message);
    }

    /// By hand: a warm-up over 4 steps, a fall over the last 4 of 10.
    @Test
    void ratesRiseAndFall() {
        LearningRate linear = new LearningRate(2, 4, 4, LearningRate.Shape.LINEAR);
        LearningRate cosine = new LearningRate(2, 4, 4, LearningRate.Shape.COSINE);
        double[] expected = {0.5, 1, 1.5, 2, 2, 2, 2, 1.5, 1, 0.5};
        for (int step = 0; step < 10; step++) {
            assertEquals(expected[step], linear.at(step, 10), 1e-15);
        }
        assertEquals(1, cosine.at(8, 10), 1e-15);
        assertEquals(1 + Math.sqrt(0.5), cosine.at(7, 10), 1e-15);
        assertEquals(3, LearningRate.constant(3).at(9, 10));
    }

    @Test
    void snapshotsAreSpacedOnALogarithmicAxis() {
        assertEquals(List.of(0L, 1L, 10L, 100L, 1000L), List.copyOf(new Snapshots(List.of(), 4).of(1000)));
        assertEquals(List.of(0L, 7L, 100L), List.copyOf(new Snapshots(List.of(7L), 1).of(100)));
        assertTrue(Snapshots.NONE.of(10).isEmpty());
    }

    @Test
    void sizesBeyondMemoryAreRefusedInASentence() {
        Recipe recipe = Recipe.usual(new ModularAddition(7, 0.8));
        String wide = assertThrows(BadInputException.class, () -> recipe.with("net.hidden", List.of(100_000, 100_000)))
                .getMessage();
        assertTrue(wide.contains("parameters, all instances together; expected at most"), wide);
        String many = assertThrows(BadInputException.class, () -> recipe.with("batch", 1_000_000_000))
                .getMessage();
        assertTrue(many.contains("give a smaller batch"), many);
    }
}

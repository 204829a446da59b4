package cutaway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.descent.Descent;
import cutaway.lab.task.ModularAddition;
import cutaway.lab.task.Superposition;
import cutaway.lab.train.Progress;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.Checkpoint;
import cutaway.tensor.training.LearningRate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabTest {

    @TempDir
    private Path cache;

    private static Recipe toy(Descent descent) {
        return Recipe.usual(new Superposition(5, List.of(0.1), List.of(0.9)))
                .with("batch", 64)
                .with(Map.of("steps", 60, "rate", new LearningRate(1e-2, 5, 20, LearningRate.Shape.COSINE)))
                .with("every", 10)
                .with("clip", 1)
                .with("descent", descent)
                .with("seeds", List.of(0L, 1L))
                .with("snapshots", new Snapshots(List.of(7L), 3));
    }

    private static final Recipe TOY = toy(new Descent.AdamW(0.01));

    @Test
    void whatWasTrainedIsFoundAgain() throws IOException {
        Lab lab = new Lab(cache);
        List<Long> steps = new ArrayList<>();
        List<Long> begun = new ArrayList<>();
        List<Long> made = new ArrayList<>();
        Lab.Listener listener = new Lab.Listener(begun::add, made::add, point -> steps.add(point.step()));
        try (Trained first = lab.train(TOY, listener);
                Trained second = lab.train(TOY, listener)) {
            assertEquals(List.of(0L, 60L), begun);
            assertEquals(LongStream.rangeClosed(1, 60).boxed().toList(), made);
            assertEquals(List.of(1L, 10L, 20L, 30L, 40L, 50L, 60L), steps);
            assertEquals(first.curve(), second.curve());
            assertEquals(steps, first.curve().stream().map(Progress::step).toList());
            assertTrue(first.curve().getLast().mean("test loss")
                    < 0.9 * first.curve().getFirst().mean("test loss"));
            first.parameters()
                    .forEach((name, tensor) -> assertTrue(tensor.bitsEqual(get(second.parameters(), name)), name));
            assertEquals(
                    List.of("encoder.0.weight", "decoder.0.bias").stream()
                            .sorted()
                            .toList(),
                    first.parameters().keySet().stream().sorted().toList());
            assertFalse(Files.exists(first.folder().resolve(Checkpoint.FILE)));
            assertEquals(64, first.folder().getFileName().toString().length());
        }
        assertNotEquals(lab.folder(TOY), lab.folder(TOY.with("clip", 2)));
    }

    private static Tensor get(Map<String, Tensor> parameters, String name) {
        return Objects.requireNonNull(parameters.get(name), name);
    }

    @Test
    void snapshotsAreTheParametersOfTheirSteps() {
        Lab lab = new Lab(cache);
        try (Trained trained = lab.train(TOY, Lab.SILENT);
                Trained shorter = lab.train(
                        TOY.with("snapshots", Snapshots.NONE).with(Map.of("steps", 60, "rate", TOY.rate())),
                        Lab.SILENT)) {
            assertEquals(List.of(0L, 1L, 7L, 8L, 60L), List.copyOf(trained.snapshots()));
            Map<String, Tensor> last = trained.snapshot(60);
            Map<String, Tensor> start = trained.snapshot(0);
            trained.parameters().forEach((name, tensor) -> {
                assertTrue(tensor.bitsEqual(get(last, name)), name);
                assertTrue(tensor.bitsEqual(get(shorter.parameters(), name)), name);
            });
            try (SmallNet fresh = SmallNet.start(TOY)) {
                fresh.parameters().forEach((name, tensor) -> assertTrue(tensor.bitsEqual(get(start, name)), name));
            }
            last.values().forEach(Tensor::close);
            start.values().forEach(Tensor::close);
            assertThrows(BadInputException.class, () -> trained.snapshot(9));
        }
    }

    /// Stopped in the middle by an exception, again and again, for each optimiser.
    @ParameterizedTest
    @ValueSource(strings = {"adamw", "sgd", "sign", "muon"})
    void aStoppedRunEndsWithTheSameBits(String kind) throws IOException {
        Descent descent = switch (kind) {
            case "adamw" -> new Descent.AdamW(0.01);
            case "sgd" -> new Descent.Sgd(0.9, true, 0);
            case "sign" -> new Descent.Sign(0.9, 0);
            default -> new Descent.Muon(0);
        };
        Recipe recipe = toy(descent);
        Lab unbroken = new Lab(cache.resolve("unbroken"));
        Lab broken = new Lab(cache.resolve("broken"));
        unbroken.train(recipe, Lab.SILENT, 7).close();
        for (long stop : new long[] {10, 30, 50}) {
            assertThrows(Stopped.class, () -> broken.train(recipe, stoppingAt(stop), 7));
        }
        broken.train(recipe, Lab.SILENT, 7).close();
        agree(unbroken.folder(recipe), broken.folder(recipe));
    }

    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static Lab.Listener stoppingAt(long step) {
        return new Lab.Listener(_ -> {}, point -> {
            if (point.step() == step) {
                throw new Stopped();
            }
        });
    }

    /// All files but what says how long it took.
    private static void agree(Path one, Path other) throws IOException {
        try (Stream<Path> files = Files.walk(one)) {
            List<Path> all =
                    files.filter(Files::isRegularFile).map(one::relativize).toList();
            assertTrue(all.size() >= 7, all::toString);
            for (Path file : all) {
                if (!file.toString().equals("curve.jsonl")) {
                    assertEquals(-1, Files.mismatch(one.resolve(file), other.resolve(file)), file.toString());
                }
            }
        }
        assertEquals(withoutSeconds(one), withoutSeconds(other));
    }

    private static String withoutSeconds(Path folder) throws IOException {
        return Files.readString(folder.resolve("curve.jsonl")).replaceAll("\"seconds\":[^,}]*", "");
    }

    /// What the other process trains: long enough to be killed in the middle.
    private static final Recipe LONG =
            TOY.with(Map.of("steps", 3000, "rate", LearningRate.constant(1e-3))).with("every", 100);

    /// Run in another process by the test below.
    public static final class Child {
        public static void main(String[] args) {
            new Lab(Path.of(args[0])).train(LONG, Lab.SILENT, 50).close();
        }
    }

    /// Signal 9, which no program can answer.
    @Test
    void aKilledRunEndsWithTheSameBits() throws IOException, InterruptedException {
        Lab broken = new Lab(cache.resolve("broken"));
        Path checkpoint = broken.folder(LONG).resolve(Checkpoint.FILE);
        Path output = cache.resolve("output.txt");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        broken.cache().toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        while (child.isAlive() && !Files.exists(checkpoint)) {
            Thread.sleep(5);
        }
        child.destroyForcibly();
        assertTrue(child.waitFor(60, TimeUnit.SECONDS), "it ends");
        assertTrue(Files.exists(checkpoint), "killed in the middle: " + Files.readString(output));
        List<Long> begun = new ArrayList<>();
        broken.train(LONG, new Lab.Listener(begun::add, _ -> {})).close();
        assertTrue(begun.getFirst() >= 50 && begun.getFirst() < 3000, begun::toString);
        Lab unbroken = new Lab(cache.resolve("unbroken"));
        unbroken.train(LONG, Lab.SILENT).close();
        agree(unbroken.folder(LONG), broken.folder(LONG));
    }

    /// A rate at which weights overflow: the step and the parameter are named, the last good checkpoint is kept.
    @ParameterizedTest
    @ValueSource(doubles = {0, 1})
    void aCollapseIsNamedAndTheLastGoodCheckpointKept(double clip) throws IOException {
        Recipe wild = Recipe.usual(new ModularAddition(7, 0.8))
                .with("descent", new Descent.Sgd(0, false, 0))
                .with("clip", clip)
                .with(Map.of("steps", 1000, "rate", LearningRate.constant(clip == 0 ? 1e6 : 1e30)));
        Lab lab = new Lab(cache);
        String message = assertThrows(BadInputException.class, () -> lab.train(wild, Lab.SILENT, 1))
                .getMessage();
        assertTrue(message.startsWith("training stopped: "), message);
        assertTrue(message.matches(".* step \\d+.*"), message);
        assertTrue(message.contains("weight") || message.contains("bias") || message.contains("the layer "), message);
        assertTrue(message.contains("kept"), message);
        assertFalse(Files.exists(lab.folder(wild).resolve("model.safetensors")));
    }

    @Test
    void aFolderOfAnotherVersionIsRefused() throws IOException {
        Lab lab = new Lab(cache);
        lab.train(TOY, Lab.SILENT).close();
        Path recipe = lab.folder(TOY).resolve("recipe.json");
        Files.writeString(recipe, Files.readString(recipe).replaceFirst("\"format\" : \\d+", "\"format\" : 99"));
        String message = assertThrows(BadInputException.class, () -> lab.train(TOY, Lab.SILENT))
                .getMessage();
        assertTrue(
                message.contains("was written by another version of the lab (format 99, this one writes 1); remove"));
    }

    /// What was changed or cut off is never opened as if it were whole, and the way out is said.
    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "curve.jsonl", "recipe.json"})
    void aDamagedFolderIsRefused(String name) throws IOException {
        Lab lab = new Lab(cache);
        lab.train(TOY, Lab.SILENT).close();
        Files.writeString(lab.folder(TOY).resolve(name), "");
        String message = assertThrows(BadInputException.class, () -> lab.train(TOY, Lab.SILENT))
                .getMessage();
        assertTrue(message.contains("is damaged (" + name), message);
        assertTrue(message.endsWith("remove that folder to train the recipe again."), message);
    }

    /// Of a curve that lost its end, an earlier point would be taken for the result.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 30, 500})
    void aCurveThatLostItsEndIsRefused(int lost) throws IOException {
        Lab lab = new Lab(cache);
        lab.train(TOY, Lab.SILENT).close();
        Path curve = lab.folder(TOY).resolve("curve.jsonl");
        byte[] whole = Files.readAllBytes(curve);
        Files.write(curve, Arrays.copyOf(whole, whole.length - lost));
        refusedAsDamaged(lab, "curve.jsonl has lost its end");
        List<String> lines = Files.readAllLines(curve);
        Files.write(curve, lines.subList(0, lines.size() - 1)); // between two lines
        refusedAsDamaged(lab, "curve.jsonl has lost its end");
        Files.write(curve, whole);
        lab.train(TOY, Lab.SILENT).close();
    }

    private static void refusedAsDamaged(Lab lab, String what) {
        String message = assertThrows(BadInputException.class, () -> lab.train(TOY, Lab.SILENT))
                .getMessage();
        assertTrue(message.contains("is damaged (" + what + "); remove that folder to train"), message);
    }

    @Test
    void aRecipeThatWasChangedIsRefused() throws IOException {
        Lab lab = new Lab(cache);
        lab.train(TOY, Lab.SILENT).close();
        Path recipe = lab.folder(TOY).resolve("recipe.json");
        Files.writeString(recipe, Files.readString(recipe).replaceFirst("\"steps\" : \\d+", "\"steps\" : 1"));
        String message = assertThrows(BadInputException.class, () -> lab.train(TOY, Lab.SILENT))
                .getMessage();
        assertTrue(message.contains("it was changed"), message);
    }

    /// At a rate that overflows in the first step there is no state to go on from: none is kept.
    @Test
    void aStateWhoseLossIsNotFiniteIsNotKept() {
        Lab lab = new Lab(cache);
        Recipe wild = TOY.with(Map.of("rate.rate", 1e30));
        String message = assertThrows(BadInputException.class, () -> lab.train(wild, Lab.SILENT))
                .getMessage();
        assertTrue(message.matches(".* became (NaN|Infinity) at step 1: .*"), message);
        Path folder = lab.folder(wild);
        assertTrue(
                message.contains("no checkpoint had been written to go on from; the curve until then is kept in "
                        + folder + "; snapshots were kept after step 0. Lower"),
                message);
        assertTrue(Files.exists(folder.resolve("curve.jsonl")));
        assertTrue(Files.exists(folder.resolve("snapshots/step-0.safetensors")));
        assertFalse(Files.exists(lab.folder(wild).resolve("checkpoint.safetensors")));
    }

    /// A rate beyond what float32 holds: the first step makes infinities, which the snapshot after it finds.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aParameterThatBreaksIsNamedWithItsStepAndInstance(int instances) {
        Recipe wild = TOY.with("seeds", instances == 1 ? List.of(0L) : List.of(0L, 1L))
                .with("snapshots", new Snapshots(List.of(0L, 1L, 2L), 0))
                .with("clip", 0)
                .with(Map.of("rate", LearningRate.constant(1e39)));
        String message = assertThrows(BadInputException.class, () -> new Lab(cache).train(wild, Lab.SILENT))
                .getMessage();
        String of = instances == 1 ? "" : " of instance 0";
        assertTrue(message.contains("weight" + of + " is not finite after step 1; no checkpoint"), message);
        assertTrue(message.contains("snapshots were kept after step 0. Lower"), message);
    }

    @Test
    void oneRecipeIsNotTrainedTwiceAtATime() {
        Lab lab = new Lab(cache);
        Lab.Listener nested =
                new Lab.Listener(_ -> {}, _ -> lab.train(TOY, Lab.SILENT).close());
        assertTrue(assertThrows(BadInputException.class, () -> lab.train(TOY, nested))
                .getMessage()
                .contains("is being trained by another process"));
    }

    /// A run makes and frees: nothing native is left but what the model holds.
    @Test
    void nothingIsLeftBehind() {
        Lab lab = new Lab(cache);
        lab.train(TOY, Lab.SILENT).close();
        long before = Tensor.live();
        lab.train(TOY.with("clip", 3), Lab.SILENT).close();
        assertEquals(before, Tensor.live());
    }
}

package cutaway.lab;

import cutaway.lab.descent.Descent;
import cutaway.lab.head.Head;
import cutaway.lab.head.Loss;
import cutaway.lab.net.Activation;
import cutaway.lab.net.Autoencoder;
import cutaway.lab.net.ConvolutionNet;
import cutaway.lab.net.Input;
import cutaway.lab.net.Mlp;
import cutaway.lab.net.Net;
import cutaway.lab.net.Start;
import cutaway.lab.net.TransformerNet;
import cutaway.lab.net.VisionTransformer;
import cutaway.lab.task.Addition;
import cutaway.lab.task.Brackets;
import cutaway.lab.task.Clauses;
import cutaway.lab.task.Digits;
import cutaway.lab.task.Equivalence;
import cutaway.lab.task.FamilyTree;
import cutaway.lab.task.GraphTracing;
import cutaway.lab.task.KnowledgeGraph;
import cutaway.lab.task.Lattice;
import cutaway.lab.task.ModularAddition;
import cutaway.lab.task.Multiplication;
import cutaway.lab.task.Order;
import cutaway.lab.task.Othello;
import cutaway.lab.task.Permutations;
import cutaway.lab.task.Shapes;
import cutaway.lab.task.Skills;
import cutaway.lab.task.SparseParity;
import cutaway.lab.task.Spheres;
import cutaway.lab.task.Stories;
import cutaway.lab.task.Strip;
import cutaway.lab.task.Sums;
import cutaway.lab.task.Superposition;
import cutaway.lab.task.Task;
import cutaway.tensor.BadInputException;
import cutaway.tensor.training.LearningRate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What each task is trained by where nothing else is said.
public final class Usual {

    private static final Start XAVIER = new Start(Start.Kind.XAVIER, 1);
    private static final Start HE = new Start(Start.Kind.HE, 1);
    private static final Start FAN_IN = new Start(Start.Kind.FAN_IN, 1);

    /// A small start: from a large one, what is learned by heart stays.
    private static final Start SMALL = new Start(Start.Kind.FAN_IN, 0.25);

    private static final Start GPT = new Start(Start.Kind.NORMAL, 0.02);

    private static final Net TOY = new Autoencoder(List.of(2), Activation.NONE, Activation.RELU, true, false, true);
    private static final Net IMAGES = new ConvolutionNet(List.of(8, 16), 3, 2, true, Activation.RELU, true);

    private Usual() {}

    /// A task of each kind, with its usual settings.
    public static List<Task> tasks() {
        return List.of(
                new Superposition(5, List.of(1.0, 0.3, 0.1, 0.03, 0.01), List.of(0.9)),
                new Clauses(32, 8, 4, false),
                new ModularAddition(31, 0.8),
                new Addition(0.7),
                new Sums(0.7),
                new Lattice(5, 0.8),
                new Order(30, 0.8),
                new FamilyTree(127, 0.8),
                new Equivalence(40, 5, 0.8),
                new Permutations(4, 0.8),
                new Strip(32, 2, 10, 3),
                new SparseParity(32, 3),
                new Spheres(60, 1.3, 0),
                new Shapes(16, 0.1),
                new Digits(0.8),
                new Skills(20, 32, 3, 1),
                new KnowledgeGraph(
                        60,
                        List.of(
                                KnowledgeGraph.Relation.EQUAL,
                                KnowledgeGraph.Relation.BEFORE,
                                KnowledgeGraph.Relation.ANCESTOR),
                        6,
                        0.75),
                new Brackets(16, false),
                new GraphTracing(GraphTracing.Kind.RING, 8, 32, 64),
                new Multiplication(2, 0.9),
                new Stories(64),
                new Othello(6));
    }

    /// The task of a name.
    ///
    /// @throws BadInputException naming all, when there is none
    public static Task task(String name) {
        return tasks().stream()
                .filter(task -> task.name().equals(name.replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new BadInputException("no task \"" + name + "\"; known: "
                        + tasks().stream().map(Task::name).collect(Collectors.joining(", ")) + "."));
    }

    /// What a net of a kind usually is, for a task that is usually trained by another.
    ///
    /// @param kind as recipes say it
    /// @return none where there is no such kind
    static Optional<Net> net(String kind, Task task) {
        return Optional.ofNullable(
                switch (kind) {
                    case "mlp" ->
                        task.input() instanceof Input.Tokens
                                ? new Mlp(List.of(100), Activation.RELU, true, 16, false)
                                : relu(128);
                    case "convolution" -> IMAGES;
                    case "autoencoder" -> TOY;
                    case "transformer" -> TransformerNet.usual(2, 64, 4);
                    case "vision" -> new VisionTransformer(4, 2, 64, 4);
                    default -> null;
                });
    }

    static Recipe recipe(Task task) {
        return switch (task) {
            case Superposition _ -> recipe(task, TOY, Loss.MSE, XAVIER, 1024, 10_000, 0);
            case Clauses _ -> recipe(task, relu(32), Loss.LOGISTIC, HE, 512, 5000, 0);
            case ModularAddition _, Order _, FamilyTree _, Equivalence _, Permutations _ -> tied(task, 0);
            case Lattice _ -> tied(task, 800);
            case Addition _ ->
                recipe(
                        task,
                        new Mlp(List.of(256), Activation.RELU, true, 64, false),
                        Loss.CROSS_ENTROPY,
                        FAN_IN,
                        1000,
                        5000,
                        0.1);
            case Strip _ -> recipe(task, relu(64), Loss.LOGISTIC, HE, 256, 10_000, 0);
            case SparseParity _ -> recipe(task, relu(128), Loss.LOGISTIC, HE, 256, 10_000, 0);
            case Spheres _ -> recipe(task, relu(256, 256), Loss.LOGISTIC, HE, 256, 5000, 0);
            case Shapes _ -> recipe(task, IMAGES, Loss.CROSS_ENTROPY, HE, 128, 1000, 0);
            case Digits _ -> recipe(task, relu(64), Loss.CROSS_ENTROPY, HE, 128, 1000, 0.01);
            case Skills _ -> recipe(task, relu(128), Loss.LOGISTIC, HE, 512, 10_000, 0);
            case KnowledgeGraph _ ->
                recipe(
                        task,
                        new Mlp(List.of(64), Activation.RELU, true, 16, false),
                        Loss.LOGISTIC,
                        FAN_IN,
                        1000,
                        5000,
                        0.1);
            case Sums _ ->
                sequences(task, TransformerNet.usual(2, 64, 4), 500, 2500, 0.1)
                        .with("rate", new LearningRate(3e-3, 100, 1250, LearningRate.Shape.COSINE));
            case Brackets _ -> sequences(task, TransformerNet.usual(2, 32, 4), 128, 2000, 0.01);
            case GraphTracing _ -> sequences(task, TransformerNet.usual(2, 64, 4), 64, 3000, 0.01);
            case Multiplication _ -> sequences(task, TransformerNet.usual(2, 128, 4), 256, 5000, 0.01);
            case Stories _ -> sequences(task, TransformerNet.usual(3, 96, 6), 64, 2000, 0.01);
            case Othello _ -> sequences(task, TransformerNet.usual(3, 96, 6), 128, 3000, 0.01);
        };
    }

    /// Transformers begin small, as GPT-2 does, warm up, and slow down at the end.
    private static Recipe sequences(Task task, TransformerNet net, int batch, long steps, double weightDecay) {
        Recipe base = recipe(task, net, Loss.CROSS_ENTROPY, GPT, batch, steps, weightDecay);
        return base.with("rate", new LearningRate(2e-3, 100, steps / 2, LearningRate.Shape.COSINE))
                .with("clip", 1.0);
    }

    /// The MLP of harmonic loss (arXiv:2502.01628): the head's rows are the embeddings, whose size is penalised.
    private static Recipe tied(Task task, int batch) {
        return recipe(
                        task,
                        new Mlp(List.of(100), Activation.RELU, true, 16, true),
                        Loss.CROSS_ENTROPY,
                        SMALL,
                        batch,
                        3000,
                        0.01)
                .with(Map.of("embeddingPenalty", 0.01, "rate.rate", 2e-3));
    }

    private static Mlp relu(Integer... hidden) {
        return new Mlp(List.of(hidden), Activation.RELU);
    }

    private static Recipe recipe(
            Task task, Net net, Loss loss, Start start, int batch, long steps, double weightDecay) {
        return new Recipe(
                task,
                net,
                new Head.Linear(),
                loss,
                0,
                start,
                new Descent.AdamW(weightDecay),
                LearningRate.constant(1e-3),
                steps,
                batch,
                0,
                List.of(0L),
                Precision.FLOAT32,
                Math.max(1, steps / 100),
                Snapshots.NONE);
    }
}

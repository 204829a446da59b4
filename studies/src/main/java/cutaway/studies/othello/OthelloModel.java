package cutaway.studies.othello;

import cutaway.lab.OpenModel;
import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.lab.net.Tap;
import cutaway.lab.net.TransformerNet;
import cutaway.lab.task.Othello;
import cutaway.model.Model;
import cutaway.studies.Size;
import cutaway.studies.StudyRun;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The transformer that was trained on games, and the same one at its start, which knows nothing.
final class OthelloModel implements AutoCloseable {

    static final Othello TASK = new Othello(6);

    /// How long a model was trained.
    enum Training {
        /// 3 layers of 96, on 384,000 games.
        SHORT,
        /// 4 layers of 128, on 1.5 million games: hours of a CPU. One such model comes with Cutaway, for all seeds.
        LONG
    }

    /// Of the one that has fewest.
    static final int LAYERS = ((TransformerNet) recipe(Training.SHORT).net()).layers();

    private static final int BATCH = 128;
    private static final long UNTRAINED = 1_000_000;

    private final Trained trained;
    private final Map<String, Tensor> atStart;

    private OthelloModel(Trained trained, Map<String, Tensor> atStart) {
        this.trained = trained;
        this.atStart = atStart;
    }

    /// @param seed of the short training in a full run; the other sizes open the one that is shipped
    static OthelloModel open(StudyRun run, Training training, long seed) {
        boolean isOfSeed = training == Training.SHORT && run.size() == Size.FULL;
        Recipe recipe = isOfSeed ? recipe(training).with("seeds", List.of(seed)) : recipe(training);
        String length = training == Training.LONG ? ", for long" : "";
        Trained trained = run.train("Othello on a board of 6" + length, recipe);
        Map<String, Tensor> atStart =
                recipe.start().tensors(recipe.net().parameters(TASK.input()), List.of(UNTRAINED + seed), Dtype.F32);
        return new OthelloModel(trained, atStart);
    }

    /// `cutaway lab train othello --every 100`; the long one with `--with net.layers=4 --with net.dModel=128
    /// --with net.heads=8 --with net.dHead=16 --with net.dMlp=512 --rate 0.0015 --warm-up 200 --shape cosine
    /// --decay 6000 --steps 12000` besides.
    static Recipe recipe(Training training) {
        Recipe usual = Recipe.usual(TASK).with("every", 100);
        return switch (training) {
            case SHORT -> usual;
            case LONG ->
                usual.with(Map.of(
                        "net.layers", 4,
                        "net.dModel", 128,
                        "net.heads", 8,
                        "net.dHead", 16,
                        "net.dMlp", 512,
                        "rate.rate", 0.0015,
                        "rate.warmUp", 200,
                        "rate.shape", "cosine",
                        "rate.decay", 6000,
                        "steps", 12_000));
        };
    }

    int layers() {
        return ((TransformerNet) trained.recipe().net()).layers();
    }

    /// The residual stream after each block, `[game * pos, d]` each.
    ///
    /// @param isTrained whether of the trained model
    List<Tensor> states(Games games, boolean isTrained) {
        return Scope.keepAll(() -> {
            Tensor tokens = games.tokens();
            List<List<Tensor>> parts = new ArrayList<>();
            for (int layer = 0; layer < layers(); layer++) {
                parts.add(new ArrayList<>());
            }
            for (int from = 0; from < games.count(); from += BATCH) {
                Tensor some = tokens.slice(1, from, Math.min(games.count(), from + BATCH));
                trained.outputs(isTrained ? trained.parameters() : atStart, some, (name, value) -> {
                    if (name.endsWith(".resid_post")) {
                        Tensor rows = value.reshape(-1, value.dim(-1)).copy();
                        parts.get(layer(name)).add(Scope.detach(rows)); // the pass frees its own
                    }
                    return value;
                });
            }
            List<Tensor> whole = parts.stream().map(part -> Tensor.cat(part, 0)).toList();
            parts.forEach(part -> part.forEach(Tensor::close));
            return whole;
        });
    }

    static int layer(String name) {
        return Integer.parseInt(name.substring("blocks.".length(), name.indexOf('.', "blocks.".length())));
    }

    /// The residual stream before the first block, `[game * pos, d]`: the moves' embeddings and their places alone.
    Tensor embedded(Games games) {
        return Scope.keep(() -> {
            Tensor[] seen = new Tensor[1];
            trained.outputs(games.tokens(), (name, value) -> {
                if (name.equals("blocks.0.resid_pre")) {
                    seen[0] = Scope.detach(value.reshape(-1, value.dim(-1)).copy()); // the pass frees its own
                }
                return value;
            });
            return seen[0].alias();
        });
    }

    /// The same net as a model that any tool takes, the caller's to close.
    ///
    /// @param isTrained whether after its training
    Model opened(boolean isTrained) {
        return OpenModel.open(trained, 0, isTrained ? trained.parameters() : atStart);
    }

    /// Logits after some games, `[game, pos, token]`.
    Tensor logits(Tensor tokens, Tap tap) {
        return Scope.keep(() -> trained.outputs(tokens, tap).squeeze(0));
    }

    /// Nats and accuracies of its training, for the notes.
    Trained trained() {
        return trained;
    }

    @Override
    public void close() {
        trained.close();
        atStart.values().forEach(Tensor::close);
    }
}

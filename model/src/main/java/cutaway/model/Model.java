package cutaway.model;

import cutaway.model.family.Family;
import cutaway.model.family.GgufWeights;
import cutaway.model.family.SafetensorsWeights;
import cutaway.model.family.Settings;
import cutaway.model.family.Unlisted;
import cutaway.model.family.Weights;
import cutaway.model.gguf.GgufFile;
import cutaway.model.parts.Pass;
import cutaway.model.parts.Past;
import cutaway.model.parts.Tap;
import cutaway.model.parts.Transformer;
import cutaway.model.tokenizer.Encoding;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.model.weights.WeightMemory;
import cutaway.model.weights.WeightOptions;
import cutaway.tensor.BadInputException;
import cutaway.tensor.RegularFile;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A transformer opened from its own file: weights, tokenizer, forward pass.
///
/// It owns native memory until it is closed. Running it changes nothing in it; experiments go through a [Tap].
public final class Model implements AutoCloseable {

    private final Path path;
    private final String family;
    private final Optional<Family> listed;
    private final Transformer transformer;
    private final Sizes sizes;
    private final Weights weights;
    private final Optional<Tokenizer> tokenizer;
    private final List<String> notes;

    private Model(
            Path path,
            String family,
            Optional<Family> listed,
            Family.Built built,
            Weights weights,
            Optional<Tokenizer> tokenizer,
            List<String> notes) {
        this.path = path;
        this.family = family;
        this.listed = listed;
        this.transformer = built.transformer();
        this.sizes = Sizes.of(built);
        this.weights = weights;
        this.tokenizer = tokenizer;
        this.notes = notes;
    }

    /// Opens a GGUF file, or a Hugging Face folder with config.json and safetensors.
    ///
    /// @throws BadInputException when it is neither, is damaged, or states something that Cutaway does not
    ///     understand
    public static Model open(Path path) {
        return open(path, WeightOptions.USUAL);
    }

    /// As [#open(Path)], with another arithmetic or budget.
    public static Model open(Path path, WeightOptions options) {
        if (!Files.exists(path)) {
            throw new BadInputException(
                    "there is no file or folder " + path + "; give a GGUF file or a Hugging Face folder.");
        }
        WeightMemory memory = new WeightMemory(options.arithmetic(), options.memory());
        return Files.isDirectory(path) ? openFolder(path, memory) : openGguf(path, memory);
    }

    /// What to give in place of a folder that is no model.
    private static String instead(Path folder) {
        List<String> inside;
        try (Stream<Path> files = Files.list(folder)) {
            inside = files.filter(file -> Files.exists(file.resolve("config.json")))
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            inside = List.of();
        }
        if (!inside.isEmpty()) {
            return "there are models inside it, " + String.join(", ", inside) + ": give one of these.";
        }
        if (isSpherical(folder.resolve("recipe.json"))) {
            return "it is a training of the lab with a spherical head, which no file of a model says: read it in Java"
                    + " (cutaway.lab), or train it with --head linear or harmonic:N.";
        }
        return Files.exists(folder.resolve("recipe.json"))
                ? "it is a training of the lab whose net is no language model: cutaway codes reads it, and Java"
                        + " (cutaway.lab)."
                : "give a Hugging Face folder with config.json and safetensors, or a GGUF file.";
    }

    /// Whether a recipe of the lab is of a transformer whose head reads directions alone.
    private static boolean isSpherical(Path recipe) {
        try {
            JsonNode said = JsonMapper.shared().readTree(Files.readString(recipe));
            return said.path("net").path("kind").asString("").equals("transformer")
                    && said.path("head").path("kind").asString("").equals("spherical");
        } catch (IOException | JacksonException e) {
            return false;
        }
    }

    private static Model openFolder(Path folder, WeightMemory memory) {
        Path config = folder.resolve("config.json");
        if (!Files.exists(config)) {
            throw new BadInputException(folder + " holds no config.json; " + instead(folder));
        }
        RegularFile.check(config, "a model's config.json");
        Settings settings = Settings.ofJson(config);
        String modelType = settings.string("model_type");
        Optional<Family> family = Family.listed(modelType);
        return build(new SafetensorsWeights(folder, memory), weights -> {
            if (family.isEmpty()) {
                Family.Built built = Unlisted.open(modelType, settings, weights);
                List<String> notes = List.of(Unlisted.note(modelType, settings));
                return new Model(folder, modelType, family, built, weights, tokenizer(folder), notes);
            }
            Family.Built built = family.get().fromHuggingFace(settings, weights);
            weights.finish();
            return new Model(folder, family.get().name(), family, built, weights, tokenizer(folder), notes(built));
        });
    }

    private static List<String> notes(Family.Built built) {
        return built.transformer().hasReadout()
                ? List.of()
                : List.of("the model has no head that predicts tokens: what needs logits is refused.");
    }

    private static Optional<Tokenizer> tokenizer(Path folder) {
        return Files.exists(folder.resolve("tokenizer.json"))
                ? Optional.of(Tokenizer.ofJson(folder))
                : Optional.empty();
    }

    private static Model openGguf(Path path, WeightMemory memory) {
        GgufFile file = GgufFile.open(path);
        return build(new GgufWeights(file, memory), weights -> {
            String architecture = file.metadata().string("general.architecture");
            Family family = Family.ALL.stream()
                    .filter(known -> known.name().equals(architecture))
                    .findFirst()
                    .orElseThrow(() -> unknown(path, architecture));
            Family.Built built = family.fromGguf(Settings.ofGguf(path, file.metadata()), weights);
            weights.finish();
            Optional<Tokenizer> tokenizer =
                    file.metadata().has("tokenizer.ggml.model") ? Optional.of(Tokenizer.of(file)) : Optional.empty();
            return new Model(path, family.name(), Optional.of(family), built, weights, tokenizer, List.of());
        });
    }

    /// The weights' file stays open with the model; where there is to be none, it is closed.
    private static Model build(Weights weights, Function<Weights, Model> model) {
        try (Scope scope = Scope.open()) {
            return model.apply(weights);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static BadInputException unknown(Path path, String architecture) {
        return new BadInputException(path + " says general.architecture = \"" + architecture
                + "\"; Cutaway knows the families " + String.join(", ", Family.names()) + " so far.");
    }

    /// The file or folder it was opened from.
    public Path path() {
        return path;
    }

    /// SHA-256 of the file; of a folder, of its config.json and safetensors one after another, in the order of
    /// their names.
    public String sha256() {
        return Fingerprint.of(path);
    }

    /// Its family, such as `llama`.
    public String family() {
        return family;
    }

    /// The family that reads its files; none for a folder whose `model_type` is on no family's list.
    public Optional<Family> listed() {
        return listed;
    }

    /// The shape of every weight that its file holds, as it is stored there.
    public Map<String, Shape> storedShapes() {
        return weights.shapes();
    }

    /// What a user is to know before trusting it; empty for a model of a listed family.
    public List<String> notes() {
        return notes;
    }

    public Sizes sizes() {
        return sizes;
    }

    public Transformer transformer() {
        return transformer;
    }

    /// Whether the file came with a tokenizer.
    public boolean hasTokenizer() {
        return tokenizer.isPresent();
    }

    /// @throws BadInputException when the file came without one
    public Tokenizer tokenizer() {
        return tokenizer.orElseThrow(() -> new BadInputException(
                path + " holds no tokenizer; put its tokenizer.json beside config.json, or work with token ids."));
    }

    /// Token ids of a prompt, with what the model's own recipe puts before a text (BOS, where it was trained with
    /// one).
    ///
    /// @throws BadInputException when the prompt is empty, too long for the context, or there is no tokenizer
    public Encoding encode(String prompt) {
        if (prompt.isEmpty()) {
            throw new BadInputException("the prompt is empty; give some text.");
        }
        Encoding encoding = tokenizer().encode(prompt).after(tokenizer().before(), tokenizer()::token);
        check(Batch.of(encoding.ids()));
        return encoding;
    }

    /// Next-token logits of one prompt in nats, `[pos, vocab]`.
    public Tensor logits(int... ids) {
        return Scope.keep(() -> forward(Batch.of(ids), Tap.NONE).squeeze(0).alias());
    }

    /// Next-token logits in nats, `[batch, pos, vocab]`.
    ///
    /// @throws BadInputException when the prompts are longer than the context, or an id is outside of the
    ///     vocabulary
    public Tensor forward(Batch batch, Tap tap) {
        return Scope.keep(() -> transformer.unembed(residual(batch, tap), tap));
    }

    /// Residual stream after the last block, `[batch, pos, dModel]`.
    public Tensor residual(Batch batch, Tap tap) {
        return residual(batch, tap, Past.NONE);
    }

    /// Residual stream after the last block at the last position of prompts of one length, `[batch, 1, dModel]`, as
    /// [Transformer#toLast] computes it.
    public Tensor lastResidual(Batch batch, Tap tap) {
        check(batch);
        return Scope.keep(() -> {
            Tensor positions = batch.positions();
            Pass pass = transformer.pass(positions, batch.blocked(sizes.isCausal()), Past.NONE);
            return transformer.toLast(transformer.embed(batch.idTensor(), positions, tap), 0, pass, tap);
        });
    }

    /// As [#residual(Batch, Tap)]; the keys and values of every layer are offered to `past`, which must be empty.
    public Tensor residual(Batch batch, Tap tap, Past past) {
        check(batch);
        return Scope.keep(() -> {
            Tensor positions = batch.positions();
            Pass pass = transformer.pass(positions, batch.blocked(sizes.isCausal()), past);
            Tensor embedded = transformer.embed(batch.idTensor(), positions, tap);
            return transformer.blocks(embedded, 0, sizes.layers(), pass, tap);
        });
    }

    /// Residual stream, after the last block, of tokens that follow those in the cache: `[1, pos, dModel]`. They
    /// join it.
    ///
    /// @throws BadInputException when they do not fit into the context with what is before them
    public Tensor residual(int[] ids, Tap tap, Past.Cache cache) {
        Batch batch = Batch.of(ids);
        check(batch);
        long first = cache.length();
        if (first + ids.length > sizes.context()) {
            throw new BadInputException(ids.length + " tokens after " + first
                    + " others do not fit into the model's context of " + sizes.context() + ".");
        }
        return Scope.keep(() -> {
            Tensor positions = Tensor.range(first, first + ids.length).unsqueeze(0);
            Pass pass = transformer.pass(positions, batch.blockedAfter(first), cache);
            Tensor embedded = transformer.embed(batch.idTensor(), positions, tap);
            Tensor residual = transformer.blocks(embedded, 0, sizes.layers(), pass, tap);
            cache.advance(ids.length);
            return residual;
        });
    }

    /// @throws BadInputException when the prompts are longer than the context, or an id is outside of the
    ///     vocabulary
    public void check(Batch batch) {
        if (batch.length() > sizes.context()) {
            throw new BadInputException("the prompt has " + batch.length() + " tokens; the model's context is "
                    + sizes.context() + ": shorten it.");
        }
        for (int[] row : batch.ids()) {
            for (int id : row) {
                if (id < 0 || id >= sizes.vocab()) {
                    throw new BadInputException("token id " + id + " is outside of the vocabulary; ids run from 0 to "
                            + (sizes.vocab() - 1) + ".");
                }
            }
        }
    }

    @Override
    public void close() {
        weights.close();
        tokenizer.ifPresent(Tokenizer::close);
    }
}

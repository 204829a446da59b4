package cutaway.model.export;

import cutaway.model.Model;
import cutaway.model.family.Family;
import cutaway.model.family.RecordedWeights;
import cutaway.model.family.RecordedWeights.Place;
import cutaway.model.family.Settings;
import cutaway.model.family.Unlisted;
import cutaway.model.family.Weights;
import cutaway.model.parts.Transformer;
import cutaway.model.weights.DenseMatrix;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a file of a model is to hold: found by having the family read a file that is not there yet.
///
/// The family is given a draft of all settings that follow from the model's parts, under the names of all families, and
/// weights that record instead of reading. What it builds from them must compute what the model computes; the settings
/// that it read are those that its file needs, and where it looked for each weight is where that weight goes. So export
/// and reading cannot drift apart, and what the form cannot say is found before anything is written.
///
/// @param family whose file it is to be; of an unlisted model its `model_type`
/// @param settings under the file's own names
/// @param numbers tensors of rotary divisors, which are no weights of the model
record Plan(
        String family, Map<String, @Nullable Object> settings, Map<String, double[]> numbers, List<Weight> weights) {

    /// A weight of the file.
    ///
    /// @param parts of the model that its rows are of
    record Weight(String name, Shape shape, List<Part> parts) {
        /// Whether it may be stored in blocks.
        boolean isMatrix() {
            return parts.stream().allMatch(part -> part.slot instanceof Slot.OfMatrix);
        }
    }

    /// @param name of the part
    record Part(String name, Slot slot, Place place) {}

    /// @param dtype that the weights are written in, as transformers calls it
    static Plan forFolder(Model model, String dtype) {
        Facts facts = Facts.of(model);
        Attempt attempt = model.listed()
                .map(family -> attempt(
                        facts,
                        HubSettings.of(family, facts, dtype),
                        new RecordedWeights(Map.of(), family.marks(), Map.of()),
                        Reader.folder(family)))
                .orElseGet(() -> attempt(
                        facts,
                        SourceSettings.of(model.path(), dtype),
                        new RecordedWeights(model.storedShapes(), Set.of(), Map.of()),
                        Reader.unlisted(model.family())));
        return attempt.orRefused("a Hugging Face folder");
    }

    static Plan forGguf(Model model) {
        Family family = model.listed().orElseThrow(() -> noGguf(model.family())).inGguf();
        Facts facts = Facts.of(model);
        Map<String, Shape> shapes = new HashMap<>();
        shapes.put("token_embd.weight", new Shape(facts.vocab(), facts.dModel()));
        shapes.put("blk.0.ffn_down.weight", new Shape(facts.dModel(), facts.dMlp()));
        if (!facts.isTied()) {
            shapes.put("output.weight", new Shape(facts.vocab(), facts.dModel()));
        }
        Map<String, double[]> divisors = GgufSettings.divisors(facts);
        Attempt usual = gguf(family, facts, shapes, divisors, false);
        return usual.lost.isEmpty()
                ? usual.plan
                : gguf(family, facts, shapes, divisors, true).orRefused("a GGUF file");
    }

    private static Attempt gguf(
            Family family, Facts facts, Map<String, Shape> shapes, Map<String, double[]> divisors, boolean rare) {
        return attempt(
                facts,
                GgufSettings.of(family, facts, rare),
                new RecordedWeights(shapes, family.marks(), divisors),
                new Reader(family.name(), family::fromGguf));
    }

    private static BadInputException noGguf(String modelType) {
        String written = Family.ALL.stream()
                .filter(family -> family.className().endsWith("ForCausalLM")) // an encoder's are not read
                .map(Family::name)
                .collect(Collectors.joining(", "));
        return new BadInputException("model_type \"" + modelType + "\" is not on Cutaway's list of families, so its"
                + " names in GGUF are not known; expected one of " + written
                + ": write it as a folder with cutaway export hf.");
    }

    /// What makes a model of the settings and weights of a file.
    ///
    /// @param family its name
    private record Reader(String family, BiFunction<Settings, Weights, Family.Built> built) {
        static Reader folder(Family family) {
            return new Reader(family.name(), family::fromHuggingFace);
        }

        static Reader unlisted(String modelType) {
            return new Reader(modelType, (settings, weights) -> Unlisted.open(modelType, settings, weights));
        }
    }

    /// @param lost what the file would not say
    private record Attempt(Plan plan, Optional<String> lost) {
        Plan orRefused(String form) {
            if (lost.isPresent()) {
                throw new BadInputException(form + " of the family " + plan.family
                        + " cannot say what this model computes: " + lost.get()
                        + ", which is what it would be read as. Nothing was written.");
            }
            return plan;
        }
    }

    private static Attempt attempt(
            Facts facts, Map<String, @Nullable Object> draft, RecordedWeights recorded, Reader reader) {
        try (Scope scope = Scope.open()) {
            Settings settings = Settings.draft("the draft of the settings", draft);
            Family.Built built = reader.built.apply(settings, recorded);
            Optional<String> lost = Difference.between(facts.transformer(), built.transformer(), facts.context());
            Map<String, @Nullable Object> kept = new LinkedHashMap<>(settings.understood());
            List<Weight> weights = lost.isPresent()
                    ? List.of()
                    : weights(facts.transformer(), built.transformer(), recorded, reader.family);
            return new Attempt(new Plan(reader.family, kept, recorded.numbers(), weights), lost);
        }
    }

    private static List<Weight> weights(
            Transformer model, Transformer recorded, RecordedWeights places, String family) {
        Map<String, Slot> wanted = Slot.of(recorded);
        Map<String, Slot> present = Slot.of(model);
        for (String name : wanted.keySet()) {
            if (!present.containsKey(name) && !name.startsWith("the bias of ")) {
                throw new BadInputException("the model has no " + name.substring("the ".length())
                        + ", which files of the family " + family + " need; it cannot be written as one.");
            }
        }
        Map<String, List<Part>> parts = new LinkedHashMap<>();
        present.forEach((name, slot) -> {
            Place place = switch (wanted.get(name)) {
                case Slot.OfMatrix(DenseMatrix(var placeholder)) -> places.placeOf(placeholder);
                case Slot.OfMatrix(var other) -> throw new IllegalStateException("recorded: " + other);
                case Slot.OfTensor(var tensor) -> places.placeOf(tensor);
                case null ->
                    throw new BadInputException("files of the family " + family + " have no place for " + name
                            + "; the model cannot be written as one.");
            };
            parts.computeIfAbsent(place.name(), key -> new ArrayList<>()).add(new Part(name, slot, place));
        });
        List<Weight> weights = new ArrayList<>();
        parts.forEach((name, all) -> {
            Weight weight = new Weight(name, all.getFirst().place.stored(), List.copyOf(all));
            check(weight);
            weights.add(weight);
        });
        return weights;
    }

    /// Every row of a weight is to come from some part of the model.
    private static void check(Weight weight) {
        long filled = 0;
        for (Part part : weight.parts) {
            filled += part.slot.shape().count();
        }
        if (filled != weight.shape.count()) {
            String given =
                    String.join(", ", weight.parts.stream().map(Part::name).toList());
            throw new BadInputException("the model has " + given + ", which fill " + filled + " of the "
                    + weight.shape.count() + " numbers of " + weight.name + " in a file of this kind; it cannot be"
                    + " written as one.");
        }
    }
}

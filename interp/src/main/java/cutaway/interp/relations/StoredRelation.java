package cutaway.interp.relations;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.relations.Relation.Prompt;
import cutaway.interp.relations.Relation.Sample;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A relation that was fitted, with what it takes to use it: read any token through it, or give a subject the object
/// of another. In a file it is two tensors, `weight` and `bias`, and the rest as JSON in the metadata `relation`.
///
/// @param about what is in the metadata
/// @param map the affine map
public record StoredRelation(About about, LinearRelation map) {

    private static final String KEY = "relation";

    /// @param template with `{}` for the subject
    /// @param shown the facts that were shown before each prompt
    /// @param model the file or folder of the model that it is of
    /// @param rank of the map turned round
    /// @param faithfulness share of held-out facts on which it gives the model's token
    public record About(
            String name,
            String template,
            List<Sample> shown,
            String model,
            int layer,
            double beta,
            int rank,
            double faithfulness) {
        public About {
            shown = List.copyOf(shown);
        }
    }

    /// What a trial found.
    public static StoredRelation of(Facts facts, RelationTrial trial, Model model) {
        LinearRelation map = trial.relation();
        return new StoredRelation(
                new About(
                        trial.name(),
                        facts.relation().templates().getFirst(),
                        facts.shown(),
                        model.path().toString(),
                        map.layer(),
                        map.beta(),
                        trial.rank(),
                        trial.faithfulness()),
                map);
    }

    /// @throws java.io.UncheckedIOException when the disk refuses
    public void write(Path file) {
        Scope.free(() -> {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("weight", map.map());
            tensors.put("bias", Tensor.of(map.bias(), map.width()));
            TensorFile.write(file, tensors, Map.of(KEY, JsonMapper.shared().writeValueAsString(about)));
            return null;
        });
    }

    /// @throws BadInputException when it is no such file
    public static StoredRelation read(Path file) {
        try (SafetensorsFile opened = SafetensorsFile.open(file);
                Scope _ = Scope.open()) {
            @Nullable String json = opened.metadata().get(KEY);
            if (json == null
                    || !opened.names().contains("weight")
                    || !opened.names().contains("bias")) {
                throw new BadInputException(
                        file + " holds no relation; write one with cutaway relation fit FILE --out.");
            }
            About about = JsonMapper.shared().readValue(json, About.class);
            return new StoredRelation(
                    about,
                    new LinearRelation(
                            about.layer,
                            TensorFile.read(opened, "weight").to(Dtype.F32).toFloats(),
                            TensorFile.read(opened, "bias").to(Dtype.F32).toFloats(),
                            about.beta));
        } catch (JacksonException e) {
            throw new BadInputException(
                    file + " holds a relation that cannot be read: write it again with cutaway"
                            + " relation fit FILE --out.",
                    e);
        }
    }

    /// The relations of some files and folders, in their order; a folder's are its files that end in `.safetensors`, by
    /// name.
    ///
    /// @throws BadInputException when one is no relation, or a folder has none
    public static List<StoredRelation> readAll(List<Path> places) {
        return places.stream()
                .flatMap(place -> Files.isDirectory(place) ? inside(place).stream() : Stream.of(place))
                .map(StoredRelation::read)
                .toList();
    }

    private static List<Path> inside(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new BadInputException(folder + " holds no file that ends in .safetensors; give relations that"
                        + " cutaway relation fit FILE --out wrote.");
            }
            return found;
        } catch (IOException e) {
            throw new BadInputException("cannot read " + folder + ": " + e.getMessage() + "; give files.", e);
        }
    }

    /// @throws BadInputException when a model has other sizes than that which it is of
    public void check(Model model) {
        if (map.width() != model.sizes().dModel()
                || map.layer() >= model.sizes().layers()) {
            throw new BadInputException(
                    "the relation \"%s\" is of block %d and a width of %d; this model has %d blocks and a width of %d. It is of %s."
                            .formatted(
                                    about.name,
                                    map.layer(),
                                    map.width(),
                                    model.sizes().layers(),
                                    model.sizes().dModel(),
                                    about.model));
        }
    }

    /// A possible token.
    public record Likely(int id, String token, double probability) {}

    /// The likeliest objects of every token of a prompt, were it a subject (attribute lens).
    ///
    /// @param top how many of each
    /// @return by position
    public List<List<Likely>> objects(Model model, int[] ids, int top) {
        check(model);
        Site site = Facts.after(map.layer());
        try (Trace trace = Runs.toLast(model, Source.of(ids, List.of()), List.of(site));
                Scope _ = Scope.open()) {
            Tensor ends = map.objects(trace.at(site).select(0, 0))
                    .to(model.transformer().dtype())
                    .unsqueeze(0);
            Tensor logits = model.transformer().unembed(ends, Tap.NONE).select(0, 0); // [pos, vocab]
            return IntStream.range(0, ids.length)
                    .mapToObj(position -> likely(model, logits.select(0, position), top))
                    .toList();
        }
    }

    /// What the model says of a subject, before and after an edit.
    ///
    /// @param other what it says of the other subject
    /// @param random after an edit as long in random directions
    /// @param edit that did it
    public record Swapped(
            String prompt,
            List<Likely> before,
            List<Likely> other,
            List<Likely> after,
            List<Likely> random,
            Edit edit) {}

    /// Gives a subject the object of another: the map turned round says what is to be added to the subject.
    ///
    /// @param template with `{}` for the subject; null for the relation's own, behind its examples
    public Swapped swap(Model model, String subject, String other, @Nullable String template, int top, long seed) {
        check(model);
        String used = template == null ? about.template : template;
        Relation relation = new Relation(about.name, List.of(used), List.of());
        List<Sample> shown = template == null ? about.shown : List.of();
        Prompt prompt = relation.prompt(model, new Sample(subject, "x"), shown);
        Prompt wanted = relation.prompt(model, new Sample(other, "x"), shown);
        double[] change = Facts.difference(end(model, wanted), end(model, prompt));
        LinearRelation.Inverse inverse = map.inverse();
        double[] step = inverse.of(change, about.rank);
        Edit edit = Facts.adding(prompt, map.layer(), step);
        double[] aside = inverse.random(seed).ofLength(change, about.rank, LinearRelation.norm(step));
        Edit random = Facts.adding(prompt, map.layer(), aside);
        return new Swapped(
                prompt.text(),
                said(model, prompt, List.of(), top),
                said(model, wanted, List.of(), top),
                said(model, prompt, List.of(edit), top),
                said(model, prompt, List.of(random), top),
                edit);
    }

    private static float[] end(Model model, Prompt prompt) {
        Site last = Facts.after(model.sizes().layers() - 1);
        try (Trace trace = Runs.toLast(model, Source.of(prompt.ids(), List.of()), List.of(last))) {
            return Facts.at(trace, last, prompt.ids().length - 1);
        }
    }

    private static List<Likely> said(Model model, Prompt prompt, List<Edit> edits, int top) {
        try (Trace trace = Runs.toLast(model, Source.of(prompt.ids(), edits), List.of())) {
            return Scope.free(() -> likely(model, trace.logits().select(0, 0).select(0, 0), top));
        }
    }

    /// @param logits `[vocab]`
    private static List<Likely> likely(Model model, Tensor logits, int top) {
        Tensor.Top found = logits.top(Math.min(top, (int) logits.dim(0)));
        long[] ids = found.indices().toLongs();
        double[] probabilities = logits.softmax(-1).gather(-1, found.indices()).toDoubles();
        List<Likely> likely = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            likely.add(new Likely((int) ids[i], model.tokenizer().token((int) ids[i]), probabilities[i]));
        }
        return likely;
    }
}

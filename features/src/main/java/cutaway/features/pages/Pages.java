package cutaway.features.pages;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.NewFolder;
import cutaway.features.judge.Twins;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Batch;
import cutaway.interp.site.Site;
import cutaway.interp.table.Table;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Makes the pages of all latents of a dictionary.
///
///     Pages.make(dictionary, new Pages.Label("resid-15", sha256, version), store, model, PageSettings.USUAL, out,
///             Progress.NONE);
///
/// Every token of the store is encoded once, a few thousand at a time, and the codes are kept in a file. Three readings
/// of it give what is counted: how often and how much each latent fires, then how its activations spread and examples
/// of it, then which fire together. What lies in memory are a few numbers of each latent and of each token.
public final class Pages {

    /// Told how far the work is.
    public interface Progress {

        /// Says nothing.
        Progress NONE = (step, part) -> {};

        /// @param part of the step that is done, 0 to 1
        void done(String step, double part);
    }

    /// What pages say of where they come from.
    ///
    /// @param name of the dictionary
    /// @param identity of what codes and doses are computed with, as text: a hash of the dictionary's files, and
    ///     the type of the model's weights
    /// @param version of Cutaway
    public record Label(String name, String identity, String version) {}

    private final Inputs inputs;
    private final Dictionary dictionary;
    private final Model model;
    private final Twins twins;
    private final PageSettings settings;
    private final Progress progress;
    private final TokenRows rows;
    private final Map<Integer, String> texts = new HashMap<>();

    private Pages(Inputs inputs, Twins twins, Model model, PageSettings settings, Progress progress) {
        this.inputs = inputs;
        this.twins = twins;
        this.dictionary = inputs.dictionary();
        this.model = model;
        this.settings = settings;
        this.progress = progress;
        this.rows = new TokenRows(inputs.store().vectors(), inputs.store().sequences());
    }

    /// As the other [#make], of a dictionary without twins.
    public static PagesFacts make(
            Dictionary dictionary,
            Label label,
            ActivationStore store,
            Model model,
            PageSettings settings,
            Path out,
            Progress progress) {
        return make(dictionary, label, Twins.NONE, store, model, settings, out, progress);
    }

    /// @param twins what other trainings say of each latent
    /// @param store harvested in document order
    /// @param model that the store was harvested from
    /// @param out a folder that is not there yet, or is empty; it is complete or not there
    /// @return what the pages say of themselves
    /// @throws BadInputException when store, model and dictionary do not fit each other, the store is shuffled, or
    ///     the disk refuses
    public static PagesFacts make(
            Dictionary dictionary,
            Label label,
            Twins twins,
            ActivationStore store,
            Model model,
            PageSettings settings,
            Path out,
            Progress progress) {
        Inputs inputs = Inputs.of(dictionary, store);
        check(inputs, model, settings);
        NewFolder.check(out);
        List<PagesFacts> facts = new ArrayList<>();
        try (Unfinished unfinished = Unfinished.of(out, identity(label, store, model, settings))) {
            Pages pages = new Pages(inputs, twins, model, settings, progress);
            NewFolder.write(out, folder -> {
                facts.add(pages.write(folder, unfinished.folder(), label));
                unfinished.remove();
            });
        }
        return facts.getFirst();
    }

    /// Where an interrupted run keeps what it has reached, until the same call goes on.
    public static Path unfinished(Path out) {
        return Unfinished.beside(out);
    }

    private static String identity(Label label, ActivationStore store, Model model, PageSettings settings) {
        return JsonMapper.shared()
                .writeValueAsString(List.of(label, store.facts().identity(), model.sha256(), settings));
    }

    private static void check(Inputs inputs, Model model, PageSettings settings) {
        String harvested = inputs.store().facts().model().sha256();
        if (!harvested.equals(model.sha256())) {
            throw new BadInputException("the store was harvested from "
                    + inputs.store().facts().model().name() + " (" + head(harvested) + "), and --model is another ("
                    + head(model.sha256()) + "); give that one.");
        }
        inputs.store().sequences(); // refused where it is shuffled
        if (settings.dose().isNone()) {
            return;
        }
        if (!model.sizes().isCausal() || inputs.outputs().isEmpty()) {
            throw new BadInputException("doses are measured where a decoder goes on from what a dictionary writes; "
                    + (model.sizes().isCausal()
                            ? "this dictionary does not say which site that is"
                            : "this is an" + " encoder")
                    + ": leave --dose out.");
        }
        if (!inputs.store().facts().settings().kept().sinks()) {
            throw new BadInputException("doses need whole contexts, and this store leaves attention sinks out; harvest"
                    + " without --no-sinks, or leave --dose out.");
        }
        for (int latent : settings.dose().latents()) {
            if (latent < 0 || latent >= inputs.dictionary().width()) {
                throw new BadInputException("a dose is asked of latent " + latent + "; the dictionary has 0 to "
                        + (inputs.dictionary().width() - 1) + ".");
            }
        }
    }

    private static String head(String sha256) {
        return sha256.substring(0, Math.min(12, sha256.length()));
    }

    /// @param kept where codes and doses are until the pages are whole
    private PagesFacts write(Path folder, Path kept, Label label) throws IOException {
        int width = dictionary.width();
        try (StoredCodes codes = inputs.codes(kept, done -> progress.done("encode", done / (double) rows.size()))) {
            progress.done("count", 0);
            Activity activity = Activity.of(codes, rows, width, settings.top());
            Bands bands = Bands.of(codes, activity, width, settings);
            progress.done("count what fires together", 0);
            CoActivation together = CoActivation.of(codes, width, settings.neighbours());
            progress.done("logits", 0);
            int[] raised = writeLogits(folder);
            progress.done("neighbours", 0);
            writeNeighbours(folder, together);
            writeFeatures(folder, activity, bands);
            int doses = writeDoses(folder, kept, activity, codes, raised);
            writeExamples(folder, activity, bands, codes);
            PagesFacts facts = new PagesFacts(
                    PagesFacts.FORMAT,
                    label.version(),
                    label.name(),
                    width,
                    inputs.sites().stream().map(Site::text).toList(),
                    inputs.outputs().stream().map(Site::text).toList(),
                    inputs.store().facts().model(),
                    inputs.store().facts().texts(),
                    rows.size(),
                    together.tokens(),
                    raised.length > 0,
                    doses,
                    Tables.LATENTS_PER_FILE,
                    settings,
                    PagesFacts.TwinFacts.of(twins));
            facts.write(folder);
            return facts;
        }
    }

    private void writeFeatures(Path folder, Activity activity, Bands bands) {
        double[] norms = dictionary.decoderNorms();
        List<Tables.Feature> features = new ArrayList<>();
        for (int latent = 0; latent < dictionary.width(); latent++) {
            int of = latent;
            int fired = activity.fired(latent);
            boolean silent = fired == 0;
            features.add(new Tables.Feature(
                    latent,
                    fired,
                    fired / (double) rows.size(),
                    silent ? null : (double) activity.max(latent),
                    silent ? null : activity.sum(latent) / fired,
                    norms[latent],
                    Tables.json(silent ? new int[0] : bands.histogram(latent)),
                    Tables.json(
                            silent
                                    ? new int[0]
                                    : IntStream.range(0, settings.bands())
                                            .map(band -> bands.count(of, band))
                                            .toArray()),
                    stability(latent)));
        }
        Table.write(folder.resolve(Tables.FEATURES), Tables.Feature.class, features, Map.of());
    }

    private @Nullable Double stability(int latent) {
        boolean known = latent < twins.cosines().length && !Double.isNaN(twins.cosines()[latent]);
        return known ? twins.cosines()[latent] : null;
    }

    private void writeNeighbours(Path folder, CoActivation together) {
        List<Tables.Neighbour> found = new ArrayList<>();
        Nearest.each(
                dictionary.weights().decoder(),
                settings.neighbours(),
                near -> found.add(new Tables.Neighbour(
                        near.latent(),
                        Tables.Kind.COSINE,
                        near.rank(),
                        near.other(),
                        near.cosine(),
                        null,
                        null,
                        null)));
        for (int latent = 0; latent < dictionary.width(); latent++) {
            int rank = 0;
            for (CoActivation.Partner with : together.of(latent)) {
                found.add(new Tables.Neighbour(
                        latent,
                        Tables.Kind.COACTIVATION,
                        ++rank,
                        with.latent(),
                        null,
                        with.tokens(),
                        with.jaccard(),
                        with.phi()));
            }
        }
        found.sort(Comparator.comparingInt(Tables.Neighbour::latent)); // stable: cosines stay first
        Table.write(folder.resolve(Tables.NEIGHBOURS), Tables.Neighbour.class, found, Map.of());
    }

    /// @return the token that each latent raises most; none at all where nothing reaches the logits
    private int[] writeLogits(Path folder) {
        List<Tables.Logit> found = new ArrayList<>();
        int[] most = new int[dictionary.width()];
        boolean any = LogitEffects.of(model, inputs.outputs(), dictionary.dOut())
                .map(effects -> {
                    effects.each(dictionary.weights().decoder(), Math.max(1, settings.tokens()), effect -> {
                        if (effect.raised() && effect.rank() == 1) {
                            most[effect.latent()] = effect.token();
                            progress.done("logits", effect.latent() / (double) dictionary.width());
                        }
                        found.add(new Tables.Logit(
                                effect.latent(),
                                effect.raised(),
                                effect.rank(),
                                effect.token(),
                                text(effect.token()),
                                effect.effect()));
                    });
                    return true;
                })
                .orElse(false);
        Table.write(folder.resolve(Tables.LOGITS), Tables.Logit.class, found, Map.of());
        return any ? most : new int[0];
    }

    private void writeExamples(Path folder, Activity activity, Bands bands, StoredCodes codes) {
        int width = dictionary.width();
        for (int file = 0; file * Tables.LATENTS_PER_FILE < width; file++) {
            int first = file * Tables.LATENTS_PER_FILE;
            int end = Math.min(width, first + Tables.LATENTS_PER_FILE);
            progress.done("examples", first / (double) width);
            Tables.write(
                    folder,
                    file,
                    first,
                    end,
                    latent -> places(latent, activity, bands, codes),
                    this::text,
                    codes,
                    rows,
                    settings);
        }
    }

    private List<Tables.Place> places(int latent, Activity activity, Bands bands, StoredCodes codes) {
        List<Tables.Place> places = new ArrayList<>();
        int[] top = activity.top(latent);
        for (int i = 0; i < top.length; i++) {
            places.add(new Tables.Place(latent, null, i + 1, top[i]));
        }
        for (int band = settings.bands() - 1; band >= 0; band--) {
            int rank = 0;
            int[] greatestFirst = Arrays.stream(bands.rows(latent, band))
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer row) -> codes.value(row, latent))
                            .reversed())
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int row : greatestFirst) {
                places.add(new Tables.Place(latent, band, ++rank, row));
            }
        }
        return places;
    }

    /// A token's text; empty for what the vocabulary has no text for.
    private String text(int token) {
        return texts.computeIfAbsent(
                token,
                id -> id < model.tokenizer().vocabSize() ? model.tokenizer().token(id) : "");
    }

    /// @return of how many latents
    private int writeDoses(Path folder, Path kept, Activity activity, StoredCodes codes, int[] raised) {
        Set<Integer> latents = dosed(activity);
        List<Doses.Place> places = dosePlaces(latents, activity, codes, raised);
        Doses doses = new Doses(model, inputs.outputs(), settings.dose().factors(), settings.seed());
        try (MeasuredDoses measured = new MeasuredDoses(kept)) {
            for (int i = measured.places(); i < places.size(); i++) {
                progress.done("doses", i / (double) places.size());
                measured.add(doses.measure(places.get(i)));
            }
            List<Doses.Row> found = measured.rows();
            Table.write(folder.resolve(Tables.DOSE), Doses.Row.class, found, Map.of());
            return (int) found.stream().mapToInt(Doses.Row::latent).distinct().count();
        }
    }

    private Set<Integer> dosed(Activity activity) {
        Set<Integer> latents = new LinkedHashSet<>(settings.dose().latents());
        IntStream.range(0, dictionary.width())
                .boxed()
                .filter(latent -> activity.fired(latent) > 0)
                .sorted(Comparator.comparingDouble((Integer latent) -> activity.sum(latent))
                        .reversed())
                .limit(settings.dose().mostActive())
                .forEach(latents::add);
        return latents;
    }

    /// In the order of the latents, then of their examples.
    private List<Doses.Place> dosePlaces(Set<Integer> latents, Activity activity, StoredCodes codes, int[] raised) {
        Map<Integer, List<int[]>> wanted = new TreeMap<>(); // by row: latents and ranks
        for (int latent : latents) {
            int[] top = activity.top(latent);
            for (int i = 0; i < Math.min(top.length, settings.dose().examples()); i++) {
                wanted.computeIfAbsent(top[i], key -> new ArrayList<>()).add(new int[] {latent, i + 1});
            }
        }
        int[] special =
                model.tokenizer().before().stream().mapToInt(Integer::intValue).toArray();
        List<Doses.Place> places = new ArrayList<>();
        int first = 0;
        for (Batch sequence :
                wanted.isEmpty() ? List.<Batch>of() : inputs.store().sequences()) {
            for (int row = first; row < first + sequence.size(); row++) {
                for (int[] of : wanted.getOrDefault(row, List.of())) {
                    int[] ids = rows.upTo(row, special);
                    if (ids.length > 0) {
                        places.add(new Doses.Place(
                                of[0],
                                of[1],
                                ids,
                                rows.next(row),
                                written(sequence, row - first, of[0], codes.value(row, of[0])),
                                raised.length == 0 ? OptionalInt.empty() : OptionalInt.of(raised[of[0]])));
                    }
                }
            }
            first += sequence.size();
        }
        places.sort(Comparator.comparingInt(Doses.Place::latent).thenComparingInt(Doses.Place::example));
        return places;
    }

    private double[] written(Batch sequence, int at, int latent, double activation) {
        return Scope.free(() -> {
            Tensor x = inputs.vectors(sequence).slice(0, at, at + 1L).contiguous();
            return inputs.written(latent, activation, x);
        });
    }
}

package cutaway.cli;

import cutaway.cli.report.HtmlReport;
import cutaway.cli.report.TrainingRecord;
import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Format;
import cutaway.features.exchange.Numbers;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.HarvestSettings;
import cutaway.features.store.Limits;
import cutaway.features.store.Order;
import cutaway.features.store.StoreFacts;
import cutaway.features.store.StoredType;
import cutaway.features.store.Texts;
import cutaway.features.train.Curve;
import cutaway.features.train.Progress;
import cutaway.features.train.Recipe;
import cutaway.features.train.Schedule;
import cutaway.features.train.StoreSource;
import cutaway.features.train.Trainer;
import cutaway.features.train.Training;
import cutaway.interp.effects.SiteChoice;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.tensor.Adam;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cutaway train dictionary`: a sparse dictionary of activations.
@Command(
        name = "dictionary",
        description = {
            "Trains a sparse dictionary: an autoencoder of a site; with --to a transcoder from one site to another; of"
                    + " several sites a crosscoder.",
            "Interrupted, the same command goes on from the last checkpoint and ends with the same bits."
        },
        footer = {
            "",
            "Example:",
            "  cutaway train dictionary --text books --site resid_post[15] --width 4096 --k 32 --out resid-15",
            "  cutaway train dictionary --activations acts --site mlp.in[3] --to mlp_out[3] --out mlp-3",
            "",
            "SITES: as in cutaway sweep, joined by commas: resid_post[15]."
        },
        mixinStandardHelpOptions = true)
final class TrainDictionary implements Callable<Integer> {

    /// What is beside the dictionary in its folder: how it was trained.
    private static final String RECORD = "training.json";

    /// Of so many latents the usual learning rate is 2e-4; it goes with the root of their number (Gao et al. 2024).
    private static final double USUAL_WIDTH = 16384;

    private static final double WEIGHTS = 5 / 8.0;

    @Option(names = "--activations", paramLabel = "STORE", description = "What cutaway harvest has written.")
    private @Nullable Path activations;

    @Option(
            names = "--text",
            arity = "1..*",
            paramLabel = "TEXT",
            description = "Instead of a store: files and folders of text, whose activations are harvested first, into"
                    + " OUT.training, and taken away at the end.")
    private @Nullable List<Path> texts;

    @Option(names = "--tokens", paramLabel = "N", description = "Of --text: tokens to harvest, at most (default: all).")
    private @Nullable Long tokens;

    @Option(
            names = "--site",
            required = true,
            split = ",",
            paramLabel = "SITES",
            description = "What the dictionary reads, and writes where there is no --to.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<String> sites;

    @Option(names = "--to", split = ",", paramLabel = "SITES", description = "What a transcoder writes.")
    private @Nullable List<String> to;

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "The dictionary's folder.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Tokens of a step (default: $" + "{DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--steps", paramLabel = "N", description = "Steps (default: all activations once).")
    private @Nullable Long steps;

    @Option(
            names = "--rate",
            paramLabel = "X",
            description = "Learning rate (default: 2e-4 times the root of 16,384 / width).")
    private @Nullable Double rate;

    @Option(
            names = "--warm-up",
            paramLabel = "STEPS",
            description = "Steps over which the rate rises (default: a twentieth of all, at most 1,000).")
    private @Nullable Long warmUp;

    @Option(
            names = "--decay",
            paramLabel = "STEPS",
            description = "Last steps, over which the rate falls to 0 (default: a fifth of all).")
    private @Nullable Long decay;

    @Option(
            names = "--sparsity-warm-up",
            paramLabel = "STEPS",
            description = "Steps over which the sparsity penalty rises (default: a twentieth of all).")
    private @Nullable Long sparsityWarmUp;

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            defaultValue = "1",
            description = "The greatest norm of all gradients together; 0: any (default: $" + "{DEFAULT-VALUE}).")
    private double clip;

    @Option(names = "--lazy", description = "Latents that no token of a batch touched wait: Adam leaves them alone.")
    private boolean lazy;

    @Option(
            names = "--scale",
            paramLabel = "SCALE",
            defaultValue = "mean_norm",
            description = "What activations are multiplied by while it is trained, and folded into it at the end:"
                    + " mean_norm, mean_square or none (default: $" + "{DEFAULT-VALUE}).")
    private String scale = "mean_norm";

    @Option(names = "--seed", defaultValue = "0", description = "Seed (default: $" + "{DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            defaultValue = "full",
            description = "What its matrices are written in: full, bf16 or int8 (default: $" + "{DEFAULT-VALUE}).")
    private String weightType = "full";

    @Option(
            names = "--keep-every",
            paramLabel = "STEPS",
            defaultValue = "200",
            description = "Steps between two checkpoints (default: $" + "{DEFAULT-VALUE}).")
    private long keepEvery;

    @Option(
            names = "--report",
            paramLabel = "PAGE",
            description = "Also write a page with the curves: a file that ends in .html.")
    private @Nullable Path report;

    @Mixin
    private final CoderOptions coders = new CoderOptions();

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        Numbers numbers = Numbers.named(weightType);
        StoreSource.Scale scaled = Choice.of("--scale", scale, StoreSource.Scale.values());
        ReportFile page = report == null ? null : new ReportFile(report);
        checkOut();
        if ((activations == null) == (texts == null)) {
            throw new BadInputException("give either --activations, a store that cutaway harvest has written, or"
                    + " --text, files to harvest first.");
        }
        Path state = out.toAbsolutePath().resolveSibling(out.getFileName() + ".training");
        Interruption.advise("what was reached is kept in " + state + ": the same command goes on from there.");
        try (ActivationStore store = activations == null ? harvested(state) : opened(activations)) {
            TrainingRecord record = train(store, state, numbers, scaled);
            if (page != null) {
                page.write(HtmlReport.training(console.compact(record)));
            }
            print(record);
        } finally {
            console.stepsDone();
        }
        remove(state);
        return 0;
    }

    private void checkOut() {
        OutFolder.check(out);
        try (Stream<Path> inside = Files.isDirectory(out) ? Files.list(out) : Stream.empty()) {
            if (inside.findAny().isPresent()) {
                throw new BadInputException("--out is " + out + ", which has files in it; give a new folder.");
            }
        } catch (IOException e) {
            throw new BadInputException("cannot read the folder " + out + " (" + e.getMessage() + ").", e);
        }
    }

    private ActivationStore opened(Path folder) {
        if (tokens != null) {
            throw new BadInputException("--tokens is of --text; a store has the activations that it has.");
        }
        return ActivationStore.open(folder, seed);
    }

    private ActivationStore harvested(Path state) {
        Path folder = state.resolve("activations");
        Texts read = Texts.of(texts == null ? List.of() : texts, "text");
        try (Model opened = weights.open(model.path(), console, WEIGHTS)) {
            Set<Site> all = new HashSet<>();
            List<Site> wanted = Stream.concat(named(sites, opened.sizes()).stream(), outputs(opened.sizes()).stream())
                    .filter(all::add)
                    .toList();
            HarvestSettings settings = new HarvestSettings(
                    wanted,
                    tokens == null ? 0 : tokens,
                    Math.min(HarvestSettings.USUAL_CONTEXT, opened.sizes().context()),
                    seed,
                    Order.SHUFFLED,
                    new HarvestSettings.Kept(StoredType.F32, false, false, false));
            var facts = model.facts(opened, weights);
            cutaway.features.store.Harvest.run(
                    opened,
                    new StoreFacts.ModelFacts(facts.name(), facts.sha256(), facts.dtype()),
                    read,
                    settings,
                    folder,
                    new Limits((long) ((1 - WEIGHTS) * weights.bytes()), Long.MAX_VALUE),
                    new HarvestProgress(console));
        }
        console.stepsDone();
        return ActivationStore.open(folder, seed);
    }

    private List<Site> outputs(Sizes sizes) {
        return to == null ? named(sites, sizes) : named(to, sizes);
    }

    private static List<Site> named(List<String> names, Sizes sizes) {
        return names.stream()
                .map(SiteChoice::parse)
                .flatMap(choice -> choice.sites(sizes).stream())
                .toList();
    }

    /// The store's own sites that are meant, by the names that a sweep has for them, too.
    private static List<Site> of(ActivationStore store, List<String> names) {
        return names.stream()
                .map(name -> store.sites().stream()
                        .filter(site -> site.text().equals(name)
                                || SiteChoice.parse(name).names(site))
                        .findFirst()
                        .orElseThrow(() -> new BadInputException("the store has no vectors of " + name
                                + "; it has those of "
                                + store.sites().stream().map(Site::text).collect(Collectors.joining(", "))
                                + ": harvest that site too.")))
                .toList();
    }

    private TrainingRecord train(ActivationStore store, Path state, Numbers numbers, StoreSource.Scale scaled) {
        List<Site> inputs = of(store, sites);
        List<Site> outputs = to == null ? inputs : of(store, to);
        CoderSettings settings = coders.settings(inputs.size(), to != null);
        StoreSource source = new StoreSource(store, inputs, outputs, batch, scaled);
        Recipe recipe = new Recipe(
                store.facts().identity() + " scale " + scaled,
                inputs,
                outputs,
                settings,
                coders.width,
                batch,
                schedule(store.vectors()),
                new Training.Options(Adam.Settings.USUAL, clip, lazy, false),
                seed);
        try (Coder coder = first(recipe, source);
                Training training = new Training(coder, recipe.schedule(), recipe.options())) {
            Trainer trainer = new Trainer(training, source, state, recipe.text(), pace(recipe.schedule()));
            long before = trainer.resume();
            if (before > 0) {
                console.note(String.format(Locale.ROOT, "goes on after %,d steps that were made already", before));
            }
            make(state);
            Curve curve = Curve.of(state, before);
            double secondsBefore = curve.seconds();
            long begun = System.nanoTime();
            trainer.run(secondsBefore, point -> {
                curve.add(point);
                tell(point, recipe, begun, before);
            });
            double seconds = Math.max(1e-9, (System.nanoTime() - begun) / 1e9);
            double rateNow = (training.steps() - before) * (double) batch / seconds;
            TrainingRecord record = record(store, recipe, coder, curve, rateNow);
            write(coder, source, record, numbers);
            return record;
        }
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BadInputException("cannot make the folder " + folder + " (" + e.getMessage() + ").", e);
        }
    }

    private Coder first(Recipe recipe, StoreSource source) {
        try (Scope _ = Scope.open()) {
            Trainer.Batch first = source.batch(0);
            return recipe.coder().create(recipe.width(), recipe.seed(), first.x(), first.y());
        }
    }

    private Schedule schedule(long vectors) {
        long all = steps != null ? steps : Math.max(1, vectors / batch);
        return new Schedule(
                all,
                rate != null ? rate : 2e-4 * Math.sqrt(USUAL_WIDTH / coders.width),
                warmUp != null ? warmUp : Math.min(1000, all / 20),
                decay != null ? decay : all / 5,
                sparsityWarmUp != null ? sparsityWarmUp : all / 20);
    }

    private Trainer.Pace pace(Schedule schedule) {
        return new Trainer.Pace(Math.max(1, Math.min(100, schedule.steps() / 50)), keepEvery);
    }

    private void tell(Progress point, Recipe recipe, long begun, long before) {
        double seconds = (System.nanoTime() - begun) / 1e9;
        String done = String.format(
                Locale.ROOT,
                "step %,d of %,d, loss %.4g, explained %.3f, L0 %.1f, dead %.1f %%, %,.0f tokens/s",
                point.step(),
                recipe.schedule().steps(),
                point.loss(),
                point.explained(),
                point.l0(),
                100 * point.dead(),
                (point.step() - before) * (double) batch / seconds);
        if (Console.OVERWRITES) {
            console.step("train", done);
        } else {
            console.progress(done, (double) point.step() / recipe.schedule().steps());
        }
    }

    private TrainingRecord record(
            ActivationStore store, Recipe recipe, Coder coder, Curve curve, double tokensPerSecond) {
        long parameters = coder.parameters().values().stream()
                .mapToLong(tensor -> tensor.shape().count())
                .sum();
        return new TrainingRecord(
                Cutaway.Version.number(),
                store.facts().model().name(),
                store.facts().model().sha256(),
                recipe.inputs().stream().map(Site::text).toList(),
                recipe.outputs().stream().map(Site::text).toList(),
                coders.words(),
                recipe.width(),
                parameters,
                batch,
                recipe.schedule().steps(),
                recipe.schedule().rate(),
                seed,
                store.facts().texts(),
                store.vectors(),
                curve.seconds(),
                tokensPerSecond,
                console.command(),
                curve.points().stream()
                        .map(point -> new TrainingRecord.Point(
                                point.step(), point.losses(), point.l0(), point.explained(), point.dead()))
                        .toList());
    }

    private void write(Coder coder, StoreSource source, TrainingRecord record, Numbers numbers) {
        Map<String, String> notes = new TreeMap<>();
        notes.put("text", String.join(", ", record.texts()));
        notes.put("vectors", Long.toString(record.vectors()));
        notes.put("steps", Long.toString(record.steps()));
        notes.put("batch", Integer.toString(record.batch()));
        notes.put("rate", Double.toString(record.rate()));
        notes.put("seed", Long.toString(record.seed()));
        notes.put("coder", record.coder());
        notes.put("model sha256", record.sha256());
        TrainingRecord.Point last = record.curve().getLast();
        notes.put("last batch: explained variance", String.format(Locale.ROOT, "%.4f", last.explained()));
        notes.put("last batch: L0", String.format(Locale.ROOT, "%.2f", last.l0()));
        Origin origin = new Origin(
                record.model(),
                record.inputs().stream().map(Site::parse).toList(),
                record.outputs().stream().map(Site::parse).toList(),
                notes);
        try (Dictionary scaled = coder.dictionary(origin);
                Dictionary dictionary = source.scale().fold(scaled)) {
            DictionaryFiles.write(dictionary, Format.CUTAWAY, numbers, out);
            OutFolder.put(out.resolve(RECORD), console.pretty(record));
        } catch (IOException e) {
            throw new BadInputException("cannot write into " + out + " (" + e.getMessage() + ").", e);
        }
    }

    private void print(TrainingRecord record) {
        if (console.isJson()) {
            console.json(record);
            return;
        }
        TrainingRecord.Point last = record.curve().getLast();
        console.line(
                "%s  %s of %,d latents for %s%s",
                out,
                record.coder(),
                record.width(),
                String.join(" + ", record.inputs()),
                record.inputs().equals(record.outputs()) ? "" : " to " + String.join(" + ", record.outputs()));
        console.line(
                "  last batch: explained variance %.3f, L0 %.1f, dead latents %.1f %%",
                last.explained(), last.l0(), 100 * last.dead());
        console.line(
                "  %,d steps of %,d tokens in %.0f s, %,.0f tokens/s",
                record.steps(), record.batch(), record.seconds(), record.tokensPerSecond());
        lossCurve(record.curve());
    }

    /// The loss over the steps as a line of blocks, one for each of up to 60 readings, on a logarithmic scale.
    private void lossCurve(List<TrainingRecord.Point> points) {
        double[] losses = points.stream()
                .mapToDouble(point -> Math.log(Math.max(
                        1e-300,
                        point.losses().values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum())))
                .toArray();
        double low = Arrays.stream(losses).min().orElse(0);
        double high = Arrays.stream(losses).max().orElse(1);
        StringBuilder line = new StringBuilder();
        int shown = Math.min(60, losses.length);
        for (int i = 0; i < shown; i++) {
            double loss = losses[(int) ((long) i * losses.length / shown)];
            int level = high > low ? (int) Math.round(7 * (loss - low) / (high - low)) : 0;
            line.append("▁▂▃▄▅▆▇█".charAt(level));
        }
        console.line("  loss %.4g %s %.4g", Math.exp(losses[0]), line, Math.exp(losses[losses.length - 1]));
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new BadInputException("cannot take away " + folder + " (" + e.getMessage() + "); remove it.", e);
        }
    }
}

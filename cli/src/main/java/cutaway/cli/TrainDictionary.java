package cutaway.cli;

import cutaway.cli.report.HtmlReport;
import cutaway.features.coder.CoderSettings;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Numbers;
import cutaway.features.store.ActivationStore;
import cutaway.features.train.JointTrainer;
import cutaway.features.train.Recipe;
import cutaway.features.train.Schedule;
import cutaway.features.train.StoreSource;
import cutaway.features.train.Trainer;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.training.Pace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
            "With --wiring cross_layer, a cross-layer transcoder, in circuit-tracer's form.",
            "Several numbers for --width, --k, --coefficient or --seeds train a dictionary for each combination in one"
                    + " pass over the data, each as it would be alone.",
            "Interrupted, the same command goes on from the last checkpoint and ends with the same bits."
        },
        footer = {
            "",
            "Example:",
            "  cutaway train dictionary --text books --site resid_post[15] --width 4096 --k 32 --out resid-15",
            "  cutaway train dictionary --activations acts --site mlp.in[3] --to mlp_out[3] --out mlp-3",
            "  cutaway train dictionary --activations acts --site resid_post[15] --width 1024,4096 --k 16,32 --out"
                    + " many",
            "",
            "SITES: as in cutaway sweep, joined by commas: resid_post[15]."
        },
        mixinStandardHelpOptions = true)
final class TrainDictionary implements Callable<Integer> {

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FOLDER",
            description =
                    "The dictionary's folder; of several, a folder that has one for each, such as width-4096-k-32.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Option(
            names = "--scale",
            paramLabel = "SCALE",
            defaultValue = "mean_norm",
            description = "What activations are multiplied by while it is trained, and folded into it at the end:"
                    + " mean_norm, mean_square or none (default: ${DEFAULT-VALUE}).")
    private String scale = "mean_norm";

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            defaultValue = "full",
            description = "What its matrices are written in: full, bf16 or int8 (default: ${DEFAULT-VALUE}).")
    private String weightType = "full";

    @Option(
            names = "--report",
            paramLabel = "PAGE",
            description =
                    "Also write a page with the curves: a file that ends in .html; of several dictionaries, a folder"
                            + " for the page of each.")
    private @Nullable Path report;

    @Mixin
    private final TrainingData data = new TrainingData();

    @Mixin
    private final TrainingSteps steps = new TrainingSteps();

    @Mixin
    private final TrainingSeeds seeds = new TrainingSeeds();

    @Mixin
    private final CoderOptions coders = new CoderOptions();

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// One that is asked for, but for what only the store can say.
    private record Combination(String name, CoderOptions.Variant variant, long seed) {}

    @Override
    public Integer call() {
        Numbers numbers = Numbers.named(weightType);
        StoreSource.Scale scaled = Choice.of("--scale", scale, StoreSource.Scale.values());
        List<Combination> combinations = combinations();
        List<ReportFile> pages = pages(combinations);
        TrainingFolders folders = new TrainingFolders(out);
        folders.check();
        data.check();
        Interruption.advise(
                "what was reached is kept in " + folders.state() + ": the same command goes on from there.");
        List<TrainedDictionary> trained;
        try (ActivationStore store = data.open(
                folders.state(),
                seeds.ofOrder(),
                new Harvesting(model, weights, console),
                (inputs, outputs) -> check(combinations, inputs, outputs, numbers))) {
            trained = train(store, combinations, folders, numbers, scaled);
        } finally {
            console.stepsDone();
        }
        for (int i = 0; i < pages.size(); i++) {
            pages.get(i)
                    .write(HtmlReport.training(console.compact(trained.get(i).record())));
        }
        print(trained);
        folders.removeState();
        return 0;
    }

    private void print(List<TrainedDictionary> trained) {
        if (trained.size() == 1) {
            if (console.isJson()) {
                console.json(trained.getFirst().record());
            } else {
                trained.getFirst().print(console);
            }
        } else if (console.isJson()) {
            console.json(trained.stream()
                    .map(one -> new TrainedDictionary.Named(one.folder().toString(), one.record()))
                    .toList());
        } else {
            TrainedDictionary.print(out, trained, console);
        }
    }

    private List<Combination> combinations() {
        List<Long> ofWeights = seeds.ofWeights();
        List<Combination> all = new ArrayList<>();
        for (CoderOptions.Variant variant : coders.variants()) {
            for (long seed : ofWeights) {
                String name = ofWeights.size() == 1 ? variant.name() : variant.name() + "-seed-" + seed;
                all.add(new Combination(name, variant, seed));
            }
        }
        return all;
    }

    /// A page for each, or none.
    private List<ReportFile> pages(List<Combination> combinations) {
        if (report == null) {
            return List.of();
        }
        Path to = report;
        if (combinations.size() == 1) {
            return List.of(new ReportFile(to));
        }
        if (to.toString().endsWith(".html") || Files.isRegularFile(to)) {
            throw new BadInputException("--report is the file " + to + ", and " + combinations.size()
                    + " dictionaries are trained; give a folder, which gets a page of each.");
        }
        return combinations.stream()
                .map(one -> new ReportFile(to.resolve(one.name + ".html")))
                .toList();
    }

    /// @throws BadInputException when sites and options do not go together
    private void check(List<Combination> combinations, List<Site> inputs, List<Site> outputs, Numbers numbers) {
        combinations.forEach(one -> settings(one, inputs, outputs, 1));
        if (coders.isCrossLayer()) {
            DictionaryFiles.checkCrossLayer(inputs, outputs, numbers);
        }
    }

    private CoderSettings settings(Combination one, List<Site> inputs, List<Site> outputs, long stepsOfAll) {
        return coders.settings(one.variant, inputs.size(), data.transcodes() ? outputs.size() : 0, stepsOfAll);
    }

    private List<TrainedDictionary> train(
            ActivationStore store,
            List<Combination> combinations,
            TrainingFolders folders,
            Numbers numbers,
            StoreSource.Scale scaled) {
        checkWidths(store);
        List<DictionaryRun.Asked> asked = combinations.stream()
                .map(one -> new DictionaryRun.Asked(one.name, one.variant.words(), recipe(one, store, scaled)))
                .toList();
        TrainingMemory.state(
                asked.stream().map(DictionaryRun.Asked::recipe).toList(),
                width(store, data.inputs(store)),
                width(store, data.outputs(store)),
                console);
        List<DictionaryRun> runs = new ArrayList<>();
        try (StoreSource source =
                new StoreSource(store, data.inputs(store), data.outputs(store), steps.batch, scaled)) {
            try (Scope _ = Scope.open()) {
                Trainer.Batch first = source.batch(0);
                for (DictionaryRun.Asked one : asked) {
                    Pace pace = steps.pace(one.recipe().schedule());
                    runs.add(new DictionaryRun(one, source, first, folders.state(one.name(), asked.size()), pace));
                }
            }
            TrainingProgress progress = new TrainingProgress(console, runs);
            progress.resumed();
            new JointTrainer(
                            runs.stream().map(run -> run.joined(progress::told)).toList())
                    .run();
            double seconds = progress.seconds();
            List<TrainedDictionary> trained = runs.stream()
                    .map(run -> new TrainedDictionary(
                            TrainingFolders.result(out, run.name(), runs.size()),
                            run.record(store, seconds, console.command()),
                            seeds.ofOrder(),
                            store.facts().settings().kept().sinks()))
                    .toList();
            folders.write(folder -> {
                for (int i = 0; i < runs.size(); i++) {
                    Path into = TrainingFolders.result(folder, runs.get(i).name(), runs.size());
                    trained.get(i).write(into, runs.get(i).coder(), source.scale(), numbers, console);
                }
            });
            return trained;
        } finally {
            runs.forEach(DictionaryRun::close);
        }
    }

    /// @throws BadInputException when sites that are to be of one width are not
    private void checkWidths(ActivationStore store) {
        List<Site> inputs = data.inputs(store);
        boolean ofOne = coders.isCrossLayer() || (!data.transcodes() && inputs.size() > 1);
        List<Site> all = Stream.concat(inputs.stream(), data.outputs(store).stream())
                .distinct()
                .toList();
        if (ofOne && all.stream().mapToInt(store::width).distinct().count() > 1) {
            throw new BadInputException("a crosscoder or cross-layer transcoder takes sites of one width; given were "
                    + all.stream()
                            .map(site -> site.text() + " of " + store.width(site))
                            .collect(Collectors.joining(", "))
                    + ".");
        }
    }

    private static int width(ActivationStore store, List<Site> sites) {
        return sites.stream().mapToInt(store::width).sum();
    }

    private Recipe recipe(Combination one, ActivationStore store, StoreSource.Scale scaled) {
        List<Site> inputs = data.inputs(store);
        List<Site> outputs = data.outputs(store);
        Schedule schedule = steps.schedule(store.vectors(), one.variant.width());
        long order = seeds.ofOrder();
        return new Recipe(
                store.facts().identity() + " scale " + scaled + (order == one.seed ? "" : " order " + order),
                inputs,
                outputs,
                settings(one, inputs, outputs, schedule.steps()),
                one.variant.width(),
                steps.batch,
                schedule,
                steps.options(),
                one.seed);
    }
}

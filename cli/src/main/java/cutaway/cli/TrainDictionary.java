package cutaway.cli;

import cutaway.cli.report.HtmlReport;
import cutaway.cli.report.TrainingRecord;
import cutaway.features.coder.Coder;
import cutaway.features.exchange.Numbers;
import cutaway.features.store.ActivationStore;
import cutaway.features.train.Curve;
import cutaway.features.train.Progress;
import cutaway.features.train.Recipe;
import cutaway.features.train.StoreSource;
import cutaway.features.train.Trainer;
import cutaway.features.train.Training;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "The dictionary's folder.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Option(
            names = "--scale",
            paramLabel = "SCALE",
            defaultValue = "mean_norm",
            description = "What activations are multiplied by while it is trained, and folded into it at the end:"
                    + " mean_norm, mean_square or none (default: ${DEFAULT-VALUE}).")
    private String scale = "mean_norm";

    @Option(names = "--seed", defaultValue = "0", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            defaultValue = "full",
            description = "What its matrices are written in: full, bf16 or int8 (default: ${DEFAULT-VALUE}).")
    private String weightType = "full";

    @Option(
            names = "--report",
            paramLabel = "PAGE",
            description = "Also write a page with the curves: a file that ends in .html.")
    private @Nullable Path report;

    @Mixin
    private final TrainingData data = new TrainingData();

    @Mixin
    private final TrainingSteps steps = new TrainingSteps();

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
        data.check();
        Path state = out.toAbsolutePath().resolveSibling(out.getFileName() + ".training");
        Interruption.advise("what was reached is kept in " + state + ": the same command goes on from there.");
        TrainedDictionary trained;
        try (ActivationStore store = data.open(state, seed, new Harvesting(model, weights, console))) {
            trained = train(store, state, numbers, scaled);
        } finally {
            console.stepsDone();
        }
        if (page != null) {
            page.write(HtmlReport.training(console.compact(trained.record())));
        }
        if (console.isJson()) {
            console.json(trained.record());
        } else {
            trained.print(console);
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

    private TrainedDictionary train(ActivationStore store, Path state, Numbers numbers, StoreSource.Scale scaled) {
        List<Site> inputs = data.inputs(store);
        List<Site> outputs = data.outputs(store);
        StoreSource source = new StoreSource(store, inputs, outputs, steps.batch, scaled);
        Recipe recipe = new Recipe(
                store.facts().identity() + " scale " + scaled,
                inputs,
                outputs,
                coders.settings(inputs.size(), data.transcodes()),
                coders.width,
                steps.batch,
                steps.schedule(store.vectors(), coders.width),
                steps.options(),
                seed);
        try (Coder coder = first(recipe, source);
                Training training = new Training(coder, recipe.schedule(), recipe.options())) {
            Trainer trainer =
                    new Trainer(training, source, state, recipe.text(), steps.pace(recipe.schedule()));
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
            double rateNow = (training.steps() - before) * (double) steps.batch / seconds;
            TrainedDictionary trained = new TrainedDictionary(out, record(store, recipe, coder, curve, rateNow));
            trained.write(coder, source.scale(), numbers, console);
            return trained;
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
                (point.step() - before) * (double) steps.batch / seconds);
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
                recipe.batch(),
                recipe.schedule().steps(),
                recipe.schedule().rate(),
                recipe.seed(),
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

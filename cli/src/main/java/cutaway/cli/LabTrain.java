package cutaway.cli;

import cutaway.cli.report.HtmlReport;
import cutaway.cli.report.Ink;
import cutaway.cli.report.LabRecord;
import cutaway.cli.report.LabRecord.LabMeasure;
import cutaway.cli.report.LossLine;
import cutaway.lab.Export;
import cutaway.lab.Lab;
import cutaway.lab.OpenModel;
import cutaway.lab.Recipe;
import cutaway.lab.RecipeFile;
import cutaway.lab.Trained;
import cutaway.lab.net.TransformerNet;
import cutaway.lab.train.Progress;
import cutaway.tensor.BadInputException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cutaway lab train`: a small model, for many seeds and settings at once.
@Command(
        name = "train",
        description = {
            "Trains a small model on a task, for all seeds and variants of the task side by side, each as it would be"
                    + " alone.",
            "What was trained is kept in the cache under its recipe: the same command finds it there. Interrupted, it"
                    + " goes on from the last checkpoint and ends with the same bits."
        },
        footer = {
            "",
            "Example:",
            "  cutaway lab train modular_addition --seeds 5 --head harmonic:4 --report page.html",
            "  cutaway lab train superposition --with task.features=20 --hidden 5 --steps 2000 --out toy",
            "  cutaway lab train --recipe toy/recipe.json --optimizer muon --seeds 0,7"
        },
        mixinStandardHelpOptions = true)
final class LabTrain implements Callable<Integer> {

    /// So many instances have a line each; of more, the first.
    private static final int SHOWN = 16;

    /// Between two words on steps, in nanoseconds.
    private static final long PAUSE = 1_000_000_000L;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Also write it here: model.safetensors, recipe.json, curve.jsonl, snapshots.")
    private @Nullable Path out;

    @Option(names = "--report", paramLabel = "PAGE", description = "Also write a page with the curves, PAGE.html.")
    private @Nullable Path report;

    @Option(
            names = "--keep-every",
            paramLabel = "STEPS",
            description = "Steps between two checkpoints (default: a fiftieth of all).")
    private @Nullable Long keepEvery;

    @Option(
            names = "--cache",
            paramLabel = "FOLDER",
            description = "Where trainings are kept (default: lab in the user's cache, which CUTAWAY_CACHE names).")
    private @Nullable Path cache;

    @Mixin
    private final LabOptions options = new LabOptions();

    @Mixin
    private final Console console = new Console();

    private long began;
    private long before;
    private long told;
    private String losses = "";

    @Override
    public Integer call() {
        Recipe recipe = options.recipe();
        ReportFile page = report == null ? null : new ReportFile(report);
        boolean isThere = out != null && Export.isThere(recipe, out);
        if (out != null && !isThere) {
            new TrainingFolders(out).check();
        }
        Lab lab = cache == null ? Lab.usual() : new Lab(cache);
        Interruption.advise(
                "what was reached is kept in " + lab.folder(recipe) + ": the same command goes on from there.");
        try (Trained trained = train(lab, recipe)) {
            LabRecord record = record(trained);
            if (out != null && isThere) {
                console.note(out + " has this training already");
            } else if (out != null) {
                export(trained, out);
            }
            if (out != null && recipe.net() instanceof TransformerNet && !OpenModel.isOf(recipe)) {
                console.note(
                        "no folder that opens as a model was written, for no file of a model says a spherical head:"
                                + " read " + out + " in Java (cutaway.lab), or train with --head linear or harmonic:N");
            }
            if (page != null) {
                page.write(HtmlReport.lab(console.compact(record)));
            }
            if (console.isJson()) {
                console.json(record);
            } else {
                print(record);
                printMeasures(record);
            }
        }
        return 0;
    }

    private Trained train(Lab lab, Recipe recipe) {
        Lab.Listener listener =
                new Lab.Listener(made -> begin(recipe, made), made -> tell(recipe, made), point -> tell(recipe, point));
        try {
            return keepEvery == null ? lab.train(recipe, listener) : lab.train(recipe, listener, keepEvery);
        } finally {
            console.stepsDone();
        }
    }

    private void begin(Recipe recipe, long made) {
        began = System.nanoTime();
        before = made;
        if (made >= recipe.steps()) {
            console.note("found in the cache: this recipe was trained before");
        } else if (made > 0) {
            console.note("goes on after " + Ink.count(made, "step") + " made already");
        }
    }

    /// A point of the curve: what is said of its losses stays until the next.
    private void tell(Recipe recipe, Progress point) {
        StringBuilder said = new StringBuilder();
        point.values()
                .forEach((name, _) -> said.append(String.format(Locale.ROOT, ", %s %.4g", name, point.mean(name))));
        losses = said.toString();
        say(recipe, point.step());
    }

    /// A step: points may be far apart, and who waits sees that it goes on.
    private void tell(Recipe recipe, long step) {
        long now = System.nanoTime();
        if (now - told >= PAUSE) {
            say(recipe, step);
        }
    }

    private void say(Recipe recipe, long step) {
        told = System.nanoTime();
        double seconds = Math.max(1e-9, (told - began) / 1e9);
        String done = String.format(
                Locale.ROOT,
                "step %,d of %,d%s, %,.0f steps/s",
                step,
                recipe.steps(),
                losses,
                (step - before) / seconds);
        if (Console.OVERWRITES) {
            console.step("train", done);
        } else {
            console.progress(done, (double) step / recipe.steps());
        }
    }

    private static void export(Trained trained, Path to) {
        try {
            Export.write(trained, to);
        } catch (UncheckedIOException e) {
            throw new BadInputException(
                    "cannot write " + to + " (" + (e.getCause() == null ? e : e.getCause()).getMessage()
                            + "); what was trained is kept in the cache: make room, then give the same command.",
                    e);
        }
    }

    private LabRecord record(Trained trained) {
        Recipe recipe = trained.recipe();
        long numbers = trained.parameters().values().stream()
                        .mapToLong(tensor -> tensor.shape().count())
                        .sum()
                / recipe.instances().size();
        return new LabRecord(
                Cutaway.Version.number(),
                recipe.task().name(),
                recipe.task().about(),
                LabWords.of(recipe.net()),
                LabWords.head(recipe),
                LabWords.of(recipe.descent()),
                recipe.names(),
                numbers,
                recipe.batch(),
                recipe.steps(),
                recipe.rate().rate(),
                trained.curve().getLast().seconds(),
                trained.folder().toString(),
                console.command(),
                RecipeFile.text(recipe),
                trained.curve().stream()
                        .map(point -> new LabRecord.LabPoint(point.step(), point.values()))
                        .toList(),
                LabMeasures.of(trained));
    }

    private void print(LabRecord record) {
        console.line("%s  %s", record.task(), record.about());
        console.line(
                "  %s; %s; %s, rate %s", record.net(), record.head(), record.descent(), LabWords.plain(record.rate()));
        LabRecord.LabPoint last = record.curve().getLast();
        List<String> names = new ArrayList<>(last.values().keySet());
        int widest = Stream.concat(Stream.of("instance"), record.instances().stream())
                .mapToInt(String::length)
                .max()
                .orElse(0);
        console.line("  %-" + widest + "s%s", "instance", columns(names));
        int shown = record.instances().size() <= SHOWN ? record.instances().size() : SHOWN;
        for (int i = 0; i < shown; i++) {
            int instance = i;
            console.line(
                    "  %-" + widest + "s%s",
                    record.instances().get(i),
                    columns(names.stream()
                            .map(name -> String.format(
                                    Locale.ROOT,
                                    "%.4g",
                                    last.values().getOrDefault(name, List.of()).get(instance)))
                            .toList()));
        }
        if (shown < record.instances().size()) {
            console.line(
                    "  and %,d more: --json and --report have all",
                    record.instances().size() - shown);
        }
        double[] losses = record.curve().stream()
                .mapToDouble(point -> point.values().getOrDefault(Progress.LOSS, List.of()).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElse(0))
                .toArray();
        console.line("  mean loss %.4g %s %.4g", losses[0], LossLine.of(losses), losses[losses.length - 1]);
        console.line(
                "  %,d steps in %.1f s, %,d parameters each; kept in %s",
                record.steps(), record.seconds(), record.parameters(), out == null ? record.folder() : out);
    }

    /// Of each instance: how long it took from training to held-out examples, and whether rows of the head are centres.
    private void printMeasures(LabRecord record) {
        if (!record.curve().getLast().values().containsKey(Progress.TEST + Progress.ACCURACY)) {
            return;
        }
        console.line(
                "  steps from 95 %% of the training examples right to 95 %% of those held out (grokking gap): %s",
                each(record, measure -> gap(record, measure)));
        if (record.measures().stream().anyMatch(measure -> measure.centres().isPresent())) {
            console.line(
                    "  correlation of the head's rows with class means (class centres): %s",
                    each(record, measure -> number(measure.centres())));
            console.line(
                    "  distance within a class over that between two (spread): %s",
                    each(record, measure -> number(measure.spread())));
        }
        printIf(record, LabMeasure::topTwo, "variance of embedded tokens in two principal components");
        printIf(record, LabMeasure::deviation, "deviation of embedded tokens from parallelograms");
        printIf(record, LabMeasure::tokens, "distance of embedded tokens within a class over that between two");
    }

    private void printIf(LabRecord record, Function<LabMeasure, Optional<Double>> measure, String what) {
        if (record.measures().stream().anyMatch(one -> measure.apply(one).isPresent())) {
            console.line("  %s: %s", what, each(record, one -> number(measure.apply(one))));
        }
    }

    /// Where what is held out was never learned, the steps that were left: the gap is at least that.
    private static String gap(LabRecord record, LabMeasure measure) {
        if (measure.learned().isEmpty()) {
            return "not learned";
        }
        double end = measure.heldOut().orElse((double) record.curve().getLast().step());
        return (measure.heldOut().isEmpty() ? "over " : "")
                + String.format(Locale.ROOT, "%,.0f", end - measure.learned().get());
    }

    private static String number(Optional<Double> value) {
        return value.map(known -> String.format(Locale.ROOT, "%.3f", known)).orElse("none");
    }

    private static String each(LabRecord record, Function<LabMeasure, String> words) {
        return record.measures().stream().limit(SHOWN).map(words).collect(Collectors.joining(", "))
                + (record.measures().size() > SHOWN ? ", ..." : "");
    }

    private static String columns(List<String> words) {
        StringBuilder line = new StringBuilder();
        words.forEach(word -> line.append(String.format(Locale.ROOT, "  %13s", word)));
        return line.toString();
    }
}

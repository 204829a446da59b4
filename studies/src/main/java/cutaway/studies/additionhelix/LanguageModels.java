package cutaway.studies.additionhelix;

import cutaway.interp.geometry.FitScores;
import cutaway.interp.geometry.LabelFeatures;
import cutaway.interp.geometry.LabelSplit;
import cutaway.interp.geometry.LabelledPrompts;
import cutaway.interp.geometry.ManifoldFit;
import cutaway.interp.geometry.PeriodSpectrum;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.studies.Figure;
import cutaway.studies.StudyRun;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Numbers in language models, where these are on the machine: no bars.
final class LanguageModels {

    /// A model with a word piece for each number.
    private static final List<String> BERT =
            List.of("google-bert/bert-base-uncased", "bert-base-uncased", "google-bert/bert-base-cased");

    /// Sums before the one that is asked for, so that a small model answers with a number.
    private static final String EXAMPLES = "12+35=47\n61+17=78\n40+29=69\n";

    private static final int AT_ONCE = 10;
    private static final int EVERY = 5;
    private static final int PERIODS = 6;
    private static final double HELD_OUT = 0.25;

    /// Too few to hold any out and fit the others.
    private static final int LEAST = 40;

    /// @param figures that were drawn
    /// @param notes what was measured or left out
    record Reported(List<Figure> figures, List<String> notes) {}

    private LanguageModels() {}

    /// @param sums that are asked for
    static Reported report(StudyRun run, int sums) {
        List<Figure> figures = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        Optional<Model> here = run.modelIfHere();
        if (here.isPresent()) {
            add(figures, notes, ofSums(run, here.get(), sums));
        } else {
            notes.add("Sums of the language model are left out: it is not in the cache (cutaway models " + Hub.DEFAULT
                    + " gets it).");
        }
        Optional<Model> bert = run.modelIfHere(BERT);
        if (bert.isPresent()) {
            try (Model model = bert.get()) {
                add(figures, notes, ofWordPieces(run, model));
            }
        } else {
            notes.add("BERT's word pieces 0 to 99 are left out: " + BERT.getFirst()
                    + " is not in the cache (cutaway pull gets it).");
        }
        return new Reported(figures, notes);
    }

    private static void add(List<Figure> figures, List<String> notes, Reported more) {
        figures.addAll(more.figures);
        notes.addAll(more.notes);
    }

    /// What one number's helix tells at some layers.
    ///
    /// @param of the number, and the token that is read
    private record Told(String of, double[] shares) {}

    /// A sum that is asked for.
    ///
    /// @param ids of the examples and the question, to its `=`
    /// @param lastOfFirst the position of the first number's last token
    private record Asked(int first, int second, int[] ids, int lastOfFirst) {}

    private static Reported ofSums(StudyRun run, Model model, int count) {
        List<Site> sites = IntStream.range(0, model.sizes().layers())
                .filter(layer -> (model.sizes().layers() - 1 - layer) % EVERY == 0)
                .mapToObj(layer -> (Site) new Site.Resid(layer, Moment.POST))
                .toList();
        List<Asked> asked = asked(model, count);
        List<Asked> right = new ArrayList<>();
        List<List<Tensor>> ofFirst =
                sites.stream().map(_ -> (List<Tensor>) new ArrayList<Tensor>()).toList();
        List<List<Tensor>> ofLast =
                sites.stream().map(_ -> (List<Tensor>) new ArrayList<Tensor>()).toList();
        try (Scope scope = Scope.open()) {
            for (int from = 0; from < asked.size(); from += AT_ONCE) {
                run.progress("sums of the language model", (double) from / asked.size());
                List<Asked> some = asked.subList(from, Math.min(asked.size(), from + AT_ONCE));
                List<int[]> answered =
                        some.stream().map(one -> answered(model, one)).toList();
                try (Trace trace = Runs.run(model, Batch.of(answered, Batch.Side.RIGHT), List.of(), sites);
                        Scope inner = Scope.open()) {
                    for (int row = 0; row < some.size(); row++) {
                        Asked one = some.get(row);
                        if (!isRight(trace.logits().select(0, row), answered.get(row), one.ids.length)) {
                            continue;
                        }
                        right.add(one);
                        for (int site = 0; site < sites.size(); site++) {
                            Tensor stream =
                                    trace.at(sites.get(site)).select(0, row).to(Dtype.F32);
                            ofFirst.get(site).add(kept(inner, stream, one.lastOfFirst));
                            ofLast.get(site).add(kept(inner, stream, one.ids.length - 1));
                        }
                    }
                }
            }
            String share = String.format(
                    Locale.ROOT, "%d of %d sums right in all digits, after three examples", right.size(), asked.size());
            if (right.size() < LEAST) {
                return new Reported(
                        List.of(), List.of("The language model has " + share + ": too few to fit helices to."));
            }
            List<Told> told = new ArrayList<>();
            told.add(told("a, at its last digit", ofFirst, right, one -> one.first));
            told.add(told("a, at =", ofLast, right, one -> one.first));
            told.add(told("b, at =", ofLast, right, one -> one.second));
            told.add(told("a + b, at =", ofLast, right, one -> one.first + one.second));
            double[] dealt = FitScores.shuffledLabels(
                    right.stream().mapToDouble(one -> one.first).toArray(), new Random(3).generator());
            told.add(new Told("shuffled a, at its last digit", shares(ofFirst, dealt)));
            double[] layers =
                    sites.stream().mapToDouble(site -> site.point().layer()).toArray();
            return reported(
                    "Numbers in the language model, on sums it gets right",
                    "The model has " + share + ".",
                    layers,
                    told);
        }
    }

    private static Tensor kept(Scope inner, Tensor stream, int position) {
        return inner.release(stream.select(0, position).reshape(1, -1).copy());
    }

    /// Draws sums, each pair once.
    private static List<Asked> asked(Model model, int count) {
        List<Integer> pairs = new ArrayList<>(IntStream.range(0, AddingNet.NUMBERS * AddingNet.NUMBERS)
                .boxed()
                .toList());
        Collections.shuffle(pairs, new Random(23).generator());
        return pairs.stream()
                .limit(count)
                .map(pair -> {
                    int first = pair / AddingNet.NUMBERS;
                    int second = pair % AddingNet.NUMBERS;
                    int upToFirst = model.encode(EXAMPLES + first).ids().length;
                    int[] ids =
                            model.encode(EXAMPLES + first + "+" + second + "=").ids();
                    return new Asked(first, second, ids, upToFirst - 1);
                })
                .toList();
    }

    /// With the sum behind it, and the end of the line.
    private static int[] answered(Model model, Asked one) {
        return model.encode(EXAMPLES + one.first + "+" + one.second + "=" + (one.first + one.second) + "\n")
                .ids();
    }

    /// Whether each token of the answer is the likeliest one.
    ///
    /// @param logits `[pos, vocab]`
    private static boolean isRight(Tensor logits, int[] answered, int from) {
        long[] top = Scope.free(
                () -> logits.slice(0, from - 1L, answered.length - 1L).argmax(1).toLongs());
        return IntStream.range(0, top.length).allMatch(i -> top[i] == answered[from + i]);
    }

    /// Which number of a sum is told.
    private interface Number {
        double of(Asked asked);
    }

    private static Told told(String of, List<List<Tensor>> rows, List<Asked> right, Number number) {
        return new Told(of, shares(rows, right.stream().mapToDouble(number::of).toArray()));
    }

    private static double[] shares(List<List<Tensor>> rows, double[] numbers) {
        return rows.stream()
                .mapToDouble(some -> Scope.free(() -> heldOut(Tensor.cat(some, 0), numbers)))
                .toArray();
    }

    /// What a helix of periods that are chosen tells of numbers that are held out.
    private static double heldOut(Tensor activations, double[] numbers) {
        LabelSplit split = LabelSplit.of(numbers, HELD_OUT, 0);
        Tensor fitted = LabelSplit.rows(activations, split.training());
        double[] values = LabelSplit.labels(numbers, split.training());
        LabelFeatures helix = new LabelFeatures.Fourier(
                PeriodSpectrum.of(fitted, values, PeriodSpectrum.candidates(numbers))
                        .choose(PERIODS),
                true);
        return ManifoldFit.of(fitted, values, helix, ManifoldFit.Settings.USUAL)
                .r2(LabelSplit.rows(activations, split.heldOut()), LabelSplit.labels(numbers, split.heldOut()));
    }

    /// Numbers alone, each a word piece, between the marks of a sentence.
    private static Reported ofWordPieces(StudyRun run, Model model) {
        double[] numbers =
                IntStream.range(0, AddingNet.NUMBERS).asDoubleStream().toArray();
        List<String> texts =
                IntStream.range(0, AddingNet.NUMBERS).mapToObj(String::valueOf).toList();
        List<Site> sites = IntStream.range(0, model.sizes().layers())
                .mapToObj(layer -> (Site) new Site.Resid(layer, Moment.NORMALIZED))
                .toList();
        try (Scope _ = Scope.open()) {
            List<Tensor> all = new LabelledPrompts(texts, numbers)
                    .activations(model, sites, 1, done -> run.progress("word pieces", done));
            List<List<Tensor>> rows = all.stream().map(List::of).toList();
            double[] dealt = FitScores.shuffledLabels(numbers, new Random(3).generator());
            return reported(
                    "BERT's word pieces 0 to 99",
                    "Each alone in a sentence, read at its own token.",
                    sites.stream().mapToDouble(site -> site.point().layer()).toArray(),
                    List.of(new Told("n", shares(rows, numbers)), new Told("shuffled n", shares(rows, dealt))));
        }
    }

    private static Reported reported(String title, String what, double[] layers, List<Told> told) {
        String rows = told.stream()
                .map(one -> one.of + " "
                        + Arrays.stream(one.shares)
                                .mapToObj(share -> String.format(Locale.ROOT, "%.2f", share))
                                .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
        String at = Arrays.stream(layers)
                .mapToObj(layer -> Integer.toString((int) layer))
                .collect(Collectors.joining(", "));
        return new Reported(
                List.of(new Figure(
                        title,
                        what + " R2 of helices of six periods, chosen on the numbers that are fitted, at numbers that"
                                + " are held out; below 0 they are worse than the mean.",
                        new Figure.Curves(
                                Figure.Axis.of("block"),
                                Figure.Axis.of("R2"),
                                told.stream()
                                        .map(one -> one.of.startsWith("shuffled")
                                                ? Figure.Series.reference(one.of, layers, one.shares)
                                                : Figure.Series.line(one.of, layers, one.shares))
                                        .toList()))),
                List.of(title + ", no bar: " + what + " R2 at numbers held out after blocks " + at + ": " + rows
                        + "."));
    }
}

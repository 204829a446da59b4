package cutaway.studies.noise2self;

import cutaway.features.select.Selection;
import cutaway.lab.blind.BlindDenoiser;
import cutaway.studies.Bar;
import cutaway.studies.Card;
import cutaway.studies.Figure;
import cutaway.studies.Findings;
import cutaway.studies.Goal;
import cutaway.studies.Parameter;
import cutaway.studies.Study;
import cutaway.studies.StudyRun;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Radii, ranks and numbers of latents chosen from noisy data alone, beside what the truth and the train loss choose.
public final class Noise2Self implements Study {

    private static final double[] SIGMAS = {0.1, 0.3, 0.6};
    private static final int DRAWS = 5;
    private static final int TABLES = 8;
    private static final int PLANTED = 5;

    @Override
    public Card card() {
        return new Card(
                "noise2self",
                "Noise2Self: Blind Denoising by Self-Supervision",
                2019,
                "arXiv:1901.11365",
                "Where no number is said by itself, the loss to noisy data is the loss to the truth and the noise's"
                        + " variance, so that any denoiser is tuned from noisy data alone.",
                "Medians with and without a hole over three levels of noise; components of thinned counts; sparse"
                        + " dictionaries of planted directions with hidden columns; a small U-Net with hidden pixels.");
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of("images", "of each level of noise and draw", 8, 16, 32),
                Parameter.of("size", "of images in pixels, even", 64, 64, 64),
                Parameter.of("cells", "rows of each table of counts", 300, 300, 500),
                Parameter.of("genes", "columns of it", 80, 150, 200),
                Parameter.of("dictionary-steps", "of training each dictionary", 300, 1500, 4000),
                Parameter.of("net-steps", "of training the U-Net", 120, 500, 1500),
                Parameter.of("net-size", "of its images in pixels, even", 32, 48, 64));
    }

    @Override
    public Findings run(StudyRun run) {
        List<Bar> bars = new ArrayList<>();
        List<Figure> figures = new ArrayList<>();
        hidden(run, bars);
        medians(run, bars, figures);
        counts(run, bars, figures);
        dictionaries(run, bars, figures);
        net(run, bars);
        return new Findings(
                bars,
                figures,
                List.of(
                        "The split test needs a second measurement of the same thing; of activations that were measured"
                                + " once nothing can tell correlated noise from what the columns share.",
                        "The net is a U-Net of one halving with 8 or 16 channels, trained on images of the same kind as"
                                + " those that it denoises.",
                        "The gap of the curve is taken to the noise that was drawn, not to its expected variance; its"
                                + " bar is relative to that noise, after a first run against an absolute one."));
    }

    private static double[] values(List<? extends Number> values) {
        return values.stream().mapToDouble(Number::doubleValue).toArray();
    }

    /// The instrument on rows: a planted rank is found, none in noise; correlated noise is flagged.
    private static void hidden(StudyRun run, List<Bar> bars) {
        bars.add(Bar.instrument(
                        "rank chosen by hidden columns, of a planted " + PLANTED,
                        Goal.between(PLANTED, PLANTED),
                        run.seeds()
                                .mapToDouble(seed -> Sparse.rank(PLANTED, seed))
                                .toArray())
                .against(
                        "of noise alone",
                        Goal.atMost(0),
                        run.seeds().mapToDouble(seed -> Sparse.rank(0, seed)).toArray()));
        int size = run.count("size");
        int images = 2 * run.count("images");
        bars.add(Bar.instrument(
                        "split test of noise that neighbours share (standard errors)",
                        Goal.atLeast(3),
                        run.seeds()
                                .mapToDouble(seed -> Images.draw(images, size, 0.3, true, 900 + seed)
                                        .split(2)
                                        .z())
                                .toArray())
                .against(
                        "of independent noise",
                        Goal.atMost(3),
                        run.seeds()
                                .mapToDouble(seed -> Images.draw(images, size, 0.3, false, 900 + seed)
                                        .split(2)
                                        .z())
                                .toArray()));
    }

    /// What medians say on one seed.
    private record Medians(int right, int withoutHole, double gap, double gapWithoutHole, List<Images.Curves> curves) {}

    private static void medians(StudyRun run, List<Bar> bars, List<Figure> figures) {
        List<Medians> all = run.each("medians", seed -> {
            int right = 0;
            int withoutHole = 0;
            double gap = 0;
            double gapWithoutHole = 1;
            List<Images.Curves> shown = new ArrayList<>();
            for (double sigma : SIGMAS) {
                for (int draw = 0; draw < DRAWS; draw++) {
                    Images images =
                            Images.draw(run.count("images"), run.count("size"), sigma, false, 100 * seed + draw);
                    Images.Curves donut = images.medians(true);
                    right += donut.isRight() ? 1 : 0;
                    Images.Curves plain = images.medians(false);
                    withoutHole += plain.isRight() ? 1 : 0;
                    gap = Math.max(gap, donut.gap(images.noise()));
                    gapWithoutHole = Math.min(gapWithoutHole, plain.gap(images.noise()));
                    if (draw == 0) {
                        shown.add(donut);
                    }
                }
            }
            return new Medians(right, withoutHole, gap, gapWithoutHole, shown);
        });
        bars.add(Bar.instrument(
                        "largest gap between a curve and the truth's with the noise, of the loss",
                        Goal.atMost(0.03),
                        values(all.stream().map(Medians::gap).toList()))
                .against(
                        "least without the hole",
                        values(all.stream().map(Medians::gapWithoutHole).toList())));
        bars.add(Bar.claim(
                        "radii chosen as the truth does, of 15",
                        "the best",
                        Goal.atLeast(14),
                        values(all.stream().map(Medians::right).toList()))
                .against(
                        "by a median without the hole",
                        values(all.stream().map(Medians::withoutHole).toList())));
        List<Figure.Series> series = new ArrayList<>();
        for (int level = 0; level < SIGMAS.length; level++) {
            Images.Curves curves = all.getFirst().curves.get(level);
            series.add(line("noise " + SIGMAS[level], curves.selfSupervised(), Selection.Point::selfSupervised));
            series.add(Figure.Series.reference(
                    "to the truth, " + SIGMAS[level],
                    Images.RADII,
                    curves.truth().points().stream()
                            .mapToDouble(Selection.Point::selfSupervised)
                            .toArray()));
        }
        figures.add(new Figure(
                "Radius of a median with a hole",
                "The loss to noisy images runs beside the loss to the truth, higher by the variance of the noise.",
                new Figure.Curves(Figure.Axis.of("radius in pixels"), Figure.Axis.log("mean square"), series)));
    }

    private static void counts(StudyRun run, List<Bar> bars, List<Figure> figures) {
        List<List<Counts.Chosen>> all = run.each(
                "counts",
                seed -> IntStream.range(0, TABLES)
                        .mapToObj(table -> Counts.choose(run.count("cells"), run.count("genes"), 10 * seed + table))
                        .toList());
        bars.add(Bar.claim(
                        "tables of counts whose rank thinning finds, of 8",
                        "found",
                        Goal.atLeast(7),
                        all.stream()
                                .mapToDouble(of ->
                                        right(of, it -> it.selection().chosen().value()))
                                .toArray())
                .against(
                        "the loss of what was fitted to",
                        all.stream()
                                .mapToDouble(of ->
                                        right(of, it -> it.selection().byTrain().value()))
                                .toArray()));
        Selection shown = all.getFirst().getFirst().selection();
        figures.add(new Figure(
                "Components of counts",
                "Planted are 8. What was kept apart has its least loss there; what was fitted to falls on.",
                new Figure.Curves(
                        Figure.Axis.of("rank"),
                        Figure.Axis.log("mean square, of the first"),
                        List.of(
                                ofFirst("kept apart", shown, Selection.Point::selfSupervised),
                                ofFirst("fitted to", shown, Selection.Point::train)))));
    }

    private static double right(List<Counts.Chosen> of, ToDoubleFunction<Counts.Chosen> rank) {
        return of.stream().filter(it -> rank.applyAsDouble(it) == Counts.RANK).count();
    }

    private static void dictionaries(StudyRun run, List<Bar> bars, List<Figure> figures) {
        List<Sparse.Chosen> all = run.each("dictionaries", seed -> Sparse.choose(run.count("dictionary-steps"), seed));
        bars.add(Bar.claim(
                        "loss to the truth at the k chosen by hidden columns, of the least",
                        "-",
                        Goal.atMost(1.1),
                        all.stream()
                                .mapToDouble(it -> it.excess(it.selection().chosen()))
                                .toArray())
                .against(
                        "at the k that the train loss chooses",
                        all.stream()
                                .mapToDouble(it -> it.excess(it.selection().byTrain()))
                                .toArray()));
        Sparse.Chosen shown = all.getFirst();
        figures.add(new Figure(
                "Latents of a token",
                "Three directions and noise in a token: hidden columns are said best with few latents, seen ones with"
                        + " as many as there are.",
                new Figure.Curves(
                        Figure.Axis.log("k"),
                        Figure.Axis.log("mean square"),
                        List.of(
                                line("hidden", shown.selection(), Selection.Point::selfSupervised),
                                line("seen", shown.selection(), Selection.Point::train),
                                Figure.Series.reference("to the truth", Sparse.KS, shown.truth())))));
    }

    private static void net(StudyRun run, List<Bar> bars) {
        int size = run.count("net-size");
        List<double[]> gains = run.each("the net", seed -> {
            Images training = Images.draw(64, size, 0.3, false, 500 + seed);
            Images denoised = Images.draw(16, size, 0.3, false, 700 + seed);
            int channels = run.isQuick() ? 8 : 16;
            int steps = run.count("net-steps");
            double masked = denoised.gain(
                    training,
                    new BlindDenoiser.Settings(channels, steps, 8, 5e-3, true, seed),
                    done -> run.progress("the net", done));
            double repeating = denoised.gain(
                    training,
                    new BlindDenoiser.Settings(channels, steps / 2, 8, 5e-3, false, seed),
                    done -> run.progress("a net that sees all", done));
            return new double[] {masked, repeating};
        });
        bars.add(Bar.claim(
                        "gain of a masked U-Net over the tuned median (dB)",
                        "the best",
                        Goal.atLeast(0.5),
                        gains.stream().mapToDouble(gain -> gain[0]).toArray())
                .against(
                        "of one that sees all",
                        gains.stream().mapToDouble(gain -> gain[1]).toArray()));
    }

    private static Figure.Series line(String name, Selection selection, ToDoubleFunction<Selection.Point> loss) {
        return Figure.Series.line(name, settings(selection), losses(selection, loss));
    }

    private static Figure.Series ofFirst(String name, Selection selection, ToDoubleFunction<Selection.Point> loss) {
        double[] y = losses(selection, loss);
        double first = y[0];
        return Figure.Series.line(
                name,
                settings(selection),
                IntStream.range(0, y.length).mapToDouble(i -> y[i] / first).toArray());
    }

    private static double[] settings(Selection selection) {
        return selection.points().stream().mapToDouble(Selection.Point::value).toArray();
    }

    private static double[] losses(Selection selection, ToDoubleFunction<Selection.Point> loss) {
        return selection.points().stream().mapToDouble(loss).toArray();
    }
}

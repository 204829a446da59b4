package cutaway.interp.run;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.RowMap;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Random;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Random edits of one prompt that fit a model: all that can be done, at every site, at all positions, one, or a span.
final class DrawnEdits {

    static final int[] IDS = {3, 41, 59, 26, 5, 58, 13};
    static final Source OTHER = Source.of(new int[] {3, 41, 60, 26, 9, 58, 13}, List.of());
    static final Metric METRIC = new Metric.LogitDifference(7, 21);

    /// What can be done.
    enum Op {
        ZERO,
        MEAN,
        MEAN_OVER,
        PATCH,
        REPLACE,
        ADD,
        SCALE,
        PROJECT_OUT,
        APPLY,
        KNOCKOUT
    }

    /// Where.
    enum Where {
        ALL,
        ONE,
        SPAN
    }

    /// What is above 0 stays there, as divisors have to.
    private static final RowMap CURVED =
            rows -> rows.times(0.8).plus(rows.square().plus(1).sqrt().times(0.1));

    private final List<Site> sites;
    private final Sizes sizes;
    private final RandomGenerator random;
    private final Reach reach;
    private int from;

    DrawnEdits(Model model, long seed) {
        this(model, METRIC, seed);
    }

    /// @param metric that every edit reaches
    DrawnEdits(Model model, Metric metric, long seed) {
        this.sites = sites(model);
        this.sizes = model.sizes();
        this.random = new Random(seed).generator();
        this.reach = Reach.of(metric, sizes, IDS.length);
    }

    /// Draws positions from some one on from now on; those before it keep the base run's keys and values.
    void startAt(int position) {
        from = position;
    }

    /// Every whole site of the first two blocks, the last, and around them; some heads and neurons alone.
    static List<Site> sites(Model model) {
        List<Site> sites = new ArrayList<>();
        int last = model.sizes().layers() - 1;
        for (Site site : SiteNames.all(model.sizes())) {
            int layer = site.point().layer();
            if (layer > 1 && layer < last) {
                continue;
            }
            sites.add(site);
            switch (site) {
                case Site.Heads(int _, HeadPart part) -> {
                    boolean shared = site.point().kind().axes() == Axes.KV_HEAD;
                    sites.add(new Site.Head(
                            layer,
                            layer
                                    % (shared
                                            ? model.sizes().kvHeads()
                                            : model.sizes().heads()),
                            part));
                }
                case Site.Neurons(int _, NeuronPart part) -> sites.add(new Site.Neuron(layer, 5 + layer, part));
                default -> {}
            }
        }
        return sites;
    }

    /// Whether that can be done there.
    static boolean applies(Op op, Site site) {
        Kind kind = site.point().kind();
        boolean isDivisor = kind.axes() == Axes.ONE || kind.axes() == Axes.HEAD_ONE; // 0 makes no number
        return switch (op) {
            case MEAN, MEAN_OVER -> kind.axes() != Axes.PAIR; // refused: each row is over keys of its own
            case ZERO -> !isDivisor;
            case PROJECT_OUT -> !isDivisor && kind != Kind.SCORES; // what is out of sight is -inf and has no direction
            case PATCH, REPLACE, ADD, SCALE -> true;
            case APPLY ->
                kind.axes() != Axes.PAIR
                        && site.onlyHead().isEmpty()
                        && site.onlyNeuron().isEmpty();
            case KNOCKOUT -> kind == Kind.SCORES;
        };
    }

    /// An edit of a site, at positions from which it reaches the metric.
    Edit edit(Op op, Site site, Where where) {
        for (int i = 0; i < 200; i++) {
            Edit edit = of(op, site, positions(where));
            if (reach.from(edit)) {
                return edit;
            }
        }
        throw new IllegalStateException("no position from which " + op + " at " + site.text() + " reaches the metric");
    }

    /// Edits of some variants: one to three of them each, anywhere.
    List<List<Edit>> variants(int count) {
        return Stream.generate(this::variant).limit(count).toList();
    }

    private List<Edit> variant() {
        List<Edit> edits = new ArrayList<>();
        int count = random.nextInt(1, 4);
        while (edits.size() < count) {
            Op op = Op.values()[random.nextInt(Op.values().length)];
            Where where = Where.values()[random.nextInt(Where.values().length)];
            Site site = sites.get(random.nextInt(sites.size()));
            if (applies(op, site)) {
                edits.add(edit(op, site, where));
            }
        }
        return edits;
    }

    private Positions positions(Where where) {
        int last = IDS.length - 1;
        return switch (where) {
            case ALL -> from == 0 ? Positions.ALL : Positions.span(from, last);
            case ONE -> Positions.of(random.nextInt(from, last + 1));
            case SPAN -> {
                int first = random.nextInt(from, last);
                yield Positions.span(first, random.nextInt(first + 1, last + 1));
            }
        };
    }

    private Edit of(Op op, Site site, Positions pos) {
        return switch (op) {
            case ZERO -> new Edit.Zero(site, pos);
            case MEAN -> new Edit.Mean(site, pos, List.of());
            case MEAN_OVER -> new Edit.Mean(site, pos, List.of(OTHER, Source.of(new int[] {8, 30}, List.of())));
            case PATCH -> new Edit.Patch(site, pos, OTHER);
            case REPLACE -> new Edit.Replace(site, pos, values(site, pos));
            case ADD -> new Edit.Add(site, pos, values(site, pos));
            case SCALE -> new Edit.Scale(site, pos, 0.7);
            case APPLY -> new Edit.Apply(site, pos, CURVED);
            case KNOCKOUT -> // of a key that no query has alone: a window may hide the others
                new Edit.Knockout(site, pos, Positions.of(2 + random.nextInt(2)));
            case PROJECT_OUT -> new Edit.ProjectOut(site, pos, Values.of(numbers(site, directionWidth(site))));
        };
    }

    /// The same for all positions, or a row for each.
    private Values values(Site site, Positions pos) {
        int width = TinyModel.width(site, sizes, IDS.length);
        if (random.nextBoolean()) {
            return Values.of(numbers(site, width));
        }
        int rows = pos.in(IDS.length).length;
        return new Values(List.of((long) rows, (long) width), numbers(site, rows * width));
    }

    /// With all the digits of a double; what is divided by stays away from 0.
    private double[] numbers(Site site, int count) {
        Axes axes = site.point().kind().axes();
        boolean isScale = axes == Axes.ONE || axes == Axes.HEAD_ONE;
        return random.doubles(count, -1, 1)
                .map(number -> isScale ? Math.abs(number) + 0.5 : number)
                .toArray();
    }

    /// Of the last axis.
    private int directionWidth(Site site) {
        return switch (site.point().kind().axes()) {
            case HEAD, KV_HEAD -> sizes.dHead();
            case HEAD_MODEL -> sizes.dModel();
            case MLP -> sizes.dMlp();
            case MODEL, VOCAB, PAIR, ONE, HEAD_ONE -> TinyModel.width(site, sizes, IDS.length);
        };
    }
}

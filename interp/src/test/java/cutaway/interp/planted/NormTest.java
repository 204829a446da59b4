package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.attribution.AttributionPatching;
import cutaway.interp.attribution.DirectLogitAttribution;
import cutaway.interp.attribution.EdgeAttribution;
import cutaway.interp.attribution.Edges;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.path.PathPatching;
import cutaway.interp.path.Receiver;
import cutaway.interp.planted.NormedCopy.Last;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What norms do to each method, where they divide by what they find.
class NormTest {

    private static final double ROUNDING = 1e-5;
    private static final Source BASE = Source.of(NormedCopy.PROMPT, List.of());
    private static final Source OTHER = Source.of(new int[] {0, 2, 4, 7}, List.of());

    /// Another name that has a number more, by which its norm divides it more.
    private static final Source LARGER = Source.of(new int[] {0, 3, 4, 7}, List.of());

    @TempDir
    private Path folder;

    /// A share is what is written over the scale of the final norm; the token itself says 1 over it.
    @ParameterizedTest
    @EnumSource(Family.class)
    void directSharesAreOverTheFinalScale(Family family) {
        Last last = new NormedCopy(family).last();
        try (Model model = new NormedCopy(family).open(folder);
                Trace trace = Runs.run(
                        model, Batch.of(NormedCopy.PROMPT), List.of(), DirectLogitAttribution.sites(model, true))) {
            DirectLogitAttribution name = new DirectLogitAttribution(model, trace, 1, 2);
            DirectLogitAttribution itself = new DirectLogitAttribution(model, trace, 7, 2);
            for (int head = 0; head < Plan.HEADS; head++) {
                assertEquals(head == 3 ? last.margin() : 0, name.heads(0)[head], ROUNDING);
                assertEquals(head == 3 ? last.other() / last.scale() : 0, itself.heads(0)[head], ROUNDING);
            }
            assertEquals(0, name.embedding(), ROUNDING);
            assertEquals(1 / last.scale(), itself.embedding(), ROUNDING);
        }
    }

    /// Taking away what nobody reads leaves less to divide by: all that is left counts more. Another name in its
    /// place is as large, and changes nothing.
    @ParameterizedTest
    @EnumSource(Family.class)
    void whatNobodyReadsActsThroughTheNormAlone(Family family) {
        NormedCopy copy = new NormedCopy(family);
        double m = copy.last().margin();
        double less = copy.last(copy.first(0), copy.first(0), 0).margin();
        try (Model model = copy.open(folder)) {
            assertEquals(less - m, effect(model, List.of(new Edit.Zero(NormedCopy.DECOY, Positions.ALL))), ROUNDING);
            assertEquals(-m, effect(model, List.of(new Edit.Zero(NormedCopy.COPY, Positions.ALL))), ROUNDING);
            Edit decoy = new Edit.Patch(NormedCopy.DECOY, Positions.ALL, OTHER);
            assertEquals(0, effect(model, List.of(decoy)), ROUNDING);
            Edit planted = new Edit.Patch(NormedCopy.COPY, Positions.ALL, OTHER);
            assertEquals(-2 * m, effect(model, List.of(planted)), ROUNDING);
        }
    }

    /// What is told passes the norm of the receiver anew: the larger name is read, or scored, over its own scale,
    /// while all else is as it was.
    @ParameterizedTest
    @EnumSource(Family.class)
    void pathsPassTheNormOfTheReceiver(Family family) {
        NormedCopy copy = new NormedCopy(family);
        double usual = copy.first(0);
        double larger = copy.first(1);
        Last last = copy.last();
        Last read = copy.last(usual, larger, 2);
        Last scored = copy.last(larger, usual, 2);
        Metric larger3 = new Metric.LogitDifference(1, 3);
        try (Model model = copy.open(folder)) {
            int kvHead = Sites.kvHead(model.sizes(), 3);
            Receiver values = new Receiver.Values(0, kvHead);
            Receiver keys = new Receiver.Keys(0, kvHead);
            Receiver logits = new Receiver.Logits(1);
            List<Site> senders = List.of(new Site.Embed(), NormedCopy.COPY, NormedCopy.DECOY);
            try (PathPatching paths = new PathPatching(model, BASE, LARGER, senders, List.of(values, keys))) {
                double told = effect(model, paths.edits(new Site.Embed(), values), larger3);
                assertEquals(-read.margin() - last.margin(), told, ROUNDING);
                double found = effect(model, paths.edits(new Site.Embed(), keys), larger3);
                assertEquals(scored.margin() - last.margin(), found, ROUNDING);
            }
            try (PathPatching paths = new PathPatching(model, BASE, OTHER, senders, List.of(values, logits))) {
                assertEquals(-2 * last.margin(), effect(model, paths.edits(NormedCopy.COPY, logits)), ROUNDING);
                assertEquals(0, effect(model, paths.edits(NormedCopy.DECOY, logits)), ROUNDING);
                assertEquals(-2 * last.margin(), effect(model, paths.edits(new Site.Embed(), values)), ROUNDING);
            }
        }
    }

    /// With the scale moving, `d (w . x / s) = w . d / s - (w . x) (x . d) / (n s^3)`. Exchanging names changes no
    /// length, but a gradient sees a step away from what is there, which shortens it: it finds `(x . d) / (n s^2)`
    /// of the margin too much, also for a head that writes where nobody reads.
    @ParameterizedTest
    @EnumSource(Family.class)
    void oneGradientTakesAnExchangeForAShortening(Family family) {
        NormedCopy copy = new NormedCopy(family);
        Last last = copy.last();
        double m = last.margin();
        double squares = Plan.D_MODEL * last.scale() * last.scale();
        double planted = -2 * m + m * last.name() * last.name() / squares;
        double decoy = m * last.aside() * last.aside() / squares;
        // The norm before attention does the same to the name: 1 is taken from its number, and some of it given back.
        double back = 1 / (Plan.D_MODEL * copy.first(0) * copy.first(0));
        double along = -last.name() * (1 - back) * last.name() + balance(family, last.sum() * last.name() * back);
        double embedding = (-2 + back) * m - m * along / squares;
        try (Model model = copy.open(folder)) {
            Edges edges = EdgeAttribution.of(model, BASE, OTHER, NormedCopy.METRIC);
            assertEquals(planted, edges.score(NormedCopy.COPY, new Receiver.Logits(1)), ROUNDING);
            assertEquals(decoy, edges.score(NormedCopy.DECOY, new Receiver.Logits(1)), ROUNDING);
            Receiver values = new Receiver.Values(0, Sites.kvHead(model.sizes(), 3));
            assertEquals(embedding, edges.score(new Site.Embed(), values), ROUNDING);
            double[] heads = AttributionPatching.of(model, BASE, OTHER, NormedCopy.METRIC)
                    .heads()[0];
            assertEquals(planted, heads[3], ROUNDING);
            assertEquals(decoy, heads[0], ROUNDING);
        }
    }

    /// What the number that keeps the mean at 0 adds to a product.
    private static double balance(Family family, double product) {
        return family == Family.GPT2 ? product : 0;
    }

    private static double effect(Model model, List<Edit> edits) {
        return effect(model, edits, NormedCopy.METRIC);
    }

    private static double effect(Model model, List<Edit> edits, Metric metric) {
        return Runs.measure(model, NormedCopy.PROMPT, edits, metric)
                - Runs.measure(model, NormedCopy.PROMPT, List.of(), metric);
    }
}

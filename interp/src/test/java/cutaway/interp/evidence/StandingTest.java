package cutaway.interp.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.evidence.Standing.Missing;
import cutaway.interp.evidence.Standing.Status;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.Interval;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StandingTest {

    private static final Interval EFFECT = interval(-2.4, -1.8);
    private static final Interval CONTROL = interval(-0.2, 0.3);

    private static Interval interval(double low, double high) {
        return new Interval(low, high, 0.95, Bootstrap.Method.BCA);
    }

    /// An effect of -2 with nothing else.
    private static Claim bare() {
        return new Claim(
                "it carries the answer",
                "",
                new ModelFacts("m", "0", "llama", 1, 1, 8, "cpu", "float32"),
                Source.of("a"),
                null,
                false,
                List.of(new Edit.Zero(new Site.MlpOut(0), Positions.ALL)),
                new Metric.LogProbability(1),
                1,
                -1,
                null,
                null);
    }

    private static Claim.Placebos control(int seeds, double largest) {
        return new Claim.Placebos(
                "random", LongStream.range(0, seeds).boxed().toList(), Collections.nCopies(seeds, largest));
    }

    private static Claim.HeldOut heldOut(int prompts, int seeds, Interval effect, Interval control) {
        List<PromptPair> pairs = IntStream.range(0, prompts)
                .mapToObj(i -> new PromptPair("p" + i, "c" + i, null, null, null, Map.of()))
                .toList();
        double mean = (effect.low() + effect.high()) / 2;
        return new Claim.HeldOut(
                pairs,
                Collections.nCopies(prompts, mean),
                Collections.nCopies(prompts, 0.0),
                LongStream.range(0, seeds).boxed().toList(),
                effect,
                control);
    }

    private static Claim whole() {
        return bare().with(control(8, 0.5))
                .with(heldOut(12, 8, EFFECT, CONTROL))
                .within("short prompts");
    }

    private static List<String> missing(Claim claim) {
        Standing standing = Standing.of(claim);
        assertEquals(Status.SUGGESTED, standing.status());
        return standing.missing().stream().map(Missing::part).toList();
    }

    private static Standing contradicted(Claim claim) {
        Standing standing = Standing.of(claim);
        assertEquals(Status.CONTRADICTED, standing.status());
        assertFalse(standing.against().isEmpty());
        return standing;
    }

    @Test
    void aClaimWithAllPartsThatSpeakForItIsSupported() {
        assertEquals(new Standing(Status.SUPPORTED, List.of(), List.of()), Standing.of(whole()));
    }

    @Test
    void eachPartThatIsMissingIsNamed() {
        assertEquals(List.of("control", "held-out data", "seeds", "interval", "scope"), missing(bare()));
        assertEquals(List.of("held-out data", "interval", "scope"), missing(bare().with(control(8, 0.5))));
        assertEquals(
                List.of("control"),
                missing(bare().with(heldOut(12, 8, EFFECT, CONTROL)).within("x")));
        assertEquals(List.of("scope"), missing(whole().within(" ")));
        assertEquals(List.of("held-out data"), missing(whole().with(heldOut(9, 8, EFFECT, CONTROL))));
        assertEquals(List.of("seeds"), missing(whole().with(control(2, 0.5))));
        assertEquals(List.of("seeds"), missing(whole().with(heldOut(12, 2, EFFECT, CONTROL))));
        Claim.HeldOut constant = whole().heldOut();
        assertEquals(
                List.of("interval"),
                missing(whole().with(new Claim.HeldOut(
                        constant.pairs(), constant.effects(), constant.controls(), constant.seeds(), null, CONTROL))));
    }

    @Test
    void aClaimThatTheNumbersSpeakAgainstIsContradicted() {
        assertTrue(
                contradicted(whole().with(control(8, 2.5))).against().getFirst().contains("random change"));
        assertTrue(contradicted(whole().with(heldOut(12, 8, interval(-1, 0.1), interval(3, 4))))
                .against()
                .getFirst()
                .contains("holds 0"));
        assertTrue(contradicted(whole().with(heldOut(12, 8, interval(1.8, 2.4), CONTROL)))
                .against()
                .getFirst()
                .contains("other sign"));
        assertTrue(contradicted(whole().with(heldOut(12, 8, interval(-1, -0.1), CONTROL)))
                .against()
                .getFirst()
                .contains("meets that of the controls"));
    }
}

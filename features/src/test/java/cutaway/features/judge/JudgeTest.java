package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.model.Model;
import cutaway.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// The whole table, for dictionaries whose worth is known.
class JudgeTest {

    private static final Settings SETTINGS = new Settings(17, 1000, 1, 10, 3, 5);
    private static final Text TEXT = new Text(Tiny.contexts(20, 17, 1), Tiny.contexts(10, 17, 2));
    private static final String SITE = "blocks.1.hook_resid_post";

    private static Judgement judge(Model model, Dictionary dictionary) {
        try (dictionary) {
            return Judge.judge(dictionary, model, TEXT, SETTINGS, Tiny.QUIET);
        }
    }

    /// A dictionary that gives back what it is given changes nothing.
    @Test
    void identityIsPerfect() {
        try (Model model = Tiny.open("llama")) {
            Judgement found = judge(model, Tiny.identity(32, Tiny.at(SITE)));
            assertEquals(0, found.row("FVU").value().value(), 1e-10);
            assertEquals(1, found.row("cosine").value().value(), 1e-6);
            assertEquals(32, found.row("L0").value().value(), 1e-9);
            assertEquals(0, found.row("CE increase").value().value(), 1e-6);
            assertEquals(0, found.row("KL").value().value(), 1e-6);
            assertEquals(1, found.row("CE recovered, against zero").value().value(), 1e-5);
            assertEquals(1, found.row("CE recovered, against mean").value().value(), 1e-5);
            assertEquals(0, found.row("dead").value().value());
            assertEquals(32, found.k());
            assertEquals(1, found.row("encoder-decoder cosine").value().value(), 1e-6);
            assertEquals(160, found.tokens().counted() + found.tokens().sinks());
            assertEquals(10, found.tokens().first());
        }
    }

    /// Zero in place is what "against zero" is measured from.
    @Test
    void zeroRecoversNothingFromZero() {
        try (Model model = Tiny.open("llama")) {
            Judgement found = judge(model, Tiny.silent(Tensor.zeros(32), Tiny.at(SITE)));
            assertEquals(0, found.row("CE recovered, against zero").value().value(), 1e-9);
            assertEquals(1, found.row("dead").value().value());
            assertEquals(0, found.row("L0").value().value());
            assertEquals(1, found.k());
            assertTrue(found.row("KL").value().value() > 1e-3);
        }
    }

    /// Rivals come in the order that theory gives them, each worth more with more latents, all where they can be.
    @Test
    void rivalsStandBeside() {
        try (Model model = Tiny.open("llama")) {
            Judgement found = judge(model, Tiny.identity(32, Tiny.at(SITE)));
            assertEquals(0, found.row("FVU").rivals().get("PCA").value(), 1e-9); // all 32 components
            assertEquals(0, found.row("FVU").rivals().get("neurons").value(), 1e-9);
            assertTrue(found.row("FVU").rivals().get("random").value() > 0.05);
            assertTrue(found.row("KL").rivals().get("random").value() > 1e-4);
            Judgement transcoder =
                    judge(model, Tiny.identity(32, Tiny.at("blocks.1.hook_resid_mid", "blocks.1.hook_mlp_out")));
            assertFalse(transcoder.row("FVU").rivals().containsKey("neurons"));
            assertTrue(transcoder.row("FVU").value().value() > 1, "the identity is no MLP");
            assertTrue(transcoder.row("FVU").rivals().get("PCA").value() < 1, "a linear map is a start");
        }
    }

    @Test
    void nothingIsLeftInMemory() {
        try (Model model = Tiny.open("llama")) {
            judge(model, Tiny.identity(32, Tiny.at(SITE)));
            long before = Tensor.live();
            judge(model, Tiny.identity(32, Tiny.at(SITE)));
            assertEquals(before, Tensor.live());
        }
    }
}

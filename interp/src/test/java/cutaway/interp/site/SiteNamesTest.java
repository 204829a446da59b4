package cutaway.interp.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.model.parts.Point;
import cutaway.tensor.BadInputException;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteNamesTest {

    private static final Sizes LLAMA = sizes("llama");
    private static final Sizes GPT2 = sizes("gpt2");

    private static Sizes sizes(String name) {
        try (Model model = TinyModel.open(name)) {
            return model.sizes();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyNameIsReadAsItWasWritten(boolean llama) {
        Sizes sizes = llama ? LLAMA : GPT2;
        List<Site> all = SiteNames.all(sizes);
        // 21 in a block of Llama; GPT-2 has no rotated queries and keys and no linear branch, but position embeddings.
        assertEquals(llama ? 1 + 3 * 21 + 3 : 2 + 3 * 18 + 3, all.size());
        assertEquals(all.size(), new HashSet<>(all.stream().map(Site::text).toList()).size());
        for (Site site : all) {
            assertEquals(site, SiteNames.parse(SiteNames.legacy(site), sizes.isGated()));
            assertEquals(site, SiteNames.parse(SiteNames.bridge(site, sizes.isGated()), sizes.isGated()));
            assertEquals(site, Site.of(site.point()));
            SiteNames.check(site, sizes);
        }
        for (Site narrow : List.of(new Site.Head(2, 1, HeadPart.K), new Site.Neuron(0, 63, NeuronPart.POST))) {
            assertEquals(narrow, SiteNames.parse(SiteNames.legacy(narrow), true));
            assertEquals(narrow, SiteNames.parse(SiteNames.bridge(narrow, true), true));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "blocks.1.hook_in, blocks.1.hook_resid_pre",
        "blocks.1.ln2.hook_in, blocks.1.hook_resid_mid",
        "blocks.1.hook_out, blocks.1.hook_resid_post",
        "blocks.1.attn.hook_out, blocks.1.hook_attn_out",
        "blocks.1.mlp.hook_out, blocks.1.hook_mlp_out",
        "blocks.1.attn.q.hook_out, blocks.1.attn.hook_q",
        "blocks.1.attn.k.hook_out, blocks.1.attn.hook_k",
        "blocks.1.attn.v.hook_out, blocks.1.attn.hook_v",
        "blocks.1.attn.o.hook_in, blocks.1.attn.hook_z",
        "blocks.1.mlp.gate.hook_out, blocks.1.mlp.hook_pre",
        "blocks.1.mlp.in.hook_out, blocks.1.mlp.hook_pre_linear",
        "blocks.1.mlp.out.hook_in, blocks.1.mlp.hook_post",
        "embed.hook_out, hook_embed",
        "unembed.hook_out, unembed.hook_out",
        "blocks.1.attn.o.hook_in[3], blocks.1.attn.hook_z[3]"
    })
    void bridgeNamesStandForTheSameSites(String bridge, String legacy) {
        assertEquals(SiteNames.parse(legacy, true), SiteNames.parse(bridge, true));
        assertEquals(bridge, SiteNames.bridge(SiteNames.parse(legacy, true), true));
    }

    @Test
    void aPlainMlpsInputIsItsPreActivation() {
        assertEquals(new Site.Neurons(0, NeuronPart.PRE), SiteNames.parse("blocks.0.mlp.in.hook_out", false));
        assertEquals("blocks.0.mlp.in.hook_out", SiteNames.bridge(new Site.Neurons(0, NeuronPart.PRE), false));
    }

    @Test
    void namesLeadToWhereTheyShould() {
        assertEquals(new Site.Resid(2, Moment.POST), Site.parse("blocks.2.hook_resid_post"));
        assertEquals(new Site.Head(0, 3, HeadPart.PATTERN), Site.parse("blocks.0.attn.hook_pattern[3]"));
        assertEquals(new Site.NormScale(0, Site.Norm.FINAL), Site.parse("ln_final.hook_scale"));
        assertEquals(
                Point.Kind.MLP_PRE_LINEAR,
                Site.parse("blocks.0.mlp.hook_pre_linear").point().kind());
    }

    @Test
    void starsMatchBetweenDots() {
        assertEquals(
                List.of(new Site.Resid(0, Moment.POST), new Site.Resid(1, Moment.POST), new Site.Resid(2, Moment.POST)),
                SiteNames.matching("blocks.*.hook_resid_post", LLAMA));
        assertEquals(
                SiteNames.matching("blocks.*.attn.hook_z", LLAMA),
                SiteNames.matching("blocks.*.attn.o.hook_in", LLAMA));
        assertEquals(
                List.of(
                        new Site.Head(0, 3, HeadPart.Z),
                        new Site.Head(1, 3, HeadPart.Z),
                        new Site.Head(2, 3, HeadPart.Z)),
                SiteNames.matching("blocks.*.attn.hook_z[3]", LLAMA));
        assertEquals(3, SiteNames.matching("blocks.1.hook_resid_*", LLAMA).size());
        assertEquals(List.of(new Site.Embed(), new Site.PosEmbed()), SiteNames.matching("hook_*embed", GPT2));
        assertEquals(List.of(new Site.AttnOut(1)), SiteNames.matching("blocks.1.hook_attn_out", LLAMA));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        hook_resid_pre                | no site "hook_resid_pre"
        blocks.0.hook_embed           | no site "blocks.0.hook_embed"
        blocks.x.hook_resid_pre       | no site
        blocks.-1.hook_resid_pre      | no site
        blocks.0.hook_resid_pre[2]    | only heads and neurons are numbered
        blocks.3.hook_resid_pre       | this model has layers 0 to 2
        blocks.0.attn.hook_z[4]       | this model has heads 0 to 3
        blocks.0.attn.hook_v[2]       | key/value heads 0 to 1
        blocks.*.attn.hook_v[2]       | key/value heads 0 to 1
        blocks.0.mlp.hook_post[64]    | neurons 0 to 63
        hook_pos_embed                | it has rotary positions
        blocks.*.hook_nothing         | no site of this model matches
        blocks.99999999999.hook_in    | no site
        *.*.*.*.*.*                   | no site of this model matches
        """)
    void whatIsNoSiteIsSaidInOneSentence(String name, String expected) {
        BadInputException refused = assertThrows(BadInputException.class, () -> SiteNames.matching(name, LLAMA));
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }

    @Test
    void gptHasNoGateAndNoRotation() {
        for (String name : List.of("blocks.0.attn.hook_rot_q", "blocks.0.mlp.hook_pre_linear")) {
            assertThrows(BadInputException.class, () -> SiteNames.matching(name, GPT2));
        }
    }
}

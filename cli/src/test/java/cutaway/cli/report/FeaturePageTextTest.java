package cutaway.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.pages.FeaturePage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A latent's page in a terminal, line by line.
class FeaturePageTextTest {

    private static final FeaturePage.Example EXAMPLE = new FeaturePage.Example(
            4.0, 0, 2, 9, 2, List.of("The", " tower\n", " Paris", " is"), List.of(0.0, 1.0, 4.0, 2.0));

    private static FeaturePage page(List<FeaturePage.Example> top, List<FeaturePage.Dose> doses) {
        return new FeaturePage(
                "resid-1",
                "tiny",
                List.of("blocks.1.hook_resid_post"),
                7,
                30,
                1000,
                0.03,
                4.0,
                1.5,
                2,
                List.of(20, 0, 9, 1),
                top,
                List.of(new FeaturePage.Band(2, 4, 10, List.of(EXAMPLE)), new FeaturePage.Band(0, 2, 0, List.of())),
                List.of(new FeaturePage.Logit(5, " Paris", 0.5)),
                List.of(new FeaturePage.Logit(6, "\n", -0.25)),
                List.of(new FeaturePage.Near(3, 0.875)),
                List.of(new FeaturePage.Partner(4, 5, 0.5, 0.4)),
                doses,
                new FeaturePage.Stability(0.834, 2, 0.61, 0.12));
    }

    @Test
    void aPageSaysWhatItKnows() {
        List<FeaturePage.Dose> doses = List.of(
                new FeaturePage.Dose(1, 0, 0.25, 0.5, -1.0, 0.0, 0.125, null),
                new FeaturePage.Dose(2, 0, null, 0.25, -2.0, null, 0.125, null));
        assertEquals(
                List.of(
                        "latent 7  resid-1, blocks.1.hook_resid_post, tiny",
                        "  fires on 30 of 1,000 tokens (3.00 %), max 4.000, mean 1.500",
                        "  0 █ ▆▂ 4.000  tokens by activation, logarithmic",
                        "  stability  0.83 in 2 twins (all latents 0.61, random directions 0.12)",
                        "  raises     \" Paris\" +0.500",
                        "  lowers     \"\\n\" -0.250",
                        "  nearest    3 (0.88)",
                        "  fires with 4 (0.50)",
                        "",
                        "greatest",
                        "     4.000 The‹ tower\\n›▸« Paris»« is»",
                        "",
                        "2.000 to 4.000  10 tokens",
                        "     4.000 The‹ tower\\n›▸« Paris»« is»",
                        "",
                        "multiplied at its greatest examples  mean change of the next token, and that of a random"
                                + " direction of the same norm",
                        "    factor        loss     random          KL     random   top logit     random",
                        "      0.00     +0.2500    +0.0000     +0.3750    +0.1250     -1.5000"),
                FeaturePageText.lines(page(List.of(EXAMPLE), doses), new Ink(false, 100)));
    }

    /// However long the text, lines end at the terminal's edge and the token that they are about is there.
    @Test
    void aLongExampleIsCutAroundItsToken() {
        List<String> tokens = IntStream.range(0, 90).mapToObj(i -> " w" + i).toList();
        List<Double> activations =
                IntStream.range(0, 90).mapToObj(i -> i == 50 ? 3.0 : 0.0).toList();
        var example = new FeaturePage.Example(3, 0, 0, 50, 50, tokens, activations);
        List<String> lines = FeaturePageText.lines(page(List.of(example), List.of()), new Ink(false, 60));
        String line = lines.get(lines.indexOf("greatest") + 1);
        assertTrue(line.contains("w49▸« w50» w51"), line);
        assertTrue(line.length() <= 60 && line.length() > 54, line);
    }
}

package cutaway.interp.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.ShapedModel;
import cutaway.interp.attribution.DirectLogitAttribution;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.model.family.LabShape;
import cutaway.model.parts.Activation;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A model without neurons has none of their sites.
class AttentionAloneTest {

    @TempDir
    private Path folder;

    private Model open(LabShape.NormKind norm) {
        LabShape shape = new LabShape(
                2, 12, 3, 4, 0, 31, 16, norm, LabShape.Positions.LEARNED, Activation.GELU, true, false, true, null);
        return Model.open(ShapedModel.write(folder, shape));
    }

    @ParameterizedTest
    @EnumSource(LabShape.NormKind.class)
    void passesTheChecks(LabShape.NormKind norm) {
        try (Model model = open(norm)) {
            Certificate certificate = Check.certify(model, Optional.empty(), 7, (what, part) -> {});
            assertEquals(
                    List.of(),
                    certificate.checks().stream()
                            .filter(finding -> !finding.passed())
                            .toList());
            assertTrue(certificate.checks().stream()
                    .noneMatch(finding -> finding.subject().contains(".mlp.")));
            DirectLogitAttribution.sites(model, true).forEach(site -> SiteNames.check(site, model.sizes()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp.hook_pre", "mlp.hook_post", "mlp.hook_pre_linear", "mlp.hook_post[0]"})
    void hasNoSiteOfNeurons(String name) {
        try (Model model = open(LabShape.NormKind.NONE)) {
            String said = assertThrows(
                            BadInputException.class, () -> SiteNames.matching("blocks.0." + name, model.sizes()))
                    .getMessage();
            assertEquals("this model has no site blocks.0." + name + ": it has attention alone, no neurons.", said);
        }
    }

    @Test
    void whatItsMlpsWriteIsASite() {
        try (Model model = open(LabShape.NormKind.NONE)) {
            assertEquals(
                    2,
                    SiteNames.matching("blocks.*.hook_mlp_out", model.sizes()).size());
        }
    }
}

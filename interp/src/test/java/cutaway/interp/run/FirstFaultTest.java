package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Model;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FirstFaultTest {

    private static final int[] IDS = {3, 41, 59, 26, 5, 58, 13};

    /// Numbers that are none are put in one place and spread from there; scores have -inf of their own.
    @Test
    void theFirstPlaceIsNamed() {
        try (Model model = TinyModel.open("llama")) {
            for (Site site : List.<Site>of(
                    new Site.Embed(),
                    new Site.Resid(1, Moment.MID),
                    new Site.Heads(1, HeadPart.K),
                    new Site.Heads(2, HeadPart.SCORES),
                    new Site.Heads(0, HeadPart.Z),
                    new Site.Neurons(1, NeuronPart.POST),
                    new Site.MlpOut(0))) {
                Edit edit = new Edit.Scale(site, Positions.of(4), Double.POSITIVE_INFINITY);
                assertEquals(Optional.of(site.text() + " at position 4"), FirstFault.in(model, IDS, List.of(edit)));
            }
        }
    }

    @Test
    void aSoundRunHasNone() {
        try (Model model = TinyModel.open("llama")) {
            assertEquals(Optional.empty(), FirstFault.in(model, IDS, List.of()));
        }
    }
}

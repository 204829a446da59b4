package cutaway.interp.geometry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.geometry.InterchangeSubspace.Case;
import cutaway.interp.geometry.InterchangeSubspace.Settings;
import cutaway.interp.geometry.InterchangeSubspace.Trial;
import cutaway.interp.planted.CopyHead;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model that copies one of three names, whose writing is known.
class InterchangeSubspaceTest {

    private static final Site AFTER = new Site.Resid(0, Moment.POST);
    private static final Settings SETTINGS = new Settings(2, 50, 4, 0.05, 0.3, 0);
    private static final int LAST = 3;
    private static final int BETWEEN = 2;

    @TempDir
    private Path folder;

    /// Names 1 to 3 in all orders, before and after tokens that do not matter.
    private static List<Case> cases(int position) {
        List<Case> cases = new ArrayList<>();
        for (int first : new int[] {0, 6}) {
            for (int between : new int[] {4, 5}) {
                for (int name = 1; name <= 3; name++) {
                    for (int other = 1; other < name; other++) {
                        int[] one = {first, name, between, 7};
                        int[] two = {first, other, between, 7};
                        cases.add(new Case(one, two, position, other, name));
                        cases.add(new Case(two, one, position, name, other));
                    }
                }
            }
        }
        return cases;
    }

    @Test
    void theSubspaceOfTheCopiedNameIsFound() {
        try (Model model = new CopyHead(6, 3).open(Family.LLAMA, folder)) {
            Trial trial = InterchangeSubspace.train(model, AFTER, cases(LAST), SETTINGS, _ -> {});
            assertEquals(1, trial.whole().accuracy(), trial.toString());
            assertEquals(0, trial.none().accuracy(), trial.toString());
            assertTrue(trial.found().accuracy() >= 0.9, trial.toString());
            assertTrue(trial.random().accuracy() <= 0.2, trial.toString());
            assertTrue(trial.dealt().accuracy() <= 0.7, trial.toString());
        }
    }

    /// Where the name is not, no subspace brings it over.
    @Test
    void whereTheNameIsNotThereIsNoSubspace() {
        try (Model model = new CopyHead(6, 3).open(Family.LLAMA, folder)) {
            Trial trial = InterchangeSubspace.train(model, AFTER, cases(BETWEEN), SETTINGS, _ -> {});
            assertEquals(0, trial.found().accuracy(), trial.toString());
        }
    }

    @Test
    void whatCannotBeTrainedIsRefused() {
        assertThrows(BadInputException.class, () -> new Settings(0, 1, 1, 0.1, 0.3, 0));
        assertThrows(BadInputException.class, () -> new Settings(1, 1, 1, 0.1, 1, 0));
        try (Model model = new CopyHead(6, 3).open(Family.LLAMA, folder)) {
            assertThrows(
                    BadInputException.class,
                    () -> InterchangeSubspace.train(model, AFTER, cases(LAST).subList(0, 2), SETTINGS, _ -> {}));
        }
    }
}

package cutaway.interp.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.circuit.Setting;
import cutaway.interp.explain.Explanation.Circuit;
import cutaway.interp.explain.Explanation.Member;
import cutaway.interp.planted.CopyHead;
import cutaway.interp.planted.Induction;
import cutaway.interp.planted.Lookup;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.planted.PlantedModel;
import cutaway.interp.planted.Question;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The smallest circuit of a planted model is what was planted, and it is all of the answer.
class PlantedMembersTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void theSmallestCircuitIsWhatWasPlanted(PlantedModel planted, Family family) {
        Set<String> members = switch (planted) {
            case Induction _ -> Set.of("L0H1", "L1H2");
            case CopyHead _ -> Set.of("L0H3");
            case Lookup _ -> Set.of("MLP0", "L1H4");
        };
        try (Model model = planted.open(family, folder)) {
            Question question = planted.questions(model.sizes()).getFirst();
            int first = Arrays.mismatch(question.prompt(), question.contrast());
            Setting setting = new Setting(
                    model,
                    question.base(),
                    question.other(),
                    question.prompt(),
                    first,
                    question.metric(),
                    question.margin(),
                    question.margin() + question.change());
            Circuit circuit =
                    new Circuits(setting, new Attributions(setting, 0).measure(done -> {}), 0).find(step -> {});
            List<Member> found = circuit.members();
            assertEquals(
                    members,
                    found.stream().map(member -> member.component().name()).collect(Collectors.toSet()));
            assertEquals(1, circuit.faithfulness(), 1e-5);
        }
    }
}

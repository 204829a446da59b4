package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.path.PathPatching;
import cutaway.interp.path.Receiver;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.planted.Question.Path;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Model;
import cutaway.model.Sizes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Path patching (arXiv:2211.00593, appendix B) from every sender to every receiver behind it.
class PathsTest {

    @TempDir
    private java.nio.file.Path folder;

    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void whatThePlantedPartsTellEachOther(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                List<Path> paths = paths(model.sizes());
                assertTrue(paths.containsAll(question.paths().keySet()), "a planted path is not asked about");
                try (PathPatching patching = new PathPatching(
                                model,
                                question.base(),
                                question.other(),
                                paths.stream().map(Path::sender).distinct().toList(),
                                paths.stream().map(Path::receiver).distinct().toList());
                        Sweep sweep = new Sweep(model, question.base(), question.metric())) {
                    double[] found = sweep.measure(paths.stream()
                            .map(path -> patching.edits(path.sender(), path.receiver()))
                            .toList());
                    for (int i = 0; i < found.length; i++) {
                        double told = question.told(paths.get(i));
                        assertEquals(
                                told,
                                found[i] - sweep.baseline(),
                                PatchingTest.near(told),
                                question + ": " + paths.get(i));
                    }
                }
            }
        }
    }

    private static List<Path> paths(Sizes sizes) {
        List<Site> before = new ArrayList<>(List.of(new Site.Embed()));
        List<Path> paths = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            for (int head = 0; head < sizes.heads(); head++) {
                join(paths, before, new Receiver.Queries(layer, head));
            }
            for (int head = 0; head < sizes.kvHeads(); head++) {
                join(paths, before, new Receiver.Keys(layer, head));
                join(paths, before, new Receiver.Values(layer, head));
            }
            for (int head = 0; head < sizes.heads(); head++) {
                before.add(new Site.Head(layer, head, HeadPart.Z));
            }
            before.add(new Site.AttnOut(layer));
            join(paths, before, new Receiver.MlpInput(layer));
            before.add(new Site.MlpOut(layer));
        }
        join(paths, before, new Receiver.Logits(sizes.layers()));
        return paths;
    }

    private static void join(List<Path> paths, List<Site> senders, Receiver receiver) {
        senders.forEach(sender -> paths.add(new Path(sender, receiver)));
    }
}

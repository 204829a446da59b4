package cutaway.interp.planted;

import cutaway.interp.planted.Plan.Family;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.Sizes;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// A circuit whose weights are set by hand.
public sealed interface PlantedModel permits Induction, CopyHead, Lookup {

    /// With decoys in every block.
    Plan plan(Family family);

    default Model open(Family family, Path folder) {
        return plan(family).open(folder);
    }

    /// Questions with their answers, by hand; some have the answer that nothing matters.
    List<Question> questions(Sizes sizes);

    /// The head that writes what the unembedding reads.
    Site.Head writer();

    /// Each circuit in each family.
    static Stream<Arguments> all() {
        return Stream.of(new Induction(3, 4), new CopyHead(2, 3), new Lookup(2, 3))
                .flatMap(model -> Stream.of(Family.values()).map(family -> Arguments.of(model, family)));
    }
}

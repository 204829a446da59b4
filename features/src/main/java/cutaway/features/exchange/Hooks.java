package cutaway.features.exchange;

import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.util.List;

/// Names of hooks in the files of other libraries, as sites.
final class Hooks {

    private Hooks() {}

    /// The site that a TransformerLens name stands for, or none where Cutaway has no such site.
    static List<Site> sites(String name) {
        try {
            return List.of(Site.parse(name));
        } catch (BadInputException e) {
            return List.of();
        }
    }
}

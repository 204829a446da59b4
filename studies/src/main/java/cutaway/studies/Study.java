package cutaway.studies;

import java.util.List;
import java.util.Optional;

/// A paper's method, to be run again. A new study is one class that implements this and stands in [Studies#ALL].
public interface Study {

    Card card();

    /// What can be set, with the values of each size.
    List<Parameter> parameters();

    /// How many seeds a run of the usual or the full size has.
    default int seeds() {
        return 3;
    }

    /// What a text of the user's is for, where the study can take one: `cutaway study run ID --text FILE`. Without it a
    /// study measures what needs none, and says what it left out.
    default Optional<String> text() {
        return Optional.empty();
    }

    /// Measures. Whatever is random comes from the run's seeds.
    ///
    /// @throws cutaway.tensor.BadInputException where a parameter has a value that it cannot have
    Findings run(StudyRun run);
}

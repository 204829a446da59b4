package cutaway.studies;

import java.util.List;

/// A paper's method, to be run again. A new study is one class that implements this and stands in [Studies#ALL].
public interface Study {

    Card card();

    /// What can be set, with the values of each size.
    List<Parameter> parameters();

    /// Measures. Whatever is random comes from the run's seeds.
    ///
    /// @throws cutaway.tensor.BadInputException where a parameter has a value that it cannot have
    Findings run(StudyRun run);
}

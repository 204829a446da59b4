package cutaway.studies.methods;

import java.util.List;

/// Methods that look for one kind of thing.
public interface Family {

    /// All of them.
    List<Family> ALL = List.of(
            new CircuitMethods(),
            new DictionaryMethods(),
            new ProbeMethods(),
            new CurveMethods(),
            new SignCodeMethods(),
            new PooledMethods(),
            new SelectionMethods());

    /// As it is asked for on the command line.
    String name();

    /// Rates each method on planted truths that the seeds 0, 1, .. draw.
    ///
    /// @param seeds how many, at least 2
    List<Rating> rate(int seeds);
}

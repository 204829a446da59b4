package cutaway.server.tables;

import java.util.List;

/// A probe that scores can be read by, or that a model can be steered along.
///
/// @param file its name in `probes/` of the workbench's folder
/// @param model that it was fitted on, by its name
/// @param site where it reads
/// @param classes that it tells apart
/// @param steers whether it has a direction to steer along: an MLP has none
/// @param accuracy on texts that it was not fitted on
public record KeptProbe(String file, String model, String site, List<String> classes, boolean steers, double accuracy) {

    /// @param folder where probes are looked for
    public record KeptProbes(String folder, List<KeptProbe> probes) {}
}

package cutaway.cli;

import cutaway.interp.edit.Edit;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--probe`: steering along the direction by which a probe tells a class from the others.
final class ProbeSteerOption {

    @Option(
            names = "--probe",
            paramLabel = "FILE",
            description = "Steer along a linear or logistic probe that cutaway probe fit --out wrote; with --to.")
    private @Nullable Path file;

    @Option(names = "--to", paramLabel = "CLASS", description = "With --probe: the class to steer to.")
    private @Nullable String to;

    @Option(
            names = "--from",
            paramLabel = "CLASS",
            description = "With --probe: the class to steer from (default: the mean of all others).")
    private @Nullable String from;

    @Option(
            names = "--scale",
            paramLabel = "X",
            description = "With --probe: how far, at every position; 1 is the distance of the classes' means along the"
                    + " direction, below 0 the other way (default: 1).")
    private @Nullable Double scale;

    /// Nothing where nothing is asked.
    ///
    /// @throws BadInputException when the probe is none, has no such class, or is of another model's site
    List<Edit> edits(Model model) {
        if (file == null) {
            if (to != null || from != null || scale != null) {
                throw new BadInputException(
                        "--to, --from and --scale steer along a probe; add --probe FILE, from cutaway probe fit"
                                + " --out.");
            }
            return List.of();
        }
        try (NamedProbe probe = NamedProbe.read(file)) {
            if (to == null) {
                throw new BadInputException("--probe steers to a class; add --to with one of "
                        + String.join(", ", probe.facts().classes()) + ".");
            }
            SiteNames.check(probe.site(), model.sizes());
            return List.of(probe.steer(to, from, scale == null ? 1 : scale));
        }
    }
}

package cutaway.cli;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.ProbeEdit;
import cutaway.interp.probe.ThroughProbes;
import cutaway.interp.probe.ThroughProbes.Moved;
import cutaway.interp.site.Positions;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--probe`: steering along the direction by which a probe tells a class from the others, or editing through probes.
final class ProbeSteerOption {

    @Option(
            names = "--probe",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "FILE",
            description = "Steer along a linear or logistic probe that cutaway probe fit --out wrote, with --to; with"
                    + " --through, a probe of any kind, or one for each of several layers, joined by commas.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--of",
            paramLabel = "NAME",
            description = "With a probe that reads several things, such as the squares of a board: the one to change.")
    private @Nullable String of;

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

    @Option(
            names = "--through",
            description = "With --probe: take gradient steps on what the prompt's run holds at the probe's site, until"
                    + " the probe reads the class of --to there.")
    private boolean through;

    @Option(
            names = "--at",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "POS",
            description = "With --through: positions of the prompt, from 0 or from -1 backwards, joined by commas"
                    + " (default: -1).")
    private List<Integer> at = new ArrayList<>();

    private List<Moved> moved = List.of();

    /// Nothing where nothing is asked.
    ///
    /// @param run the prompt, and the edits that come first
    /// @throws BadInputException when a probe is none, has no such class, or is of another model's site
    List<Edit> edits(Model model, Source run) {
        check();
        if (files.isEmpty()) {
            return List.of();
        }
        List<NamedProbe> probes = new ArrayList<>();
        try {
            files.forEach(file -> probes.add(NamedProbe.read(file)));
            if (to == null) {
                throw new BadInputException("--probe steers to a class; add --to with one of "
                        + String.join(", ", probes.getFirst().facts().classes()) + ".");
            }
            probes.forEach(probe -> SiteNames.check(probe.site(), model.sizes()));
            List<NamedProbe> asked = of == null
                    ? probes
                    : probes.stream().map(probe -> probe.about(of)).toList();
            if (!through) {
                return List.of(asked.getFirst().steer(to, from, scale == null ? 1 : scale));
            }
            Positions where = at.isEmpty() ? Positions.LAST : new Positions(at);
            ThroughProbes found = ThroughProbes.of(model, run, where, asked, to, ProbeEdit.USUAL);
            moved = found.moved();
            return found.edits();
        } finally {
            probes.forEach(NamedProbe::close);
        }
    }

    private void check() {
        if (files.isEmpty() && (of != null || to != null || from != null || scale != null || through)) {
            throw new BadInputException(
                    "--of, --to, --from, --scale and --through work with a probe; add --probe FILE, from"
                            + " cutaway probe fit --out.");
        }
        if (through && (from != null || scale != null)) {
            throw new BadInputException("--through goes as far as the probe needs, from whatever it reads; leave --from"
                    + " and --scale out.");
        }
        if (!through && (files.size() > 1 || !at.isEmpty())) {
            throw new BadInputException("without --through, one probe steers at every position; "
                    + (at.isEmpty() ? "give one file with --probe" : "leave --at out") + ", or add --through.");
        }
    }

    /// What [#edits] did through probes; nothing where it was not asked.
    List<Moved> moved() {
        return moved;
    }

    /// Such as `blocks.15.hook_resid_post, position 5: past -> future, by 12.0 % of the state's norm`.
    static String text(Moved one) {
        return String.format(
                Locale.ROOT,
                "%s, position %d: %s -> %s, by %.1f %% of the state's norm",
                one.site(),
                one.position(),
                one.from(),
                one.to(),
                100 * one.share());
    }
}

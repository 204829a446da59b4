package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.ProbeCosines;
import cutaway.interp.probe.ProbeCosines.Direction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway probe compare`: how alike the directions of probes are.
@Command(
        name = "compare",
        description = {
            "The cosine of every two directions by which linear and logistic probes tell their classes: the weights of"
                    + " a class less the mean of all others'. A probe of two classes has one direction, to the first.",
            "Beside it, what two random directions of that width have."
        },
        footer = {"", "Example:", "  cutaway probe compare tense-10.safetensors tense-15.safetensors"},
        mixinStandardHelpOptions = true)
final class ProbeCompare implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Probes that cutaway probe fit --out wrote.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--of",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "NAME",
            description = "Of probes that read several things, such as the squares of a board: those that are compared,"
                    + " joined by commas.")
    private List<String> of = new ArrayList<>();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Found(String version, List<Direction> directions, List<List<Double>> cosines, double chance) {}

    @Override
    public Integer call() {
        Map<String, NamedProbe> probes = new LinkedHashMap<>();
        try {
            files.stream()
                    .map(Path::toString)
                    .distinct()
                    .forEach(file -> probes.put(file, NamedProbe.read(Path.of(file))));
            ProbeCosines cosines = ProbeCosines.of(asked(probes));
            print(new Found(Cutaway.Version.number(), cosines.directions(), cosines.cosines(), cosines.chance()));
        } finally {
            probes.values().forEach(NamedProbe::close);
        }
        return 0;
    }

    /// Each probe, or what it reads of the things that are named.
    private Map<String, NamedProbe> asked(Map<String, NamedProbe> probes) {
        if (of.isEmpty()) {
            return probes;
        }
        Map<String, NamedProbe> asked = new LinkedHashMap<>();
        probes.forEach((file, probe) ->
                of.stream().distinct().forEach(name -> asked.put(file + " " + name, probe.about(name))));
        return asked;
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        List<Direction> directions = found.directions;
        List<AlignedTable.Head> heads = new ArrayList<>();
        heads.add(new AlignedTable.Head("", true));
        heads.add(new AlignedTable.Head("probe", false));
        heads.add(new AlignedTable.Head("site", false));
        heads.add(new AlignedTable.Head("direction", false));
        List<List<String>> rows = new ArrayList<>();
        for (int row = 0; row < directions.size(); row++) {
            heads.add(new AlignedTable.Head(String.valueOf(row + 1), true));
            Direction one = directions.get(row);
            List<String> cells = new ArrayList<>(
                    List.of(String.valueOf(row + 1), one.probe(), one.site(), one.to() + " less " + one.from()));
            found.cosines.get(row).forEach(cosine -> cells.add(String.format(Locale.ROOT, "%.2f", cosine)));
            rows.add(cells);
        }
        AlignedTable table = new AlignedTable(heads, rows, Ink.widthOfTables());
        table.lines().forEach(line -> console.line("%s", line));
        if (!table.leftOut().isEmpty()) {
            console.note("no room for the columns " + String.join(", ", table.leftOut()) + "; --json has all.");
        }
        console.line("two random directions: 0 +- %.3f (standard deviation)", found.chance);
    }
}

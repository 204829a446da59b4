package cutaway.cli;

import cutaway.cli.report.RatingTable;
import cutaway.studies.methods.Family;
import cutaway.studies.methods.Rating;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cutaway bench methods`: what each method finds of a planted truth.
@Command(
        name = "methods",
        description = {
            "Rates each method before it is used: what it finds of a truth that was planted (hand-built circuits,"
                    + " known directions, labels, curves), beside simple baselines, and what it says where nothing is"
                    + " planted.",
            "A method passes where the median over seeds meets its goal, it finds more than the best baseline (95 %"
                    + " interval of the mean difference by Student's t), and it stays silent on the null on every seed."
                    + " Exits with 1 where one does not."
        },
        footer = {"", "Example:", "  cutaway bench methods", "  cutaway bench methods --family circuits,probes --json"},
        mixinStandardHelpOptions = true)
final class BenchMethods implements Callable<Integer> {

    @Option(
            names = "--family",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "NAME",
            description = "Only these families, of circuits, dictionaries, probes, curves, codes, pools and selection"
                    + " (default: all).")
    private List<String> names = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Planted truths of each kind, 3 to 100 (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Rated(String version, int seeds, List<Rating> ratings) {}

    @Override
    public Integer call() {
        if (seeds < 3 || seeds > 100) {
            throw new BadInputException(
                    "--seeds " + seeds + "; expected 3 to 100: of two the interval is too wide to tell anything.");
        }
        List<Rating> ratings = new ArrayList<>();
        for (Family family : asked()) {
            console.step("rating " + family.name(), "");
            ratings.addAll(family.rate(seeds));
        }
        console.stepsDone();
        if (console.isJson()) {
            console.json(new Rated(Cutaway.Version.number(), seeds, ratings));
        } else {
            RatingTable.lines(ratings, seeds).forEach(line -> console.line("%s", line));
        }
        return ratings.stream().allMatch(Rating::passes) ? 0 : 1;
    }

    private List<Family> asked() {
        List<String> known = Family.ALL.stream().map(Family::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new BadInputException(
                        "--family is " + name + "; expected " + known.stream().collect(Collectors.joining(", ")) + ".");
            }
        }
        return Family.ALL.stream()
                .filter(family -> names.isEmpty() || names.contains(family.name()))
                .toList();
    }
}

package cutaway.cli;

import cutaway.lab.table.Loans;
import cutaway.tensor.BadInputException;
import cutaway.tensor.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cutaway lab loans`: a table with a planted bias.
@Command(
        name = "loans",
        description = {
            "Writes a table of made-up loans (CSV) with a planted bias, as a truth for cutaway whatif. Whether a loan"
                    + " is repaid hangs on income, debt and years in work; it was approved by the same rule, but"
                    + " applicants of the region east had to be better.",
            "Age, which is higher in the east, and branch are decoys: nothing hangs on them."
        },
        footer = {
            "",
            "Example:",
            "  cutaway lab loans --rows 1000 --out loans.csv",
            "  cutaway whatif loans.csv --learn approved --label repaid --slice region"
        },
        mixinStandardHelpOptions = true)
final class LabLoans implements Callable<Integer> {

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Loans, 20 to 20000 (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(
            names = "--bias",
            paramLabel = "X",
            defaultValue = "1.5",
            description = "How much more merit the east needs, 0 to 10, where merit deviates by about 1.8 among"
                    + " applicants (default: ${DEFAULT-VALUE}).")
    private double bias;

    @Option(names = "--seed", defaultValue = "0", description = "Seed of every draw (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write (CSV).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Written(String version, int rows, double bias, long seed, List<String> columns, String out) {}

    @Override
    public Integer call() {
        OutFile.check(out);
        Loans loans = new Loans(rows, bias, seed);
        try {
            WholeFile.write(out, loans.csv());
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write " + out + ": " + e.getMessage() + "; give --out another file.", e);
        }
        if (console.isJson()) {
            console.json(new Written(Cutaway.Version.number(), rows, bias, seed, Loans.COLUMNS, out.toString()));
        } else {
            console.line("%,d loans  bias %s against the east, seed %d", rows, bias, seed);
            console.line("  wrote %s", out);
        }
        return 0;
    }
}

package cutaway.lab.table;

import cutaway.interp.whatif.Datapoints;
import cutaway.lab.Draws;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Made-up applications for loans, decided with a planted bias. Whether a loan is repaid hangs on income,
/// debt and years in work, and on nothing else; it was approved by the same rule, but applicants of the
/// region `east` had to be better by `bias`:
///
///     merit    = (income - 45) / 15 - (debt - 20) / 10 + (years - 8) / 6
///     repaid   = merit + noise > 0,            noise ~ N(0, 0.6^2)
///     approved = merit - bias [east] + noise > 0
///
/// Two columns are decoys: the branch that an application came in at is drawn alone, and ages are higher in
/// the east by 6 years in the mean, but nobody looks at them.
///
/// @param rows applications
/// @param bias what an applicant from the east needs more merit by; 0: none
public record Loans(int rows, double bias, long seed) {

    /// Columns, in their order.
    public static final List<String> COLUMNS =
            List.of("income", "debt", "years", "age", "region", "branch", "approved", "repaid");

    private static final List<String> BRANCHES = List.of("harbour", "market", "station");
    private static final double NOISE = 0.6;

    public Loans {
        if (rows < 20 || rows > Datapoints.MOST_ROWS || !(bias >= 0 && bias <= 10)) {
            throw new BadInputException(String.format(
                    Locale.ROOT,
                    "%,d loans with a bias of %s; give 20 to %,d loans and a bias from 0 to 10.",
                    rows,
                    bias,
                    Datapoints.MOST_ROWS));
        }
    }

    /// The applications.
    public Datapoints table() {
        Draws draws = Draws.of(seed, "loans", rows);
        List<List<String>> all = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            boolean east = draws.nextInt(5) < 2;
            long income = Math.round(Math.clamp(45 + 15 * draws.nextGaussian(), 12, 99));
            long debt = Math.round(Math.clamp(20 + 10 * draws.nextGaussian(), 0, 60));
            int years = draws.nextInt(21);
            long age = Math.round(Math.clamp((east ? 44 : 38) + 9 * draws.nextGaussian(), 19, 75));
            String branch = BRANCHES.get(draws.nextInt(BRANCHES.size()));
            double merit = (income - 45) / 15.0 - (debt - 20) / 10.0 + (years - 8) / 6.0;
            boolean approved = merit - (east ? bias : 0) + NOISE * draws.nextGaussian() > 0;
            boolean repaid = merit + NOISE * draws.nextGaussian() > 0;
            all.add(List.of(
                    Long.toString(income),
                    Long.toString(debt),
                    Integer.toString(years),
                    Long.toString(age),
                    east ? "east" : "west",
                    branch,
                    approved ? "1" : "0",
                    repaid ? "1" : "0"));
        }
        return Datapoints.of(COLUMNS, all);
    }

    /// The same in CSV.
    public String csv() {
        StringBuilder csv = new StringBuilder(String.join(",", COLUMNS)).append('\n');
        table().all().forEach(row -> csv.append(String.join(",", row)).append('\n'));
        return csv.toString();
    }
}

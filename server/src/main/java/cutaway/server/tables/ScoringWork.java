package cutaway.server.tables;

import cutaway.server.api.Refusal;
import cutaway.server.job.Work;
import cutaway.server.tables.Scoring.ScoresSoFar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The scores of all rows of a table, as a job that tells what it has so far.
public final class ScoringWork implements Work<ScoringAsked, Scoring> {

    static final String NAME = "score";

    private static final Kind<ScoringAsked, Scoring> KIND =
            new Kind<>(NAME, "a table's scores", ScoringAsked.class, Scoring.class, Optional.of(ScoresSoFar.class));

    /// Between two drafts, in nanoseconds.
    private static final long PAUSE = 1_000_000_000L;

    private final Tables tables;
    private final Scorers scorers;

    public ScoringWork(Tables tables, Scorers scorers) {
        this.tables = tables;
        this.scorers = scorers;
    }

    @Override
    public Kind<ScoringAsked, Scoring> kind() {
        return KIND;
    }

    @Override
    public void check(ScoringAsked asked) {
        scorers.check(asked, table(asked).datapoints());
    }

    private Tables.Opened table(ScoringAsked asked) {
        Tables.Opened table = tables.table(asked.table());
        if (!table.sha256().equals(asked.sha256())) {
            throw new Refusal(
                    409,
                    "the table " + asked.table() + " is another than the one that was looked at; look at"
                            + " its overview again.");
        }
        return table;
    }

    @Override
    public Scoring run(ScoringAsked asked, Told told) {
        Tables.Opened table = table(asked);
        return scorers.with(
                asked, table.datapoints(), done -> told.at("training a net", percent(done)), (scorer, facts) -> {
                    Draft draft = new Draft(table.datapoints().rows(), told);
                    double[] scores = scorer.scores(table.datapoints().all(), draft::add);
                    return new Scoring(
                            table.name(),
                            table.sha256(),
                            scorer.about(),
                            facts,
                            Arrays.stream(scores).boxed().toList());
                });
    }

    private static String percent(double done) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * done);
    }

    /// The scores so far, told about once a second.
    private static final class Draft {
        private final int rows;
        private final Told told;
        private final List<Integer> at = new ArrayList<>();
        private final List<Double> scores = new ArrayList<>();
        private long last = System.nanoTime();

        Draft(int rows, Told told) {
            this.rows = rows;
            this.told = told;
        }

        void add(int row, double score) {
            at.add(row);
            scores.add(score);
            if (System.nanoTime() - last > PAUSE) {
                told.at("scoring rows", String.format(Locale.ROOT, "%,d of %,d", at.size(), rows));
                told.draft(new ScoresSoFar(rows, List.copyOf(at), List.copyOf(scores)));
                last = System.nanoTime();
            }
        }
    }
}

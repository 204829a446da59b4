package cutaway.server.studies;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.job.Work;
import cutaway.server.model.OpenModels;
import cutaway.studies.Findings;
import cutaway.studies.Parameter;
import cutaway.studies.Size;
import cutaway.studies.Studies;
import cutaway.studies.Study;
import cutaway.studies.StudyResult;
import cutaway.studies.StudyRun;
import cutaway.tensor.BadInputException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The quick form of a study, as a job.
public final class StudyWork implements Work<StudyWork.StudyAsked, StudyResult> {

    static final Kind<StudyAsked, StudyResult> KIND =
            new Kind<>("study", "the quick form of a study", StudyAsked.class, StudyResult.class);

    private final OpenModels models;
    private final String version;

    /// @param version of Cutaway
    public StudyWork(OpenModels models, String version) {
        this.models = models;
        this.version = version;
    }

    private static final int MOST_SEEDS = 10;

    /// Of a parameter's largest value: more is a slip of the hand.
    private static final double MOST_OF_FULL = 10;

    /// @param study its name, as in `cutaway study list`
    /// @param seeds how many; 1 where nobody says
    /// @param set parameters that have other values than in the quick form
    public record StudyAsked(
            @JsonProperty(required = true) String study,
            @MayBeLeftOut @Nullable Integer seeds,
            @MayBeLeftOut @Nullable List<Chosen> set) {}

    /// A parameter's value.
    public record Chosen(@JsonProperty(required = true) String name, double value) {}

    @Override
    public Kind<StudyAsked, StudyResult> kind() {
        return KIND;
    }

    @Override
    public void check(StudyAsked asked) {
        Study study = Studies.named(asked.study);
        StudyRun run = run(study, asked, StudyRun.Host.QUIET);
        if (run.seedCount() > MOST_SEEDS) {
            throw new BadInputException(run.seedCount() + " seeds; give 1 to " + MOST_SEEDS + ".");
        }
        for (Parameter parameter : study.parameters()) {
            double value = run.real(parameter.name());
            double full = Objects.requireNonNull(parameter.values().get(Size.FULL));
            if (!Double.isFinite(value) || value > MOST_OF_FULL * full) {
                throw new BadInputException(String.format(
                        Locale.ROOT,
                        "%s is %s; give at most %s, ten times what --full has.",
                        parameter.name(),
                        value,
                        MOST_OF_FULL * full));
            }
        }
    }

    private static StudyRun run(Study study, StudyAsked asked, StudyRun.Host host) {
        Map<String, Double> set = new LinkedHashMap<>();
        for (Chosen chosen : chosen(asked)) {
            set.put(chosen.name, chosen.value);
        }
        return new StudyRun(study, Size.QUICK, asked.seeds == null ? 1 : asked.seeds, set, host);
    }

    private static List<Chosen> chosen(StudyAsked asked) {
        return asked.set == null ? List.of() : asked.set;
    }

    /// The command that has the same again.
    private static String command(StudyAsked asked) {
        StringBuilder command = new StringBuilder("./cutaway study run " + asked.study + " --quick");
        if (asked.seeds != null && asked.seeds != 1) {
            command.append(" --seeds ").append(asked.seeds);
        }
        for (Chosen chosen : chosen(asked)) {
            command.append(" --set ")
                    .append(chosen.name)
                    .append('=')
                    .append(BigDecimal.valueOf(chosen.value)
                            .stripTrailingZeros()
                            .toPlainString());
        }
        return command.toString();
    }

    @Override
    public StudyResult run(StudyAsked asked, Told told) {
        Study study = Studies.named(asked.study);
        try (Host host = new Host(told)) {
            StudyRun run = run(study, asked, host);
            long begun = System.nanoTime();
            Findings findings = study.run(run);
            return StudyResult.of(
                    study,
                    run,
                    findings,
                    version,
                    LocalDate.now().toString(),
                    (System.nanoTime() - begun) / 1e9,
                    command(asked));
        }
    }

    /// Gives a study the usual model where it asks for one, and hears how far it is.
    private final class Host implements StudyRun.Host, AutoCloseable {

        private final Told told;
        private OpenModels.@Nullable Lease lease;

        Host(Told told) {
            this.told = told;
        }

        @Override
        public void tell(String what, double done) {
            told.at(what, String.format(Locale.ROOT, "%.0f %%", 100 * done));
        }

        @Override
        public Model model() {
            OpenModels.Lease open = lease == null ? models.use("") : lease;
            lease = open;
            return open.model().model();
        }

        @Override
        public boolean hasModel() {
            return !models.usual().equals(Hub.DEFAULT) || Hub.here(Hub.DEFAULT).isPresent();
        }

        @Override
        public Optional<Path> modelHere(String name) {
            return Hub.here(name);
        }

        @Override
        public void close() {
            if (lease != null) {
                lease.close();
            }
        }
    }
}

package cutaway.server.studies;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.model.Model;
import cutaway.server.job.Work;
import cutaway.server.model.OpenModels;
import cutaway.studies.Findings;
import cutaway.studies.Size;
import cutaway.studies.Studies;
import cutaway.studies.Study;
import cutaway.studies.StudyResult;
import cutaway.studies.StudyRun;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
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

    /// @param study its name, as in `cutaway study list`
    public record StudyAsked(@JsonProperty(required = true) String study) {}

    @Override
    public Kind<StudyAsked, StudyResult> kind() {
        return KIND;
    }

    @Override
    public void check(StudyAsked asked) {
        Studies.named(asked.study);
    }

    @Override
    public StudyResult run(StudyAsked asked, Told told) {
        Study study = Studies.named(asked.study);
        try (Host host = new Host(told)) {
            StudyRun run = new StudyRun(study, Size.QUICK, 1, Map.of(), host);
            long begun = System.nanoTime();
            Findings findings = study.run(run);
            return StudyResult.of(
                    study,
                    run,
                    findings,
                    version,
                    LocalDate.now().toString(),
                    (System.nanoTime() - begun) / 1e9,
                    "./cutaway study run " + asked.study + " --quick");
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
        public void close() {
            if (lease != null) {
                lease.close();
            }
        }
    }
}

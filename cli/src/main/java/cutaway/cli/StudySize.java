package cutaway.cli;

import cutaway.model.Model;
import cutaway.studies.Size;
import cutaway.studies.Study;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How large a run of a study is, what it studies, and where its results go.
final class StudySize {

    @ArgGroup
    private @Nullable Other other;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "Seeds (default: 3 or 5, as the study has it; 1 with --quick).")
    private @Nullable Integer seeds;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where ID.json and ID.html, the page, are written (default: nowhere).")
    private @Nullable Path out;

    @Option(
            names = "--text",
            paramLabel = "TEXT",
            description = "A file or folder of text, for studies that take one (cutaway study list says which); without"
                    + " it they leave out what needs one.")
    private @Nullable Path text;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    /// Not the usual size.
    private static final class Other {
        @Option(names = "--quick", required = true, description = "A minute at most, on one seed.")
        private boolean quick;

        @Option(names = "--full", required = true, description = "As large as an hour or so allows.")
        private boolean full;

        Size size() {
            return quick ? Size.QUICK : full ? Size.FULL : Size.USUAL;
        }
    }

    Size size() {
        return other == null ? Size.USUAL : other.size();
    }

    int seeds(Study study) {
        return given().orElse(size() == Size.QUICK ? 1 : study.seeds());
    }

    private OptionalInt given() {
        return seeds == null ? OptionalInt.empty() : OptionalInt.of(seeds);
    }

    @Nullable
    Path out() {
        return out;
    }

    Optional<Path> text() {
        return Optional.ofNullable(text);
    }

    /// Whether the model to study is on this machine.
    boolean hasModel() {
        return model.isHere();
    }

    /// The model to study; to be closed by the caller.
    Model openModel(Console console) {
        return weights.open(model.path(), console);
    }
}

package cutaway.studies;

import cutaway.model.Model;
import java.util.function.Supplier;

/// Runs studies in tests.
///
/// @param opened where the model comes from
public record TestHost(Supplier<Model> opened) implements StudyRun.Host {

    public static final TestHost WITHOUT_MODEL = new TestHost(() -> {
        throw new IllegalStateException("this study needs no model");
    });

    @Override
    public void tell(String what, double done) {}

    @Override
    public Model model() {
        return opened.get();
    }
}

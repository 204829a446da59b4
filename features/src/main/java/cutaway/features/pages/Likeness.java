package cutaway.features.pages;

import java.util.List;

/// How alike the examples of a latent are.
public interface Likeness {

    /// What compares them, such as `bags of words`.
    String name();

    /// Cosines, `[some][others]`.
    double[][] cosines(List<FeaturePage.Example> some, List<FeaturePage.Example> others);
}

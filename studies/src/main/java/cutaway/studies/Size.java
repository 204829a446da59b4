package cutaway.studies;

/// How much a run takes.
public enum Size {
    /// At most a minute, on one seed: says that the method works.
    QUICK,
    /// What the paper's bar is stated for.
    USUAL,
    /// As large as this machine allows in an hour or so.
    FULL
}

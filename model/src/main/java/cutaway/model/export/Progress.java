package cutaway.model.export;

/// Is told how far an export has come.
public interface Progress {

    Progress NONE = (what, part) -> {};

    /// @param part of it that is done, 0 to 1
    void at(String what, double part);
}

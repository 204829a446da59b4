package cutaway.model.hub;

import java.nio.file.Path;

/// A model that another program keeps on this machine, and that Cutaway opens where it is.
///
/// @param name what a user types
/// @param path of its file or folder
public record FoundModel(String name, Path path) {}

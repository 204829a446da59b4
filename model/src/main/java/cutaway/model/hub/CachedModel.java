package cutaway.model.hub;

import java.nio.file.Path;

/// A model in the user's cache.
///
/// @param name what a user types
/// @param path of the model's file, or of its folder
/// @param size in bytes
/// @param sha256 of the model as it is now: the hash by which its results name it
public record CachedModel(String name, Path path, long size, String sha256) {}

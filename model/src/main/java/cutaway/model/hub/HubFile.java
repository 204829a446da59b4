package cutaway.model.hub;

/// A file of a repository on the hub.
///
/// @param path inside the repository, with `/` between its parts
/// @param size in bytes
record HubFile(String path, long size, ContentHash hash) {

    private static final long MEGABYTE = 1_000_000;

    /// Its name and size, for a list.
    String described() {
        return "%s (%,d MB)".formatted(path, Math.max(1, size / MEGABYTE));
    }
}

package cutaway.model.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A model on the Hugging Face hub: `OWNER/REPO[:FILE][@REVISION]`.
///
/// @param file the GGUF file that is meant, by its path in the repository
/// @param revision a branch, a tag or a commit
record HubName(String owner, String repo, Optional<String> file, String revision) {

    static final String MAIN = "main";

    private static final String PART = "[A-Za-z0-9_][A-Za-z0-9._-]{0,95}";
    private static final Pattern NAME =
            Pattern.compile("(" + PART + ")/(" + PART + ")(?::([^@]+))?(?:@([A-Za-z0-9][A-Za-z0-9._/-]*))?");

    /// What was typed, where it has the form of such a name. The hub knows no name with `--` or `..`, so `OWNER--REPO`
    /// names one repository and stays where it is put.
    static Optional<HubName> parse(String typed) {
        Matcher name = NAME.matcher(typed);
        if (!name.matches() || (name.group(1) + name.group(2)).contains("--") || typed.contains("..")) {
            return Optional.empty();
        }
        return Optional.of(new HubName(
                name.group(1),
                name.group(2),
                Optional.ofNullable(name.group(3)),
                Optional.ofNullable(name.group(4)).orElse(MAIN)));
    }

    /// `OWNER/REPO`
    String id() {
        return owner + "/" + repo;
    }

    /// The name of its folder in the cache.
    String folder() {
        return owner + "--" + repo;
    }

    /// The same repository and revision, with another file; empty for none.
    HubName withFile(String other) {
        return new HubName(owner, repo, other.isEmpty() ? Optional.empty() : Optional.of(other), revision);
    }

    /// As a user types it.
    @Override
    public String toString() {
        return id() + file.map(name -> ":" + name).orElse("") + (revision.equals(MAIN) ? "" : "@" + revision);
    }
}

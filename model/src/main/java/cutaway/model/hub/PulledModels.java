package cutaway.model.hub;

import cutaway.model.Fingerprint;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The models that were pulled from the hub: `models/OWNER--REPO/COMMIT/...` in the cache.
///
/// @param folder the cache
record PulledModels(Path folder) {

    /// The folder of a repository.
    Path home(HubName name) {
        return folder.resolve("models").resolve(name.folder());
    }

    /// The model of this name, its files as they were fetched; empty where it was not pulled.
    ///
    /// @throws BadInputException where several files could be meant, or one has changed
    Optional<Path> find(HubName name) {
        Path home = home(name);
        List<Pulled> meant =
                meant(name).stream().filter(model -> model.isComplete(home)).toList();
        List<Pulled> folders =
                meant.stream().filter(model -> model.file().isEmpty()).toList();
        if (folders.isEmpty() && meant.stream().map(Pulled::file).distinct().count() > 1) {
            throw new BadInputException("%s: several of its files are in the cache; name one: %s."
                    .formatted(name, meant.stream().map(Pulled::typed).collect(Collectors.joining(", "))));
        }
        Optional<Pulled> model = (folders.isEmpty() ? meant : folders).stream().reduce((_, newer) -> newer);
        model.ifPresent(found -> check(home, found));
        return model.map(found -> found.path(home));
    }

    private List<Pulled> meant(HubName name) {
        return Pulled.read(home(name)).stream().filter(model -> model.is(name)).toList();
    }

    private static void check(Path home, Pulled model) {
        try {
            for (Pulled.Piece piece : model.files()) {
                Path file = home.resolve(model.commit()).resolve(piece.path());
                if (!piece.isUntouched(file) && !piece.content().isOf(file)) {
                    throw new BadInputException(
                            "%s has changed since it was fetched (expected %s); fetch it again: cutaway pull %s"
                                    .formatted(file, piece.content(), model.typed()));
                }
            }
        } catch (IOException e) {
            throw new BadInputException("cannot read the files of %s (%s).".formatted(model.typed(), e), e);
        }
    }

    /// All of them, each with the hash that it has now.
    List<CachedModel> all() {
        List<CachedModel> found = new ArrayList<>();
        try {
            for (Path home : CacheFiles.children(folder.resolve("models"))) {
                for (Pulled model : Pulled.read(home)) {
                    if (model.isComplete(home)) {
                        found.add(described(home, model));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(found);
    }

    static CachedModel described(Path home, Pulled model) throws IOException {
        boolean untouched = true;
        for (Pulled.Piece piece : model.files()) {
            untouched &= piece.isUntouched(home.resolve(model.commit()).resolve(piece.path()));
        }
        Path path = model.path(home);
        return new CachedModel(model.typed(), path, model.size(), untouched ? model.sha256() : Fingerprint.of(path));
    }

    /// Removes what is here under a name: without a file and a revision, all of the repository, with what is half
    /// fetched.
    ///
    /// @return the bytes that were freed; empty where nothing is here
    Optional<Long> remove(HubName name) throws IOException {
        Path home = home(name);
        boolean whole = name.file().isEmpty() && name.revision().equals(HubName.MAIN);
        if (whole) {
            boolean nothing = CacheFiles.children(home).stream()
                    .allMatch(child -> child.getFileName().toString().equals(FolderLock.FILE));
            return nothing && !Files.isSymbolicLink(home) ? Optional.empty() : Optional.of(CacheFiles.empty(home));
        }
        if (meant(name).isEmpty() || Files.isSymbolicLink(home)) {
            return Optional.empty();
        }
        return Optional.of(FolderLock.holding(home, () -> {
            List<Pulled> left = new ArrayList<>(Pulled.read(home));
            left.removeIf(model -> model.is(name));
            Pulled.write(home, left);
            return tidy(home, left);
        }));
    }

    /// Removes the files that no model of the record needs any more; under the lock.
    ///
    /// @return the bytes that were freed
    static long tidy(Path home, List<Pulled> models) throws IOException {
        long freed = 0;
        for (Path commit : CacheFiles.children(home)) {
            if (!commit.getFileName().toString().matches("[0-9a-f]{40}") || Files.isSymbolicLink(commit)) {
                continue;
            }
            Set<Path> needed = models.stream()
                    .filter(model -> commit.getFileName().toString().equals(model.commit()))
                    .flatMap(model -> model.files().stream().map(piece -> commit.resolve(piece.path())))
                    .collect(Collectors.toSet());
            freed += needed.isEmpty() ? CacheFiles.remove(commit) : CacheFiles.removeBut(commit, needed);
        }
        return freed;
    }
}

package cutaway.model.hub;

import cutaway.model.Fingerprint;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Brings a model of the hub into the cache.
///
/// Each file comes into place by one atomic move, after its hash was checked. What is half there is in
/// `parts/HASH.part`, named by its content, so that another run goes on with it, even at a newer commit. The record is
/// written last: a model that is not complete is not in it.
///
/// @param progress where it is told what goes on
record Pull(HubClient client, PulledModels cache, PrintStream progress) {

    private static final String PARTS = "parts";
    private static final long MEGABYTE = 1_000_000;

    /// Fetches what is missing of a model at what its revision means now.
    ///
    /// @throws BadInputException where it cannot be fetched
    CachedModel run(HubName name) {
        HubListing listing = client.listing(name);
        Selection selection = Selection.of(listing);
        Path home = cache.home(name);
        if (Files.isSymbolicLink(home)) {
            throw new BadInputException(home + " is a link out of the cache; remove it, and pull again.");
        }
        try {
            return FolderLock.holding(home, () -> fetch(listing, selection, home));
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot keep the model %s in %s: %s; free some space, or name another folder in CUTAWAY_CACHE."
                            .formatted(name, home, e),
                    e);
        }
    }

    private CachedModel fetch(HubListing listing, Selection selection, Path home) throws IOException {
        Selection all = selection;
        Path snapshot = home.resolve(listing.commit());
        if (selection.hasIndex()) {
            HubFile index = selection.files().getLast();
            place(listing, index, home, Told.NOTHING);
            all = selection.withShards(listing, snapshot.resolve(index.path()));
        }
        long missing = missing(all, home, snapshot);
        space(listing.name(), home, missing);
        Told told = new Told(listing.name().toString(), total(all), total(all) - missing, progress);
        told.begin(client.endpoint().getHost(), listing.commit());
        for (HubFile file : all.files()) {
            place(listing, file, home, told);
        }
        Pulled model = record(listing, all, home);
        progress.println("fetched %s: %,d MB, hashes as expected%s"
                .formatted(
                        model.typed(),
                        total(all) / MEGABYTE,
                        model.license().isEmpty() ? "" : "; license: " + model.license()));
        return PulledModels.described(home, model);
    }

    /// The file in its place, with the right hash.
    private void place(HubListing listing, HubFile file, Path home, Told told) throws IOException {
        Path target = home.resolve(listing.commit()).resolve(file.path());
        if (isHere(file, target)) {
            return;
        }
        Path part = part(home, file);
        Files.createDirectories(part.resolveSibling(""));
        Files.createDirectories(target.resolveSibling(""));
        reuse(file, home, part);
        HubName name = listing.name();
        new Download(client, name, client.address(name, listing.commit(), file.path()), file, part, told::came).run();
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// A second name for the same content at another commit, so that a change of the model card fetches no weights.
    private static void reuse(HubFile file, Path home, Path part) {
        if (Files.exists(part)) {
            return;
        }
        same(file, home).ifPresent(here -> {
            try {
                Files.createLink(part, here);
            } catch (IOException | UnsupportedOperationException e) {
                // No links on this disk: it is fetched.
            }
        });
    }

    private static Optional<Path> same(HubFile file, Path home) {
        for (Pulled model : Pulled.read(home)) {
            for (Pulled.Piece piece : model.files()) {
                Path at = home.resolve(model.commit()).resolve(piece.path());
                if (piece.content().equals(file.hash()) && isSize(at, file.size())) {
                    return Optional.of(at);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isHere(HubFile file, Path target) throws IOException {
        return isSize(target, file.size()) && file.hash().isOf(target);
    }

    private static boolean isSize(Path file, long size) {
        try {
            return Files.isRegularFile(file) && Files.size(file) == size;
        } catch (IOException e) {
            return false;
        }
    }

    /// The bytes that are still to come.
    private static long missing(Selection selection, Path home, Path snapshot) throws IOException {
        long missing = 0;
        for (HubFile file : selection.files()) {
            if (!isHere(file, snapshot.resolve(file.path())) && same(file, home).isEmpty()) {
                Path part = part(home, file);
                missing += Math.max(0, file.size() - (Files.exists(part) ? Files.size(part) : 0));
            }
        }
        return missing;
    }

    private static Path part(Path home, HubFile file) {
        return home.resolve(PARTS).resolve(file.hash().hex() + ".part");
    }

    private static void space(HubName name, Path home, long missing) throws IOException {
        long free = Files.getFileStore(home).getUsableSpace();
        if (missing > free) {
            throw new BadInputException(
                    "%s needs %,d MB more, but the disk of %s has %,d MB free; free some space, or name another folder in CUTAWAY_CACHE."
                            .formatted(name, missing / MEGABYTE, home, free / MEGABYTE));
        }
    }

    private static Pulled record(HubListing listing, Selection selection, Path home) throws IOException {
        List<Pulled.Piece> pieces = new ArrayList<>();
        for (HubFile file : selection.files()) {
            pieces.add(Pulled.Piece.of(file, home.resolve(listing.commit()).resolve(file.path())));
        }
        Path entry = home.resolve(listing.commit()).resolve(selection.entry());
        HubName name = listing.name();
        Pulled model = new Pulled(
                name.id(),
                selection.entry(),
                name.revision(),
                listing.commit(),
                listing.license(),
                Fingerprint.of(entry),
                pieces);
        List<Pulled> models = new ArrayList<>(Pulled.read(home));
        models.removeIf(old -> old.file().equals(model.file()) && old.revision().equals(model.revision()));
        models.add(model);
        Pulled.write(home, models);
        PulledModels.tidy(home, models);
        return model;
    }

    private static long total(Selection selection) {
        return selection.files().stream().mapToLong(HubFile::size).sum();
    }
}

package cutaway.server.ledger;

import cutaway.interp.evidence.Claim;
import cutaway.interp.evidence.Standing;
import cutaway.server.api.Json;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Where claims are kept: a file each, whole or not there.
public final class Ledger {

    private static final String FILE = ".claim.json";

    private final Path folder;

    public Ledger(Path folder) {
        this.folder = folder;
    }

    /// A claim with its place in the ledger.
    ///
    /// @param supported whether its owner called it supported, which only a claim that is can be
    /// @param words null of a claim that was kept before they were
    /// @param standing what it may be called, computed from what was measured
    public record Entry(
            String id,
            String created,
            boolean supported,
            Claim claim,
            @MayBeLeftOut @Nullable InWords words,
            Standing standing) {

        private static Entry of(Kept kept) {
            Standing standing = Standing.of(kept.claim);
            boolean isSupported = kept.supported && standing.status() == Standing.Status.SUPPORTED;
            return new Entry(kept.id, kept.created, isSupported, kept.claim, kept.words, standing);
        }

        private Entry with(boolean supported, Claim claim) {
            return of(new Kept(id, created, supported, claim, words));
        }
    }

    /// What a file holds: what can be computed is not kept.
    private record Kept(
            String id,
            String created,
            boolean supported,
            Claim claim,
            @MayBeLeftOut @Nullable InWords words) {}

    /// All claims, the newest first. A file that cannot be read is left where it is, and is no claim.
    public synchronized List<Entry> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(FILE))
                    .flatMap(file -> read(file).stream())
                    .sorted(Comparator.comparing(Entry::created).reversed())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Entry> read(Path file) {
        try {
            return Optional.of(Entry.of(Json.MAPPER.readValue(Files.readString(file), Kept.class)));
        } catch (IOException | JacksonException | cutaway.tensor.BadInputException | NullPointerException e) {
            return Optional.empty();
        }
    }

    /// @throws Refusal when there is none of this name
    public synchronized Entry entry(String id) {
        return all().stream()
                .filter(entry -> entry.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new Refusal(404, "there is no claim of this name; GET /api/claims lists them."));
    }

    /// @throws Refusal when the disk refuses
    public synchronized Entry add(Claim claim, InWords words) {
        return put(Entry.of(new Kept(
                UUID.randomUUID().toString(),
                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                false,
                claim,
                words)));
    }

    /// Puts what was measured meanwhile into a claim.
    public synchronized Entry change(String id, UnaryOperator<Claim> change) {
        Entry entry = entry(id);
        return put(entry.with(entry.supported(), change.apply(entry.claim())));
    }

    /// Calls a claim supported.
    ///
    /// @throws Refusal naming the parts that it lacks, or what speaks against it
    public synchronized Entry support(String id) {
        Entry entry = entry(id);
        switch (entry.standing().status()) {
            case SUPPORTED -> {}
            case SUGGESTED ->
                throw new Refusal(
                        409,
                        entry.standing().missing().stream()
                                .map(part -> part.part() + " is missing: " + part.why())
                                .collect(Collectors.joining(" ", "not supported yet: ", "")));
            case CONTRADICTED ->
                throw new Refusal(
                        409,
                        "not supported: " + String.join("; ", entry.standing().against()) + ".");
        }
        return put(entry.with(true, entry.claim()));
    }

    public synchronized Entry remove(String id) {
        Entry entry = entry(id);
        try {
            Files.deleteIfExists(file(id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entry;
    }

    private Entry put(Entry entry) {
        Json.put(
                file(entry.id()),
                new Kept(entry.id(), entry.created(), entry.supported(), entry.claim(), entry.words()));
        return entry;
    }

    private Path file(String id) {
        return folder.resolve(id + FILE);
    }
}

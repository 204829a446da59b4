package cutaway.server.ledger;

import cutaway.interp.evidence.Claim;
import cutaway.interp.evidence.Standing;
import cutaway.server.api.Json;
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
    /// @param standing what it may be called, computed from what was measured
    public record Entry(String id, String created, boolean supported, Claim claim, Standing standing) {

        static Entry of(String id, String created, boolean supported, Claim claim) {
            Standing standing = Standing.of(claim);
            return new Entry(id, created, supported && standing.status() == Standing.Status.SUPPORTED, claim, standing);
        }
    }

    /// What a file holds: what can be computed is not kept.
    private record Kept(String id, String created, boolean supported, Claim claim) {}

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
            Kept kept = Json.MAPPER.readValue(Files.readString(file), Kept.class);
            return Optional.of(Entry.of(kept.id, kept.created, kept.supported, kept.claim));
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
    public synchronized Entry add(Claim claim) {
        return put(Entry.of(
                UUID.randomUUID().toString(),
                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                false,
                claim));
    }

    /// Puts what was measured meanwhile into a claim.
    public synchronized Entry change(String id, UnaryOperator<Claim> change) {
        Entry entry = entry(id);
        return put(Entry.of(id, entry.created(), entry.supported(), change.apply(entry.claim())));
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
        return put(Entry.of(id, entry.created(), true, entry.claim()));
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
        Json.put(file(entry.id()), new Kept(entry.id(), entry.created(), entry.supported(), entry.claim()));
        return entry;
    }

    private Path file(String id) {
        return folder.resolve(id + FILE);
    }
}

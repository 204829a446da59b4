package cutaway.cli;

import cutaway.interp.evidence.Claim;
import cutaway.interp.evidence.ClaimTest;
import cutaway.interp.evidence.Standing;
import cutaway.interp.statistics.Interval;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway ledger rerun`: measures claims again, and says where a number differs.
@Command(
        name = "rerun",
        description = "Measures every claim of a file again: its effect, its control, its held-out prompts. Exit code 1"
                + " where a number differs by more than rounding between machines.",
        footer = {"", "Example:", "  cutaway ledger rerun claims.jsonl"},
        mixinStandardHelpOptions = true)
final class LedgerRerun implements Callable<Integer> {

    /// What sums of float32 in another order differ by, in nats, for values of a few nats.
    private static final double TOLERANCE = 1e-3;

    @Parameters(paramLabel = "FILE", description = "Claims as the workbench exports them, one JSON object a line.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description =
                    "Where the model lies now; its weights must be those of the claims (default: the claims' name).")
    private @Nullable String model;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints, for each claim.
    ///
    /// @param effect as it is measured now, nats
    /// @param difference largest of all numbers that were measured again, from those of the file
    /// @param differing what differs by more than rounding
    private record Again(
            String says, Standing standing, double effect, double difference, List<String> differing, boolean same) {}

    /// What `--json` prints.
    private record Result(String version, List<Again> claims, boolean same) {}

    @Override
    public Integer call() {
        List<Claim> claims = read();
        List<Again> again = new ArrayList<>();
        @Nullable Model open = null;
        String opened = "";
        try {
            for (Claim claim : claims) {
                String name = model == null ? claim.model().name() : model;
                if (open == null || !opened.equals(name)) {
                    if (open != null) {
                        open.close();
                    }
                    open = opened(claim, name);
                    opened = name;
                }
                check(open, claim);
                again.add(measured(open, claim));
            }
        } finally {
            console.stepsDone();
            if (open != null) {
                open.close();
            }
        }
        boolean same = again.stream().allMatch(Again::same);
        if (console.isJson()) {
            console.json(new Result(Cutaway.Version.number(), again, same));
        } else {
            again.forEach(one -> console.line(
                    "%-9s  %-12s  largest difference %.2g%s  effect %+.3f  %s",
                    one.same ? "same" : "DIFFERS",
                    one.standing.status().name().toLowerCase(Locale.ROOT),
                    one.difference,
                    one.same ? "" : " (" + String.join(", ", one.differing) + ")",
                    one.effect,
                    one.says));
        }
        return same ? 0 : 1;
    }

    private Again measured(Model open, Claim claim) {
        console.step(claim.says(), "");
        ClaimTest test = new ClaimTest(open);
        Claim fresh = test.claim(
                claim.says(),
                claim.scope(),
                claim.model(),
                claim.prompt(),
                claim.contrast(),
                claim.inContrast(),
                claim.edits(),
                claim.metric());
        Differences differences = new Differences();
        differences.look(
                "effect", List.of(fresh.baseline(), fresh.edited()), List.of(claim.baseline(), claim.edited()));
        Claim.Placebos control = claim.control();
        if (control != null && !control.seeds().isEmpty()) {
            Claim.Placebos drawn =
                    test.control(fresh, control.seeds().size(), control.seeds().getFirst());
            differences.look("control", drawn.changes(), control.changes());
            differences.look("seeds", numbers(drawn.seeds()), numbers(control.seeds()));
            fresh = fresh.with(drawn);
        }
        Claim.HeldOut heldOut = claim.heldOut();
        if (heldOut != null) {
            Claim.HeldOut found = test.heldOut(
                    fresh,
                    heldOut.pairs(),
                    heldOut.seeds().size(),
                    done -> console.step(
                            claim.says(), done + " of " + heldOut.pairs().size()));
            differences.look("held-out effects", found.effects(), heldOut.effects());
            differences.look("held-out controls", found.controls(), heldOut.controls());
            differences.look("held-out seeds", numbers(found.seeds()), numbers(heldOut.seeds()));
            differences.look("interval", ends(found.interval()), ends(heldOut.interval()));
            differences.look("interval of controls", ends(found.controlInterval()), ends(heldOut.controlInterval()));
            fresh = fresh.with(found);
        }
        return new Again(
                claim.says(),
                Standing.of(fresh),
                fresh.effect(),
                differences.largest,
                List.copyOf(differences.parts),
                differences.parts.isEmpty());
    }

    /// What of a claim differs from what is measured now.
    private static final class Differences {

        private final List<String> parts = new ArrayList<>();
        private double largest;

        void look(String part, List<Double> now, List<Double> then) {
            boolean same = now.size() == then.size();
            for (int i = 0; i < Math.min(now.size(), then.size()); i++) {
                double apart = Math.abs(now.get(i) - then.get(i));
                largest = Math.max(largest, apart);
                same &= apart <= TOLERANCE;
            }
            if (!same) {
                parts.add(part);
            }
        }
    }

    private static List<Double> numbers(List<Long> seeds) {
        return seeds.stream().map(Long::doubleValue).toList();
    }

    private static List<Double> ends(@Nullable Interval interval) {
        return interval == null ? List.of() : List.of(interval.low(), interval.high());
    }

    private Model opened(Claim claim, String name) {
        try {
            return Model.open(Hub.resolve(name));
        } catch (BadInputException e) {
            if (model != null) {
                throw e;
            }
            throw new BadInputException(
                    "the model \"" + name + "\" of the claim \"" + claim.says() + "\" cannot be opened ("
                            + String.valueOf(e.getMessage()).replaceFirst("\\.$", "")
                            + "); give --model where it lies.",
                    e);
        }
    }

    private void check(Model open, Claim claim) {
        if (!open.sha256().equals(claim.model().sha256())) {
            throw new BadInputException("the weights of " + open.path()
                    + " are not those that the claim \"" + claim.says()
                    + "\" was found on (sha256 " + claim.model().sha256() + "); give --model where those lie.");
        }
    }

    private List<Claim> read() {
        List<Claim> claims = new ArrayList<>();
        int number = 0;
        try {
            for (String line : Files.readAllLines(file)) {
                number++;
                if (!line.isBlank()) {
                    claims.add(JsonMapper.shared().readValue(line, Claim.class));
                }
            }
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot read " + file + "; give a file of claims, as the workbench exports them.", e);
        } catch (JacksonException | NullPointerException e) {
            throw new BadInputException(
                    file + ", line " + number + ", is no claim; export the ledger from the workbench again.", e);
        }
        if (claims.isEmpty()) {
            throw new BadInputException(file + " holds no claims; export the ledger from the workbench.");
        }
        return claims;
    }
}

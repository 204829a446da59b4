package cutaway.cli;

import cutaway.interp.check.Certificate;
import cutaway.interp.check.Finding;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway check`: certifies a model.
@Command(
        name = "check",
        description = {
            "Certifies a model by running it.",
            "Edits at every site do what they say, batches, padding and caches give the same numbers, and the values"
                    + " of a golden file agree. Exit code 1 when one does not."
        },
        footer = {"", "Example:", "  cutaway check smollm2-135m-instruct --golden golden.safetensors"},
        mixinStandardHelpOptions = true)
final class Check implements Callable<Integer> {

    @Parameters(
            paramLabel = "MODEL",
            description = "A GGUF file, a folder with config.json and safetensors, or a known name.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String model;

    @Option(
            names = "--golden",
            paramLabel = "FILE",
            description = "Reference values (safetensors); default: golden.safetensors in the model's folder, if any.")
    private @Nullable Path golden;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the random prompts and replacements, any whole number (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        Path path = Hub.resolve(model);
        if (golden != null && !Files.isRegularFile(golden)) {
            throw new BadInputException(
                    "there is no file " + golden + "; give a safetensors file of reference values.");
        }
        Optional<Path> file = golden == null ? cutaway.interp.check.Check.goldenOf(path) : Optional.of(golden);
        try (Model opened = Model.open(path)) {
            opened.notes().forEach(console::note);
            Certificate certificate = cutaway.interp.check.Check.certify(opened, file, seed, console::progress);
            if (console.isJson()) {
                console.json(certificate);
            } else {
                print(certificate);
            }
            return certificate.passed() ? 0 : 1;
        }
    }

    private void print(Certificate certificate) {
        console.line(
                "%s  %s, %d layers, dModel %d, %d heads",
                certificate.model(),
                certificate.family(),
                certificate.sizes().layers(),
                certificate.sizes().dModel(),
                certificate.sizes().heads());
        console.line(
                "golden %s, seed %d, cutaway %s",
                certificate.golden().isEmpty() ? "none" : certificate.golden(),
                certificate.seed(),
                certificate.version());
        console.line("");
        console.line("%-6s  %-13s  %-32s  %10s  %-10s  %s", "", "check", "subject", "worst", "limit", "where");
        for (Finding finding : certificate.checks()) {
            console.line(
                    "%-6s  %-13s  %-32s  %10s  %-10s  %s",
                    finding.passed() ? "ok" : "FAILED",
                    finding.name(),
                    finding.subject(),
                    number(finding.worst()),
                    finding.bound().sign() + " " + number(finding.limit()),
                    finding.at());
        }
        console.line("");
        long failed = certificate.checks().stream()
                .filter(finding -> !finding.passed())
                .count();
        console.line(
                "%s: %d checks, %d failed, %.1f s",
                failed == 0 ? "passed" : "FAILED", certificate.checks().size(), failed, certificate.seconds());
    }

    private static String number(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.1e", value);
    }
}

package cutaway.cli;

import cutaway.model.Model;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// `--dtype` and `--memory`: how a model's weights are multiplied and held.
final class WeightOption {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)\\s*(GB|MB|KB|B|)");

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "f32",
            description =
                    "What a model is computed in: f32; bf16 for products with weights, all else float32; or f64 for"
                            + " all of it, for proofs: slow, and twice the memory (default: ${DEFAULT-VALUE}).")
    private String dtype = "f32";

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "1.6GB",
            description = "What may be spent on keeping weights unpacked, such as 500MB, 8GB or 0; weights beyond it"
                    + " are unpacked each time they are used (default: ${DEFAULT-VALUE}).")
    private String memory = "1.6GB";

    /// Opens a model so; to be closed by the caller.
    Model open(Path path) {
        return Model.open(path, options());
    }

    /// As [#open(Path)], with every weight unpacked each time it is used; to be closed by the caller.
    Model openPacked(Path path) {
        return Model.open(path, new WeightOptions(arithmetic(), 0));
    }

    /// Whether nothing is computed in less than float32.
    boolean isExact() {
        return arithmetic() != Arithmetic.BF16;
    }

    /// As [#open(Path)]; what there is to know of the model is said on stderr.
    Model open(Path path, Console console) {
        return open(path, console, 1);
    }

    /// As [#open(Path, Console)], where a part of the memory is for something else.
    ///
    /// @param share of it for the weights, 0 to 1
    Model open(Path path, Console console, double share) {
        Model opened = Model.open(path, new WeightOptions(arithmetic(), (long) (share * bytes())));
        opened.notes().forEach(console::note);
        return opened;
    }

    /// The name of the type, as records state it.
    String typeName() {
        return switch (arithmetic()) {
            case F32 -> "float32";
            case BF16 -> "bfloat16";
            case F64 -> "float64";
        };
    }

    private WeightOptions options() {
        return new WeightOptions(arithmetic(), bytes());
    }

    private Arithmetic arithmetic() {
        return switch (dtype.toLowerCase(Locale.ROOT)) {
            case "f32", "float32" -> Arithmetic.F32;
            case "bf16", "bfloat16" -> Arithmetic.BF16;
            case "f64", "float64" -> Arithmetic.F64;
            default -> throw new BadInputException("--dtype is " + dtype + "; expected f32, bf16 or f64.");
        };
    }

    /// What `--memory` allows, in bytes.
    long bytes() {
        return bytes("--memory", memory);
    }

    /// A size in bytes.
    ///
    /// @param option that it was given to
    static long bytes(String option, String text) {
        Matcher size = SIZE.matcher(text.toUpperCase(Locale.ROOT).strip());
        if (!size.matches()) {
            throw new BadInputException(option + " is " + text + "; expected a size such as 500MB, 8GB or 0.");
        }
        double unit = switch (size.group(2)) {
            case "GB" -> 1e9;
            case "MB" -> 1e6;
            case "KB" -> 1e3;
            default -> 1;
        };
        return (long) (Double.parseDouble(size.group(1)) * unit);
    }
}

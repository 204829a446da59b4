package cutaway.cli;

import cutaway.tensor.BadInputException;
import java.util.Optional;
import picocli.CommandLine.Option;

/// `--dictionary`, whose error term `--without-error` takes out.
final class SplicedOption extends DictionaryOption {

    @Option(
            names = "--without-error",
            description = "Take the error term of the dictionary out: wherever its features are asked about or changed,"
                    + " what they say together stands in the place of what the model computed.")
    private boolean withoutError;

    boolean withoutError() {
        return withoutError;
    }

    /// The name of the dictionary whose error term is taken out; the first of several.
    Optional<String> withoutErrorOf() {
        return withoutError ? first() : Optional.empty();
    }

    @Override
    void check() {
        if (withoutError && !isGiven()) {
            throw new BadInputException("--without-error takes the error term of a dictionary out; add --dictionary.");
        }
        super.check();
    }
}

package cutaway.cli;

import cutaway.lab.built.AndNetwork;
import cutaway.lab.built.BuiltFolder;
import cutaway.tensor.BadInputException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway lab build`: a network whose features and circuit are known.
@Command(
        name = "build",
        description = {
            "Builds a network whose features and circuit are known, as a truth for dictionaries and circuit methods:"
                    + " ANDs of pairs of sparse inputs in fewer neurons than inputs (Adler and Shavit 2024,"
                    + " arXiv:2409.15318).",
            "The folder has the weights (model.safetensors), which inputs reach which output through which neurons"
                    + " (circuit.json), the true dictionaries of what arrives and of the neurons (inputs, outputs),"
                    + " and what all are on some inputs (examples.safetensors)."
        },
        footer = {
            "",
            "Example:",
            "  cutaway lab build and --inputs 200 --neurons 800 --out ands",
            "  cutaway features geometry ands/outputs",
            "  cutaway codes ands --layer reads"
        },
        mixinStandardHelpOptions = true)
final class LabBuild implements Callable<Integer> {

    /// What can be built.
    enum Network {
        and
    }

    /// What codes belong to.
    enum Codes {
        outputs,
        inputs
    }

    @Parameters(paramLabel = "NETWORK", description = "What is built: ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Network network;

    @Option(
            names = "--inputs",
            paramLabel = "N",
            defaultValue = "200",
            description = "Inputs, and as many ANDs of two, 3 or more (default: ${DEFAULT-VALUE}).")
    private int inputs;

    @Option(
            names = "--neurons",
            paramLabel = "N",
            defaultValue = "800",
            description =
                    "Neurons of the layer; how many are enough is printed as errors (default:" + " ${DEFAULT-VALUE}).")
    private int neurons;

    @Option(
            names = "--codes",
            paramLabel = "OF",
            defaultValue = "outputs",
            description = "Whose codes neurons are in: outputs, or inputs, which computes nothing and is a control"
                    + " (default: ${DEFAULT-VALUE}).")
    private Codes codes = Codes.outputs;

    @Option(
            names = "--examples",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Inputs that activations are written for, two set in each, and every other one with an AND"
                    + " that is true (default: ${DEFAULT-VALUE}).")
    private int examples;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of every random draw (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder to write, a new one.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param wrong share of the examples for which any output is wrong
    private record Built(
            String version,
            String network,
            int inputs,
            int neurons,
            String codes,
            long seed,
            int examples,
            double wrong,
            String folder) {}

    @Override
    public Integer call() {
        double wrong;
        try {
            AndNetwork.Codes kind = codes == Codes.outputs ? AndNetwork.Codes.OF_OUTPUTS : AndNetwork.Codes.OF_INPUTS;
            wrong = BuiltFolder.write(inputs, neurons, kind, seed, examples, out);
        } catch (UncheckedIOException e) {
            throw new BadInputException(
                    "cannot write " + out + " (" + (e.getCause() == null ? e : e.getCause()).getMessage()
                            + "); give --out a folder with room.",
                    e);
        }
        Built built = new Built(
                Cutaway.Version.number(),
                network.name(),
                inputs,
                neurons,
                codes.name(),
                seed,
                examples,
                wrong,
                out.toString());
        if (console.isJson()) {
            console.json(built);
        } else {
            console.line(
                    "%s  %,d ANDs of %,d inputs in %,d neurons, codes of %s", network, inputs, inputs, neurons, codes);
            console.line("  any output wrong on %.2f %% of %,d examples", 100 * wrong, examples);
            console.line("  wrote %s", out);
        }
        return 0;
    }
}

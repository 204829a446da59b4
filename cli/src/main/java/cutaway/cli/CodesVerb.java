package cutaway.cli;

import cutaway.cli.report.CodesRecord;
import cutaway.cli.report.CodesRecord.CodesFound;
import cutaway.cli.report.CodesRecord.PairOfInputs;
import cutaway.cli.report.HtmlReport;
import cutaway.interp.codes.Capacity;
import cutaway.interp.codes.MlpWeights;
import cutaway.interp.codes.SignCodes;
import cutaway.interp.codes.SortedSigns;
import cutaway.interp.prompts.AnswerToken;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway codes`: what a layer computes, from the signs of its weights.
@Command(
        name = "codes",
        description = {
            "Reads sign codes off a layer's weights, without running it (Adler et al. 2025, arXiv:2504.08842): which"
                    + " inputs share pluses on the same neurons beyond chance, which of them are one group, and what"
                    + " each neuron is for.",
            "The layer is one of a folder that cutaway lab train --out wrote, or the MLP of a block of a model. Of a"
                    + " lab model with one output, codes are read off the neurons that push it up; of a model with"
                    + " --towards, off those that push a token up; else off all."
        },
        footer = {
            "",
            "Example:",
            "  cutaway lab train clauses --seeds 2 --rate 0.01 --decay 4000 --out formulas",
            "  cutaway codes formulas --instance 1 --report codes.html",
            "  cutaway codes --block 3",
            "  cutaway codes --block 3 --weights up --towards \" Paris\""
        },
        mixinStandardHelpOptions = true)
final class CodesVerb implements Callable<Integer> {

    private static final int SHOWN = 8;
    private static final int MOST_INPUTS = 4096;

    /// Of a page: more cells are no longer told apart.
    private static final int DRAWN_INPUTS = 256;

    private static final int DRAWN_NEURONS = 512;

    /// From which p on overlaps are not told from chance.
    private static final double CHANCE = 0.05;

    /// A matrix of a block's MLP.
    enum Weights {
        in,
        gate,
        up,
        out;

        MlpWeights.Which which() {
            return MlpWeights.Which.valueOf(name().toUpperCase(Locale.ROOT));
        }
    }

    @Parameters(arity = "0..1", paramLabel = "FOLDER", description = "A trained lab folder (default: the model).")
    private @Nullable Path folder;

    @Option(
            names = "--instance",
            paramLabel = "N",
            defaultValue = "0",
            description = "Which of the folder's instances, from 0 (default: ${DEFAULT-VALUE}).")
    private int instance;

    @Option(
            names = "--layer",
            paramLabel = "NAME",
            defaultValue = "hidden.0",
            description = "Which of the folder's layers (default: ${DEFAULT-VALUE}).")
    private String layer = "hidden.0";

    @Option(
            names = "--block",
            paramLabel = "N",
            defaultValue = "0",
            description = "Which block of the model, from 0 (default: ${DEFAULT-VALUE}).")
    private int block;

    @Option(
            names = "--weights",
            paramLabel = "WHICH",
            description = "Which of the block's matrices: in, gate, up or out, whose inputs are the neurons (default:"
                    + " gate, where there is one, else in).")
    private @Nullable Weights weights;

    @Option(
            names = "--towards",
            paramLabel = "TOKEN",
            description = "Split the block's neurons by what they write, as a net's with one output: codes are read off"
                    + " those that push this token's logit above the others' mean.")
    private @Nullable String towards;

    @Option(
            names = "--cut",
            paramLabel = "X",
            defaultValue = "0.25",
            description = "Weights no larger than X standard deviations of all count as none, 0 or more (default:"
                    + " ${DEFAULT-VALUE}).")
    private double cut;

    @Option(
            names = "--agreement",
            paramLabel = "X",
            defaultValue = "0.6",
            description = "From which mean agreement of signs inputs are one group, up to 1 (default:"
                    + " ${DEFAULT-VALUE}).")
    private double agreement;

    @Option(
            names = "--permutations",
            paramLabel = "N",
            defaultValue = "99",
            description = "Matrices with the same margins that the p-value is counted from; 0: none (default:"
                    + " ${DEFAULT-VALUE}).")
    private int permutations;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of the permutations (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--report",
            paramLabel = "PAGE",
            description = "Also write a page with the signs in the order of groups and roles, PAGE.html.")
    private @Nullable Path report;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weightOption = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What is read.
    ///
    /// @param of the folder or the model
    /// @param name of the layer
    private record Layer(String of, String name, SignCodes codes) {}

    @Override
    public Integer call() {
        SignCodes.Settings settings = new SignCodes.Settings(cut, agreement, permutations, seed);
        if (folder != null && (weights != null || towards != null)) {
            throw new BadInputException(
                    "--weights and --towards are of a model's block; of " + folder + " give --layer.");
        }
        ReportFile page = report == null ? null : new ReportFile(report);
        Layer read = folder == null ? ofModel(settings) : ofLab(folder, settings);
        CodesFound found = found(read);
        if (page != null) {
            page.write(HtmlReport.codes(console.compact(new CodesRecord(
                    Cutaway.Version.number(),
                    read.of,
                    console.command(),
                    found,
                    found.capacity().text(),
                    SortedSigns.of(read.codes, DRAWN_INPUTS, DRAWN_NEURONS)))));
        }
        if (console.isJson()) {
            console.json(found);
        } else {
            print(found);
        }
        return 0;
    }

    private Layer ofModel(SignCodes.Settings settings) {
        if (weights == Weights.out && towards != null) {
            throw new BadInputException("--weights out are what neurons write, and --towards splits neurons by that;"
                    + " give --weights in, gate or up.");
        }
        try (Model opened = weightOption.open(model.path(), console);
                Scope _ = Scope.open()) {
            MlpWeights mlp = new MlpWeights(opened, block);
            MlpWeights.Which which = weights == null ? mlp.usual() : weights.which();
            Tensor rows = mlp.of(which, MOST_INPUTS);
            double[] outputs = towards == null
                    ? new double[0]
                    : mlp.towards(AnswerToken.id(opened, towards, "token of --towards"));
            return new Layer(
                    model.path().toString(),
                    "block " + block + ", " + which.text() + (towards == null ? "" : ", towards \"" + towards + "\""),
                    SignCodes.of(rows, outputs, settings));
        }
    }

    private String noLayer(Path from, Map<String, Tensor> all) {
        List<String> layers = all.entrySet().stream()
                .filter(one -> one.getKey().endsWith(".weight")
                        && one.getValue().shape().rank() == 3)
                .map(one -> one.getKey().replaceFirst("\\.weight$", ""))
                .toList();
        return layers.isEmpty()
                ? from + " is a model, and not a folder of trained instances; give it as --model, with --block."
                : from + " has no layer \"" + layer + "\" of a matrix; there are: " + String.join(", ", layers) + ".";
    }

    private Layer ofLab(Path from, SignCodes.Settings settings) {
        Path file = from.resolve("model.safetensors");
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(
                    from + " holds no model.safetensors; give a folder that cutaway lab train --out wrote.");
        }
        try (SafetensorsFile open = SafetensorsFile.open(file);
                Scope _ = Scope.open()) {
            Map<String, Tensor> all = TensorFile.readAll(open);
            @Nullable Tensor weights = all.get(layer + ".weight");
            if (weights == null || weights.shape().rank() != 3) {
                throw new BadInputException(noLayer(from, all));
            }
            if (instance < 0 || instance >= weights.dim(0)) {
                throw new BadInputException("--instance is " + instance + "; " + from + " has instances 0 to "
                        + (weights.dim(0) - 1) + ".");
            }
            Tensor of = weights.select(0, instance).contiguous();
            return new Layer(
                    from.toString(),
                    layer + ", instance " + instance,
                    SignCodes.of(of, outputs(all.get("head.weight"), of), settings));
        }
    }

    /// Of each neuron, where the layer's neurons are what a head of one output reads; else none.
    private double[] outputs(@Nullable Tensor head, Tensor weights) {
        return head != null && head.dim(1) == 1 && head.dim(2) == weights.dim(0)
                ? head.select(0, instance).toDoubles()
                : new double[0];
    }

    private static CodesFound found(Layer read) {
        SignCodes codes = read.codes;
        List<PairOfInputs> pairs = new ArrayList<>();
        for (int i = 0; i < codes.marks().inputs(); i++) {
            for (int j = i + 1; j < codes.marks().inputs(); j++) {
                pairs.add(new PairOfInputs(
                        i, j, codes.marks().shared(i, j), codes.marks().excess(i, j)));
            }
        }
        pairs.sort(Comparator.comparingDouble(PairOfInputs::excess).reversed());
        double p = codes.pValue();
        return new CodesFound(
                read.name,
                codes.signs().neurons(),
                codes.signs().inputs(),
                codes.readers().size(),
                codes.structure(),
                Double.isNaN(p) ? Optional.empty() : Optional.of(p),
                codes.collisions(codes.groups().size()),
                Capacity.of(codes.signs().neurons()),
                codes.groups(),
                List.copyOf(pairs.subList(0, Math.min(SHOWN, pairs.size()))),
                codes.roles());
    }

    private void print(CodesFound found) {
        console.line(
                "%s  %,d neurons, %,d of them read; %,d inputs",
                found.layer(), found.neurons(), found.readers(), found.inputs());
        console.line(
                "  overlaps of pluses are %.2f times what chance gives%s",
                found.structure(),
                found.pValue()
                        .map(p -> String.format(Locale.ROOT, ", p = %.2g", p))
                        .orElse(""));
        if (found.pValue().map(p -> p > CHANCE).orElse(false)) {
            console.line("  not told from chance: the groups and roles below may be what chance makes");
        }
        console.line(
                "  groups of inputs: %,d; collisions expected of so many codes: %.2g",
                found.groups().size(), Math.max(0, found.collisions()));
        found.groups().stream()
                .limit(SHOWN)
                .forEach(group ->
                        console.line("    inputs %s on neurons %s", words(group.inputs()), words(group.code())));
        if (found.groups().size() > SHOWN) {
            console.line("    and %,d more: --json has all", found.groups().size() - SHOWN);
        }
        console.line("  most shared pluses, in standard deviations beyond chance");
        found.pairs()
                .forEach(pair -> console.line(
                        "    inputs %d and %d  %d shared, %+.1f",
                        pair.first(), pair.second(), pair.shared(), pair.excess()));
        Map<SignCodes.Role, Long> counts =
                found.roles().stream().collect(Collectors.groupingBy(role -> role, Collectors.counting()));
        console.line(
                "  neurons: %s",
                List.of(SignCodes.Role.values()).stream()
                        .map(role -> counts.getOrDefault(role, 0L) + " "
                                + role.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ")));
        console.line("  capacity: %s", found.capacity().text());
    }

    private static String words(List<Integer> numbers) {
        return numbers.isEmpty()
                ? "none"
                : numbers.stream().limit(12).map(String::valueOf).collect(Collectors.joining(","))
                        + (numbers.size() > 12 ? ",..." : "");
    }
}

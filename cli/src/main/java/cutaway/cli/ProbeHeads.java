package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.heads.HeadKinds;
import cutaway.interp.heads.HeadParity;
import cutaway.interp.heads.HeadWrites;
import cutaway.interp.heads.HeadWrites.Place;
import cutaway.interp.heads.SilencedHeads;
import cutaway.interp.heads.SilencedHeads.Head;
import cutaway.interp.heads.TextLoss;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.ThroughProbes;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway probe heads`: which heads look at every other position, and which write what probes read.
@Command(
        name = "heads",
        description = {
            "Which heads look at every other position of texts, or at the position before (Nanda et al. 2023,"
                    + " arXiv:2309.00941), beside what chance gives: each query's attention dealt out anew among the"
                    + " keys that it sees.",
            "With --probe, also whether heads write towards a class of what a token names: of the move to d3, along the"
                    + " direction by which the probe tells d3 as --to from d3 as --from. Beside it, the directions"
                    + " dealt out anew among the tokens.",
            "With --silence, also whether these heads matter: what the model's loss on the texts behind the first"
                    + " --texts rises by where all heads of even and odd distances go on with their mean, and where as"
                    + " many others of the same layers do."
        },
        footer = {
            "",
            "Example:",
            "  cutaway probe heads games.jsonl --model othello/seed-0",
            "  cutaway probe heads games.jsonl --model othello/seed-0 --texts 50 --silence 10",
            "  cutaway probe heads games.jsonl --model othello/seed-0 --probe board-0.safetensors,board-1.safetensors"
                    + " --to same --from other"
        },
        mixinStandardHelpOptions = true)
final class ProbeHeads implements Callable<Integer> {

    @Parameters(
            paramLabel = "FILE",
            description = "JSON lines with a text each; one that another begins with is left out, as is one of fewer"
                    + " than 8 tokens.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Option(
            names = "--field",
            paramLabel = "NAME",
            defaultValue = "text",
            description = "Field of the text (default: ${DEFAULT-VALUE}).")
    private String field = "text";

    @Option(
            names = "--texts",
            paramLabel = "N",
            defaultValue = "100",
            description = "Texts that are read, the first (default: ${DEFAULT-VALUE}).")
    private int most;

    @Option(
            names = "--length",
            paramLabel = "N",
            defaultValue = "64",
            description = "Tokens of each text that are read, the first (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(
            names = "--probe",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "FILE",
            description = "Linear or logistic probes of several things, one for each of some layers, joined by commas:"
                    + " what a head writes is held against the first that reads its layer or a later one.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--to", paramLabel = "CLASS", description = "With --probe: the class that is written towards.")
    private @Nullable String to;

    @Option(
            names = "--from",
            paramLabel = "CLASS",
            description = "With --probe: the class that is written away from (default: the mean of all others).")
    private @Nullable String from;

    @Option(
            names = "--silence",
            paramLabel = "N",
            defaultValue = "0",
            description = "Choices of other heads that are silenced beside those of even and odd distances; 0 silences"
                    + " none (default: ${DEFAULT-VALUE}).")
    private int draws;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the controls' draws (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param kinds of the heads, with what chance gives
    /// @param shares of attention by distance, `[layer][head]`
    /// @param to class that is written towards; absent without probes
    /// @param from class that is written away from; absent without probes, and where all others are
    /// @param writes cosine with the probes' directions; absent without probes
    /// @param silenced log probability of the next token with and without heads, mean in nats; absent without such
    private record Found(
            String version,
            ModelFacts model,
            String file,
            int texts,
            HeadKinds kinds,
            HeadParity.Shares[][] shares,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String to,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String from,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            HeadWrites writes,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            SilencedHeads silenced) {}

    @Override
    public Integer call() {
        if (most < 1 || length < HeadParity.SHORTEST) {
            throw new BadInputException("--texts is " + most + " and --length " + length + "; give at least 1 and "
                    + HeadParity.SHORTEST + ".");
        }
        if (draws < 0) {
            throw new BadInputException("--silence is " + draws + "; give how many choices of other heads, 10 or so.");
        }
        if (files.isEmpty() == (to != null) || (files.isEmpty() && from != null)) {
            throw new BadInputException("--probe, --to and --from work together; give a probe that cutaway probe fit"
                    + " --out wrote and a class that heads may write towards.");
        }
        List<String> texts = WholeTexts.read(file, field);
        try (Model opened = weights.open(model.path(), console)) {
            List<int[]> all = texts.stream()
                    .map(text -> opened.encode(text).ids())
                    .filter(ids -> ids.length >= HeadParity.SHORTEST)
                    .limit(draws > 0 ? 2L * most : most)
                    .map(ids -> Arrays.copyOf(ids, Math.min(ids.length, length)))
                    .toList();
            List<int[]> sequences = all.subList(0, Math.min(most, all.size()));
            if (sequences.isEmpty()) {
                throw new BadInputException("no text of " + file + " has " + HeadParity.SHORTEST
                        + " tokens, of which attention by distance is read off; give longer ones.");
            }
            if (draws > 0 && all.size() == sequences.size()) {
                throw new BadInputException("--silence reads texts behind the first " + most + " of " + file
                        + ", and there are " + all.size() + "; give more, or a lower --texts.");
            }
            int layers = opened.sizes().layers();
            HeadParity parity = HeadParity.measure(
                    opened, sequences, seed, done -> console.progress("reading attention", (double) done / layers));
            print(new Found(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    file.toString(),
                    sequences.size(),
                    parity.kinds(),
                    shares(parity, layers, opened.sizes().heads()),
                    to,
                    from,
                    to == null ? null : writes(opened, sequences, to),
                    draws == 0 ? null : silenced(opened, all.subList(most, all.size()), parity)));
        }
        return 0;
    }

    private static HeadParity.Shares[][] shares(HeadParity parity, int layers, int heads) {
        HeadParity.Shares[][] shares = new HeadParity.Shares[layers][heads];
        for (int layer = 0; layer < layers; layer++) {
            for (int head = 0; head < heads; head++) {
                shares[layer][head] = parity.shares(layer, head);
            }
        }
        return shares;
    }

    /// @return null where no head of even or odd distances has another beside it in its layer
    private @Nullable SilencedHeads silenced(Model opened, List<int[]> heldOut, HeadParity parity) {
        Batch batch = Batch.of(heldOut, Batch.Side.RIGHT);
        return SilencedHeads.measure(
                        opened, batch, parity.alternating(), draws, seed, tap -> TextLoss.gain(opened, batch, tap))
                .orElse(null);
    }

    private HeadWrites writes(Model opened, List<int[]> sequences, String towards) {
        List<NamedProbe> probes = new ArrayList<>();
        try (Scope _ = Scope.open()) {
            files.forEach(one -> probes.add(NamedProbe.read(one)));
            probes.forEach(probe -> SiteNames.check(probe.site(), opened.sizes()));
            List<NamedProbe> ordered = ThroughProbes.inOrder(probes);
            List<String> names = ordered.getFirst().facts().questions();
            if (names.isEmpty()) {
                throw new BadInputException("the probe " + files.getFirst() + " reads one thing, and tokens name none;"
                        + " fit one of several with --class a,b,c, which tokens are called by.");
            }
            List<Place> places = new ArrayList<>();
            List<Integer> named = new ArrayList<>();
            for (int row = 0; row < sequences.size(); row++) {
                for (int pos = 0; pos < sequences.get(row).length; pos++) {
                    int name = names.indexOf(
                            opened.tokenizer().token(sequences.get(row)[pos]).strip());
                    if (name >= 0) {
                        places.add(new Place(row, pos));
                        named.add(name);
                    }
                }
            }
            Tensor index =
                    Tensor.of(named.stream().mapToLong(Integer::longValue).toArray(), named.size());
            List<Tensor> directions = new ArrayList<>();
            for (int layer = 0; layer < opened.sizes().layers(); layer++) {
                NamedProbe probe = probe(ordered, layer);
                Tensor each = Tensor.stack(
                        names.stream()
                                .map(name -> probe.about(name)
                                        .direction(towards, from)
                                        .to(Dtype.F32))
                                .toList(),
                        0);
                directions.add(each.gatherRows(0, index));
            }
            return HeadWrites.along(opened, sequences, places, directions, seed, _ -> {});
        } finally {
            probes.forEach(NamedProbe::close);
        }
    }

    /// The first that reads a layer or a later one.
    private static NamedProbe probe(List<NamedProbe> ordered, int layer) {
        return ordered.stream()
                .filter(probe -> probe.site().point().layer() >= layer)
                .findFirst()
                .orElse(ordered.getLast());
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        console.line("%s  %s, cutaway %s", found.file, found.model.name(), found.version);
        console.line("%d texts; shares of a head's attention by how far back it looks%n", found.texts);
        List<AlignedTable.Head> heads = new ArrayList<>(List.of(
                new AlignedTable.Head("head", false),
                new AlignedTable.Head("itself", true),
                new AlignedTable.Head("1 back", true),
                new AlignedTable.Head("2, 4, ... back", true),
                new AlignedTable.Head("3, 5, ... back", true),
                new AlignedTable.Head("kind", false)));
        if (found.writes != null) {
            heads.add(new AlignedTable.Head("writes " + found.to, true));
        }
        List<List<String>> rows = new ArrayList<>();
        for (int layer = 0; layer < found.shares.length; layer++) {
            for (int head = 0; head < found.shares[layer].length; head++) {
                List<String> kinds = found.kinds.of(layer, head);
                boolean isWriter = found.writes != null && found.writes.isTold(layer, head);
                if (kinds.isEmpty() && !isWriter) {
                    continue;
                }
                HeadParity.Shares of = found.shares[layer][head];
                List<String> row = new ArrayList<>(List.of(
                        "L" + layer + "H" + head,
                        number("%.2f", of.self()),
                        number("%.2f", of.previous()),
                        number("%.2f", of.even()),
                        number("%.2f", of.odd()),
                        kinds.isEmpty() ? "-" : String.join(", ", kinds)));
                if (found.writes != null) {
                    row.add(number("%+.2f", found.writes.cosine()[layer][head]));
                }
                rows.add(row);
            }
        }
        if (rows.isEmpty()) {
            console.line("no head looks at every other position or at the one before beyond chance");
        } else {
            new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
            console.line("%nother heads are of no kind; --json has all");
        }
        found.kinds
                .kinds()
                .forEach(kind -> console.line(
                        "%s: %s; by chance up to %.3f, a head is called so from %.3f on",
                        kind.name(), kind.statistic(), kind.threshold(), kind.floor()));
        if (found.writes != null) {
            String towards = String.valueOf(found.to);
            console.line(
                    "writes %s: mean cosine, over %,d tokens, of what the head writes with the probe's direction to %s"
                            + "; by chance up to %.3f",
                    towards,
                    found.writes.tokens(),
                    found.from == null ? towards : towards + " from " + found.from,
                    found.writes.threshold());
        }
        if (draws > 0) {
            print(found.silenced);
        }
    }

    private void print(@Nullable SilencedHeads silenced) {
        if (silenced == null) {
            console.line("silenced none: no head of even or odd distances has another beside it in its layer");
            return;
        }
        console.line(
                "silenced %s: the loss on other texts rises from %.4f to %.4f nats a token; as many others of the same"
                        + " layers, %d draws: to %.4f, at most %.4f%s",
                silenced.silenced().stream().map(Head::toString).collect(Collectors.joining(", ")),
                -silenced.whole(),
                -silenced.without(),
                silenced.others().size(),
                -silenced.ofOthers(),
                -silenced.others().stream()
                        .mapToDouble(Double::doubleValue)
                        .min()
                        .orElse(Double.NaN),
                silenced.beyond()
                        .map(it -> number("; beyond these, 95 %%: %.4f", it.low()) + number(" to %.4f", it.high()))
                        .orElse(""));
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}

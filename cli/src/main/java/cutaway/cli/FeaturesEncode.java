package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.judge.CodedTokens;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Batch;
import cutaway.interp.site.Site;
import cutaway.interp.table.GrowingTable;
import cutaway.interp.table.NumberColumn;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features encode`: the codes of a store's tokens.
@Command(
        name = "encode",
        description =
                "Encodes tokens of a store of activations, by the dictionary's encoder or by gradient pursuit over"
                        + " its decoder; prints the strongest codes of each token, or writes all codes to a table.",
        footer = {
            "",
            "Example:",
            "  cutaway features encode dictionaries/smollm2-135m-instruct/resid-15 acts --tokens 5 --pursuit",
            "  cutaway features encode dictionaries/smollm2-135m-instruct/resid-15 acts --out codes.parquet",
            "",
            "The table has the columns context, position, token (its id), latent and code; cutaway query reads it."
        },
        mixinStandardHelpOptions = true)
final class FeaturesEncode implements Callable<Integer> {

    private static final int ROWS = 1024;
    private static final int SHOWN = 20;

    @Parameters(index = "0", paramLabel = "DICTIONARY", description = "The dictionary's folder.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path folder;

    @Parameters(index = "1", paramLabel = "STORE", description = "What cutaway harvest has written of its sites.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path activations;

    @Option(
            names = "--pursuit",
            description =
                    "Find codes by gradient pursuit over the decoder, as many of each token as the encoder takes.")
    private boolean pursuit;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Tokens at most, in the order in which the store is read (default: 20; all with --out).")
    private @Nullable Integer tokens;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "5",
            description = "Codes to print of each token, the strongest first (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--out", paramLabel = "FILE", description = "Where all codes are written, a .parquet file.")
    private @Nullable Path out;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param l0 latents of a token on average
    /// @param fvu squared errors over squared distances from the mean of these tokens
    /// @param codes the strongest of each token; empty where all were written to a file
    private record Encoded(
            String version,
            String dictionary,
            String store,
            boolean pursuit,
            int tokens,
            double l0,
            double fvu,
            List<Codes> codes,
            @Nullable String out) {}

    /// @param token its id
    private record Codes(int context, int position, int token, List<Code> codes) {}

    private record Code(int latent, double code) {}

    /// Some tokens' codes, a row each.
    private record Columns(
            IntStream.Builder contexts,
            IntStream.Builder positions,
            IntStream.Builder ids,
            IntStream.Builder latents,
            float[] codes) {

        static Columns of(int rows) {
            return new Columns(
                    IntStream.builder(),
                    IntStream.builder(),
                    IntStream.builder(),
                    IntStream.builder(),
                    new float[rows]);
        }

        List<NumberColumn> all() {
            return List.of(
                    new NumberColumn.Whole("context", contexts.build().toArray()),
                    new NumberColumn.Whole("position", positions.build().toArray()),
                    new NumberColumn.Whole("token", ids.build().toArray()),
                    new NumberColumn.Whole("latent", latents.build().toArray()),
                    new NumberColumn.Single("code", codes));
        }
    }

    @Override
    public Integer call() {
        if (top < 1 || (tokens != null && tokens < 1)) {
            throw new BadInputException("--tokens " + tokens + " and --top " + top + "; expected at least 1 of each.");
        }
        if (out != null) {
            OutFile.check(out);
        }
        try (Dictionary dictionary = DictionaryFiles.openOne(folder);
                ActivationStore store = ActivationStore.open(activations)) {
            DictionaryOption.checkSites(folder, dictionary);
            Encoded encoded = out == null ? encode(dictionary, store, null) : written(dictionary, store, out);
            if (console.isJson()) {
                console.json(encoded);
            } else {
                print(encoded);
            }
        }
        return 0;
    }

    private Encoded written(Dictionary dictionary, ActivationStore store, Path to) {
        try (GrowingTable table = GrowingTable.open(to, Columns.of(0).all())) {
            Encoded encoded = encode(dictionary, store, table);
            table.write(facts());
            return encoded;
        }
    }

    /// @param table that takes all codes as they come; null where the strongest are shown
    private Encoded encode(Dictionary dictionary, ActivationStore store, @Nullable GrowingTable table) {
        List<Site> inputs = dictionary.origin().inputs();
        List<Site> outputs = dictionary.origin().outputs();
        List<Site> sites = new ArrayList<>(inputs);
        outputs.stream().filter(site -> !sites.contains(site)).forEach(sites::add);
        long wanted = tokens == null ? (out == null ? SHOWN : store.vectors()) : tokens;
        int all = Math.toIntExact(Math.min(wanted, store.vectors()));
        int size = Math.min(ROWS, all);
        List<Codes> shown = new ArrayList<>();
        double[] sums = new double[3]; // codes, squared errors, squares
        int done = 0;
        try (Scope _ = Scope.open()) {
            Tensor sum = Tensor.zeros(dictionary.dOut());
            for (long step = 0; done < all; step++) {
                console.step("encoding", done + " of " + all);
                try (Scope _ = Scope.open()) {
                    int count = Math.min(size, all - done);
                    Batch batch = store.batch(sites, size, step);
                    Tensor x = joined(batch, inputs, count).to(dictionary.dtype());
                    Tensor y = inputs.equals(outputs)
                            ? x
                            : joined(batch, outputs, count).to(dictionary.dtype());
                    SparseRows codes = pursuit ? CodedTokens.pursued(dictionary, x, y) : dictionary.encode(x);
                    sums[0] += Arrays.stream(codes.values())
                            .filter(code -> code != 0)
                            .count();
                    sums[1] +=
                            y.minus(dictionary.decode(codes, x)).square().sum().item();
                    sums[2] += y.square().sum().item();
                    sum.assign(sum.plus(y.sum(0, false)));
                    if (table == null) {
                        show(codes, batch, shown);
                    } else {
                        table.add(columns(codes, batch));
                    }
                    done += count;
                }
            }
            console.stepsDone();
            sums[2] -= sum.square().sum().item() / all;
        }
        return new Encoded(
                Cutaway.Version.number(),
                folder.toString(),
                activations.toString(),
                pursuit,
                all,
                sums[0] / all,
                sums[1] / sums[2],
                shown,
                out == null ? null : out.toString());
    }

    private static Tensor joined(Batch batch, List<Site> sites, int count) {
        return batch.joined(sites).slice(0, 0, count).contiguous();
    }

    private void show(SparseRows codes, Batch batch, List<Codes> shown) {
        int[] contexts = batch.contexts();
        int[] positions = batch.positions();
        int[] ids = batch.tokens();
        for (int row = 0; row < codes.rows(); row++) {
            List<Code> strongest = places(codes, row)
                    .mapToObj(i -> new Code(codes.columns()[i], codes.values()[i]))
                    .sorted((a, b) -> Double.compare(Math.abs(b.code), Math.abs(a.code)))
                    .limit(top)
                    .toList();
            shown.add(new Codes(contexts[row], positions[row], ids[row], strongest));
        }
    }

    private static List<NumberColumn> columns(SparseRows codes, Batch batch) {
        int[] contexts = batch.contexts();
        int[] positions = batch.positions();
        int[] ids = batch.tokens();
        Columns columns = Columns.of(IntStream.range(0, codes.rows())
                .map(row -> (int) places(codes, row).count())
                .sum());
        int at = 0;
        for (int row = 0; row < codes.rows(); row++) {
            for (int i : places(codes, row).toArray()) {
                columns.contexts.add(contexts[row]);
                columns.positions.add(positions[row]);
                columns.ids.add(ids[row]);
                columns.latents.add(codes.columns()[i]);
                columns.codes[at++] = (float) codes.values()[i];
            }
        }
        return columns.all();
    }

    /// Of the codes of a row that are not 0.
    private static IntStream places(SparseRows codes, int row) {
        return IntStream.range(codes.starts()[row], codes.starts()[row + 1]).filter(i -> codes.values()[i] != 0);
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("cutaway", Cutaway.Version.number());
        facts.put("dictionary", folder.toString());
        facts.put("store", activations.toString());
        facts.put("codes", pursuit ? "gradient pursuit" : "encoder");
        return facts;
    }

    private void print(Encoded encoded) {
        console.line(
                "%s: %,d tokens of %s, codes by %s, %.2f latents a token, FVU %.4f",
                encoded.dictionary,
                encoded.tokens,
                encoded.store,
                encoded.pursuit ? "gradient pursuit" : "the encoder",
                encoded.l0,
                encoded.fvu);
        if (encoded.out != null) {
            console.line("  all codes are in %s", encoded.out);
            return;
        }
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("context", true),
                new AlignedTable.Head("position", true),
                new AlignedTable.Head("token", true),
                new AlignedTable.Head("latent code, strongest first", false));
        List<List<String>> rows = encoded.codes.stream()
                .map(one -> List.of(
                        Integer.toString(one.context),
                        Integer.toString(one.position),
                        Integer.toString(one.token),
                        one.codes.stream()
                                .map(code -> String.format(Locale.ROOT, "%d %.2f", code.latent, code.code))
                                .collect(Collectors.joining(", "))))
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }
}

package cutaway.cli;

import cutaway.cli.report.Ink;
import cutaway.features.store.HarvestSettings;
import cutaway.features.store.Order;
import cutaway.features.store.StoreFacts;
import cutaway.features.store.StoredType;
import cutaway.features.store.Texts;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway harvest`: activations of a text, into a store on disk.
@Command(
        name = "harvest",
        description = {
            "Writes the activations of sites over a text into a store: what dictionaries and probes are trained on.",
            "Interrupted, the same command goes on where it was."
        },
        footer = {
            "",
            "Example:",
            "  cutaway harvest books --sites resid_post[15],mlp_out[3] --tokens 1000000 --out acts",
            "  cutaway query \"SELECT text, avg(norm_15_resid_post) FROM tokens JOIN vocabulary USING (token) GROUP BY"
                    + " text ORDER BY 2 DESC LIMIT 10\" --in acts",
            "",
            "TEXT: files of text, .jsonl and .parquet (a document each line or row), and folders of such files.",
            "SITES: as in cutaway sweep; blocks.3.attn.hook_z is all heads of a layer as one vector."
        },
        mixinStandardHelpOptions = true)
final class Harvest implements Callable<Integer> {

    @Parameters(paramLabel = "TEXT", arity = "1..*", description = "Files and folders of text.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<Path> texts;

    @Option(
            names = "--sites",
            preprocessor = CommaList.class,
            required = true,
            paramLabel = "SITES",
            description = "Whose vectors are kept, joined by commas: resid_post[15],mlp_out[3].")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String sites;

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "The store's folder.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Vectors of each site, at most (default: all of the text).")
    private @Nullable Long tokens;

    @Option(
            names = "--context",
            paramLabel = "N",
            description = "Tokens of a context; documents are cut at each, and no context holds two documents"
                    + " (default: 128, or as many as a smaller model takes).")
    private @Nullable Integer context;

    @Option(names = "--seed", defaultValue = "0", description = "Seed of the order (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            defaultValue = "shuffled",
            description = "shuffled, to train from; or document, which keeps contexts whole, for pages of examples"
                    + " (default: ${DEFAULT-VALUE}).")
    private String order = "shuffled";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "f32",
            description = "What vectors are stored in: f32, bf16 or f16 (default: ${DEFAULT-VALUE}).")
    private String type = "f32";

    @Option(names = "--special", description = "Keep the vectors of special tokens, such as BOS, too.")
    private boolean special;

    @Option(
            names = "--no-sinks",
            description = "Leave attention sinks out: tokens whose vector is more than 5 times as long as the median.")
    private boolean noSinks;

    @Option(
            names = "--loss",
            description = "Also keep the loss at each token, -ln p(next token), in the table of tokens; it takes the"
                    + " model's whole pass.")
    private boolean loss;

    @Option(
            names = "--field",
            paramLabel = "NAME",
            defaultValue = "text",
            description = "Field of JSON lines, or column of Parquet, that holds the text (default: ${DEFAULT-VALUE}).")
    private String field = "text";

    @Option(
            names = "--max-size",
            paramLabel = "SIZE",
            description = "What the store may take on the disk, such as 20GB (default: as much as there is).")
    private @Nullable String maxSize;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What is printed.
    ///
    /// @param vectors of each site
    private record Harvested(Path out, long vectors, long bytes, StoreFacts facts) {}

    @Override
    public Integer call() {
        Texts text = Texts.of(texts, field);
        HarvestSettings.Kept kept =
                new HarvestSettings.Kept(Choice.of("--type", type, StoredType.values()), special, !noSinks, loss);
        Order ordered = Choice.of("--order", order, Order.values());
        if (tokens != null && tokens < 1) {
            throw new BadInputException("--tokens is " + tokens + "; expected 1 or more.");
        }
        long disk = maxSize == null ? Long.MAX_VALUE : WeightOption.bytes("--max-size", maxSize);
        HarvestProgress progress = new HarvestProgress(console);
        Interruption.advise("the shards that are whole are kept in " + out + ": the same command goes on from there.");
        StoreFacts facts = new Harvesting(model, weights, console)
                .run(
                        text,
                        sizes -> new HarvestSettings(
                                Harvesting.sites("--sites", List.of(sites.split(",", -1)), sizes),
                                tokens == null ? 0 : tokens,
                                context == null ? Math.min(HarvestSettings.USUAL_CONTEXT, sizes.context()) : context,
                                seed,
                                ordered,
                                kept),
                        out,
                        disk,
                        progress);
        if (!progress.hasBegun()) {
            console.note("this is harvested already");
        }
        print(facts);
        return 0;
    }

    private void print(StoreFacts facts) {
        long bytes = bytes();
        if (console.isJson()) {
            console.json(new Harvested(out, facts.vectors(), bytes, facts));
            return;
        }
        console.line(
                "%s  %,d vectors of each of %s, %s, in %.1f MB",
                out,
                facts.vectors(),
                Ink.count(facts.settings().sites().size(), "site"),
                facts.settings().order().name().toLowerCase(Locale.ROOT),
                bytes / 1e6);
        console.line("  %s  %s", facts.model().name(), facts.model().sha256().substring(0, 12));
        if (facts.end() == StoreFacts.End.SIZE) {
            console.note("stopped at --max-size; the text goes on");
        } else if (facts.end() == StoreFacts.End.TEXT && tokens != null && facts.vectors() < tokens) {
            console.note("the text ended before " + tokens + " vectors");
        }
    }

    private long bytes() {
        try (Stream<Path> files = Files.list(out)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new BadInputException("cannot read the folder " + out + ": " + e.getMessage(), e);
        }
    }
}

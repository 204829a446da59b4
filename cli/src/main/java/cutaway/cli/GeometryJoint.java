package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.heads.HeadTexts;
import cutaway.interp.heads.JointCloud;
import cutaway.interp.heads.JointCloud.Layout;
import cutaway.interp.heads.JointScaling;
import cutaway.interp.heads.QueryKeys;
import cutaway.interp.prompts.TextSplit;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway geometry joint`: queries and keys of heads on one map.
@Command(
        name = "joint",
        description = {
            "Puts the queries and keys of a head over many texts on one map (Yeh et al. 2023, AttentionViz): queries"
                    + " are multiplied by c, keys divided by it and moved to the queries' mean, which changes no"
                    + " attention, so that what lies near looks near.",
            "Without --head, says of every head how far distance tells the score: r scaled and unscaled (c = 1), on"
                    + " texts that did not choose c."
        },
        footer = {
            "",
            "Example:",
            "  cutaway geometry joint README.md --tokens 300 --head L3H0 --layout umap --out L3H0.csv",
            "",
            "r is the correlation of -distance with the product of query and key, less the mean of its query's. Drift:"
                    + " the largest change of an attention weight. Trustworthiness: whether neighbours on the map are"
                    + " neighbours in all dimensions, 1 at best, 0.5 by chance."
        },
        mixinStandardHelpOptions = true)
final class GeometryJoint implements Callable<Integer> {

    private static final Pattern HEAD = Pattern.compile("L(\\d{1,4})H(\\d{1,4})");

    private static final int SHOWN = 10;

    @Parameters(paramLabel = "TEXT", description = "A text file.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path text;

    @Option(
            names = "--split",
            paramLabel = "HOW",
            defaultValue = "sentences",
            description = "lines or sentences: what is a context of its own (default: ${DEFAULT-VALUE}).")
    private String split = "sentences";

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Texts are taken until there are so many tokens together (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--head", paramLabel = "HEAD", description = "Such as L3H0 (default: all heads, without maps).")
    private @Nullable String head;

    @Option(
            names = "--layout",
            paramLabel = "HOW",
            defaultValue = "pca",
            description = "pca or umap (default: ${DEFAULT-VALUE}).")
    private String layout = "pca";

    @Option(names = "--seed", defaultValue = "0", description = "Seed of the layout (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where to write the map of --head: .csv, .json or .svg (○ queries, ■ keys).")
    private @Nullable Path out;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    private record OfHead(String head, JointScaling scaling) {}

    /// The map of one head.
    ///
    /// @param share of the variance that the first two principal components keep
    private record Mapped(
            String head,
            Layout layout,
            long seed,
            JointScaling scaling,
            double share,
            double onMap,
            double trustworthiness) {}

    /// What `--json` prints.
    ///
    /// @param better heads in which distance tells more of the score scaled than unscaled
    /// @param map of one head; absent without `--head`
    /// @param heads all of them; absent with `--head`
    private record Found(
            String version,
            ModelFacts model,
            String text,
            TextSplit split,
            int texts,
            int tokens,
            int better,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Mapped map,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<OfHead> heads,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String out) {}

    @Override
    public Integer call() {
        TextSplit how = Choice.of("--split", split, TextSplit.values());
        Layout laid = Choice.of("--layout", layout, Layout.values());
        if (tokens < 2 || tokens > JointCloud.MOST_ROWS) {
            throw new BadInputException("--tokens is " + tokens + "; expected 2 to " + JointCloud.MOST_ROWS + ".");
        }
        if (out != null) {
            JointFile.check(out, head != null);
        }
        int[] place = head == null ? null : place(head);
        try (Model opened = weights.open(model.path(), console)) {
            List<int[]> ids = read(opened, how);
            HeadTexts texts = new HeadTexts(opened, ids);
            List<OfHead> all = new ArrayList<>();
            Mapped map = null;
            if (place == null) {
                texts.each(
                        layer -> {
                            layer.forEach(one -> all.add(new OfHead(name(one), JointScaling.of(one))));
                            console.progress(
                                    "reading layers",
                                    all.size()
                                            / (double) (opened.sizes().layers()
                                                    * opened.sizes().heads()));
                        },
                        () -> {});
            } else {
                QueryKeys one = texts.head(place[0], place[1]);
                JointCloud cloud = JointCloud.of(one, laid, seed, () -> {});
                all.add(new OfHead(name(one), cloud.scaling()));
                map = new Mapped(
                        name(one), laid, seed, cloud.scaling(), cloud.share(), cloud.onMap(), cloud.trustworthiness());
                if (out != null) {
                    JointFile.write(out, opened, ids, cloud);
                }
            }
            print(new Found(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    text.toString(),
                    how,
                    ids.size(),
                    texts.rows(),
                    (int) all.stream()
                            .filter(one -> one.scaling.correlation() > one.scaling.unscaled())
                            .count(),
                    map,
                    map == null ? all : null,
                    out == null ? null : out.toString()));
        }
        return 0;
    }

    private static int[] place(String head) {
        Matcher found = HEAD.matcher(head);
        if (!found.matches()) {
            throw new BadInputException("--head is \"" + head + "\"; expected a layer and a head, such as L3H0.");
        }
        return new int[] {Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2))};
    }

    private static String name(QueryKeys head) {
        return "L" + head.layer() + "H" + head.head();
    }

    /// The first texts, as many as have the tokens; the last is cut.
    private List<int[]> read(Model opened, TextSplit how) {
        String all;
        try {
            all = Files.readString(text);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + text + " as UTF-8; give a text file.", e);
        }
        List<int[]> ids = new ArrayList<>();
        int left = tokens;
        for (String one : how.of(all)) {
            int[] found = opened.encode(one).ids();
            int length = Math.min(found.length, left);
            ids.add(Arrays.copyOf(found, length));
            left -= length;
            if (left == 0) {
                break;
            }
        }
        if (ids.isEmpty()) {
            throw new BadInputException("there is no text in " + text + "; give a file with some.");
        }
        return ids;
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        console.line(
                "%s  %d %s, %,d tokens, %s, cutaway %s",
                found.text,
                found.texts,
                found.split.name().toLowerCase(Locale.ROOT),
                found.tokens,
                found.model.name(),
                found.version);
        Mapped map = found.map;
        List<OfHead> all = map == null ? found.heads : List.of(new OfHead(map.head, map.scaling));
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("head", false),
                new AlignedTable.Head("c", true),
                new AlignedTable.Head("r scaled", true),
                new AlignedTable.Head("r unscaled", true),
                new AlignedTable.Head("drift", true));
        List<List<String>> rows = all == null
                ? List.of()
                : all.stream()
                        .sorted(Comparator.comparingDouble((OfHead one) -> -one.scaling.correlation()))
                        .limit(SHOWN)
                        .map(one -> List.of(
                                one.head,
                                String.format(Locale.ROOT, "%.2f", one.scaling.c()),
                                String.format(Locale.ROOT, "%.3f", one.scaling.correlation()),
                                String.format(Locale.ROOT, "%.3f", one.scaling.unscaled()),
                                String.format(Locale.ROOT, "%.1e", one.scaling.drift())))
                        .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        if (map == null && all != null) {
            console.line(
                    "scaled tells more than unscaled in %d of %d heads; shown are the %d with the largest r, --json has"
                            + " all.",
                    found.better, all.size(), rows.size());
        } else if (map != null) {
            console.line(
                    "%s: trustworthiness %.3f; distance on the map has r = %.3f; two principal components keep %.0f %%"
                            + " of the variance.",
                    map.layout, map.trustworthiness, map.onMap, 100 * map.share);
        }
        if (found.out != null) {
            console.line("wrote %s", found.out);
        }
    }
}

package cutaway.server.tables;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.site.SiteNames;
import cutaway.interp.whatif.Datapoints;
import cutaway.interp.whatif.Labels;
import cutaway.interp.whatif.PromptScorer;
import cutaway.interp.whatif.RowTemplate;
import cutaway.interp.whatif.Scorer;
import cutaway.lab.table.TableNet;
import cutaway.model.Model;
import cutaway.server.api.Limits;
import cutaway.server.api.Refusal;
import cutaway.server.model.OpenModel;
import cutaway.server.model.OpenModels;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.DoubleConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What gives scores, as it is asked for. A net is trained once and kept while it is among the last ones
/// used: from its question it would come out the same again.
///
/// Whoever uses it has the turn ([cutaway.server.model.Turns]).
public final class Scorers implements AutoCloseable {

    private static final Pattern PROBE = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} _-]{0,60}\\.safetensors");
    private static final int NETS = 4;

    private final Path probes;
    private final OpenModels models;
    private final Limits limits;
    private final Map<ScoringAsked, TableNet> nets = new LinkedHashMap<>();

    /// @param home the workbench's folder
    public Scorers(Path home, OpenModels models, Limits limits) {
        this.probes = home.resolve("probes");
        this.models = models;
        this.limits = limits;
    }

    /// Looks at a question before it is queued.
    ///
    /// @throws Refusal when it is no question that can be answered
    void check(ScoringAsked asked, Datapoints table) {
        boolean isPrompted = asked.template() != null && !asked.template().isBlank();
        if (isPrompted == (asked.learn() != null)) {
            throw new Refusal(400, "rows are scored by a template or by a column to learn; give one of them.");
        }
        asked.leftOut().forEach(table::index);
        if (asked.learn() != null) {
            Labels.of(table, asked.learn());
            return;
        }
        RowTemplate template = new RowTemplate(String.valueOf(asked.template()), table);
        List<List<String>> rows = table.all();
        String longest = "";
        for (List<String> row : rows) {
            String prompt = template.filled(row);
            longest = prompt.length() > longest.length() ? prompt : longest;
        }
        limits.checkText(longest);
        String prompt = longest;
        with(asked, table, _ -> {}, (scorer, _) -> scorer); // options and probe are there
        try (OpenModels.Lease lease = models.use(asked.model())) {
            limits.checkTokens(lease.model().model(), Source.of(prompt));
        }
    }

    /// Looks at a prompt that a language model is to run on.
    ///
    /// @throws Refusal when it is too long, or a net gives the scores
    void checkPrompt(ScoringAsked asked, String prompt) {
        if (asked.learn() != null) {
            throw new Refusal(400, "a net gave these scores, and runs on no prompt; give a job with a template.");
        }
        limits.checkText(prompt);
        try (OpenModels.Lease lease = models.use(asked.model())) {
            limits.checkTokens(lease.model().model(), Source.of(prompt));
        }
    }

    /// Where probes are looked for.
    String folder() {
        return probes.toString();
    }

    /// Probes in `probes/` of the workbench's folder that a score can be read by: those of one thing.
    List<KeptProbe> kept() {
        if (!Files.isDirectory(probes)) {
            return List.of();
        }
        List<KeptProbe> kept = new ArrayList<>();
        for (String name : names()) {
            try (NamedProbe probe = NamedProbe.read(probes.resolve(name))) {
                NamedProbe.Facts facts = probe.facts();
                if (facts.questions().isEmpty()) {
                    kept.add(new KeptProbe(
                            name,
                            facts.model(),
                            facts.site(),
                            facts.classes(),
                            facts.kind() != Kind.MLP,
                            facts.scores().accuracy()));
                }
            } catch (BadInputException e) {
                continue; // what is no probe is not offered
            }
        }
        return kept;
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(probes)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> String.valueOf(file.getFileName()))
                    .filter(PROBE.asMatchPredicate())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Uses what was asked for.
    ///
    /// @param progress told what part of a net's training is done
    /// @param use gets the facts of the language model too; null for a net
    <T> T with(
            ScoringAsked asked,
            Datapoints table,
            DoubleConsumer progress,
            BiFunction<Scorer, @Nullable ModelFacts, T> use) {
        if (asked.learn() != null) {
            return use.apply(net(asked, asked.learn(), table, progress), null);
        }
        RowTemplate template = new RowTemplate(String.valueOf(asked.template()), table);
        try (OpenModels.Lease lease = models.use(asked.model())) {
            OpenModel model = lease.model();
            List<Edit> edits = edits(asked, model.model());
            if (asked.probe() == null || asked.probe().isEmpty()) {
                return use.apply(
                        PromptScorer.ofOptions(
                                model.model(), template, edits, or(asked.yes(), " yes"), or(asked.no(), " no")),
                        model.facts());
            }
            try (NamedProbe probe = probe(asked.probe())) {
                return use.apply(
                        PromptScorer.ofProbe(model.model(), template, edits, probe, or(asked.positive(), "")),
                        model.facts());
            }
        }
    }

    /// Those that were given, and steering along a probe.
    private List<Edit> edits(ScoringAsked asked, Model model) {
        List<Edit> edits = new ArrayList<>(asked.edits() == null ? List.of() : asked.edits());
        if (asked.steer() != null && !asked.steer().isEmpty()) {
            try (NamedProbe along = probe(asked.steer())) {
                SiteNames.check(along.site(), model.sizes());
                edits.add(along.steer(or(asked.towards(), ""), null, asked.scale() == null ? 1 : asked.scale()));
            }
        }
        return edits;
    }

    private NamedProbe probe(String name) {
        Path file = probes.resolve(PROBE.matcher(name).matches() ? name : "none");
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refusal(
                    404,
                    "there is no probe of this name; keep one with cutaway probe fit --out in probes/ of the"
                            + " workbench's folder.");
        }
        return NamedProbe.read(file);
    }

    private static String or(@Nullable String given, String usual) {
        return given == null || given.isEmpty() ? usual : given;
    }

    private TableNet net(ScoringAsked asked, String learn, Datapoints table, DoubleConsumer progress) {
        TableNet known = known(asked);
        if (known != null) {
            return known;
        }
        List<String> features = table.names().stream()
                .filter(name -> !name.equals(learn) && !asked.leftOut().contains(name))
                .toList();
        return kept(asked, TableNet.train(table, learn, features, asked.seed(), progress)); // others may go first
    }

    private synchronized @Nullable TableNet known(ScoringAsked asked) {
        TableNet net = nets.remove(asked);
        if (net != null) {
            nets.put(asked, net); // the last one used stands at the end
        }
        return net;
    }

    private synchronized TableNet kept(ScoringAsked asked, TableNet net) {
        TableNet meanwhile = nets.get(asked);
        if (meanwhile != null) {
            net.close();
            return meanwhile;
        }
        if (nets.size() >= NETS) {
            var oldest = nets.entrySet().iterator();
            oldest.next().getValue().close();
            oldest.remove();
        }
        nets.put(asked, net);
        return net;
    }

    @Override
    public synchronized void close() {
        nets.values().forEach(TableNet::close);
        nets.clear();
    }
}

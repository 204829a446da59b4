package cutaway.interp.site;

import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.interp.site.Site.Norm;
import cutaway.model.Sizes;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Wiring;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// TransformerLens' names of sites: the legacy `HookedTransformer` names are written, those and the
/// `TransformerBridge` names (4.x) are read.
public final class SiteNames {

    private static final Pattern IN_BLOCK = Pattern.compile("blocks\\.(\\d{1,6})\\.(.+)");
    private static final Pattern NUMBERED = Pattern.compile("(.+)\\[(\\d{1,9})]");

    private static final Map<Kind, String> LEGACY = new TreeMap<>(Map.ofEntries(
            Map.entry(Kind.EMBED, "hook_embed"),
            Map.entry(Kind.POS_EMBED, "hook_pos_embed"),
            Map.entry(Kind.TYPE_EMBED, "hook_token_type_embed"),
            Map.entry(Kind.EMBED_SCALE, "embed.ln.hook_scale"),
            Map.entry(Kind.EMBED_NORMALIZED, "embed.ln.hook_normalized"),
            Map.entry(Kind.RESID_PRE, "hook_resid_pre"),
            Map.entry(Kind.NORM1_SCALE, "ln1.hook_scale"),
            Map.entry(Kind.NORM1_NORMALIZED, "ln1.hook_normalized"),
            Map.entry(Kind.Q, "attn.hook_q"),
            Map.entry(Kind.K, "attn.hook_k"),
            Map.entry(Kind.V, "attn.hook_v"),
            Map.entry(Kind.Q_NORM_SCALE, "attn.q_norm.hook_scale"),
            Map.entry(Kind.Q_NORM_NORMALIZED, "attn.q_norm.hook_normalized"),
            Map.entry(Kind.K_NORM_SCALE, "attn.k_norm.hook_scale"),
            Map.entry(Kind.K_NORM_NORMALIZED, "attn.k_norm.hook_normalized"),
            Map.entry(Kind.ROT_Q, "attn.hook_rot_q"),
            Map.entry(Kind.ROT_K, "attn.hook_rot_k"),
            Map.entry(Kind.SCORES, "attn.hook_attn_scores"),
            Map.entry(Kind.PATTERN, "attn.hook_pattern"),
            Map.entry(Kind.Z, "attn.hook_z"),
            Map.entry(Kind.RESULT, "attn.hook_result"),
            Map.entry(Kind.NORM1_POST_SCALE, "ln1_post.hook_scale"),
            Map.entry(Kind.NORM1_POST_NORMALIZED, "ln1_post.hook_normalized"),
            Map.entry(Kind.ATTN_OUT, "hook_attn_out"),
            Map.entry(Kind.RESID_MID, "hook_resid_mid"),
            Map.entry(Kind.NORM2_SCALE, "ln2.hook_scale"),
            Map.entry(Kind.NORM2_NORMALIZED, "ln2.hook_normalized"),
            Map.entry(Kind.MLP_PRE, "mlp.hook_pre"),
            Map.entry(Kind.MLP_PRE_LINEAR, "mlp.hook_pre_linear"),
            Map.entry(Kind.MLP_POST, "mlp.hook_post"),
            Map.entry(Kind.NORM2_POST_SCALE, "ln2_post.hook_scale"),
            Map.entry(Kind.NORM2_POST_NORMALIZED, "ln2_post.hook_normalized"),
            Map.entry(Kind.MLP_OUT, "hook_mlp_out"),
            Map.entry(Kind.RESID_POST, "hook_resid_post"),
            Map.entry(Kind.NORMALIZED_RESID_POST, "hook_normalized_resid_post"),
            Map.entry(Kind.FINAL_SCALE, "ln_final.hook_scale"),
            Map.entry(Kind.FINAL_NORMALIZED, "ln_final.hook_normalized"),
            Map.entry(Kind.LOGITS, "unembed.hook_out")));

    private static final Map<String, Kind> BRIDGE = Map.ofEntries(
            Map.entry("embed.hook_out", Kind.EMBED),
            Map.entry("pos_embed.hook_out", Kind.POS_EMBED),
            Map.entry("hook_in", Kind.RESID_PRE),
            Map.entry("attn.q.hook_out", Kind.Q),
            Map.entry("attn.k.hook_out", Kind.K),
            Map.entry("attn.v.hook_out", Kind.V),
            Map.entry("attn.o.hook_in", Kind.Z),
            Map.entry("attn.hook_out", Kind.ATTN_OUT),
            Map.entry("ln2.hook_in", Kind.RESID_MID),
            Map.entry("mlp.gate.hook_out", Kind.MLP_PRE),
            Map.entry("mlp.out.hook_in", Kind.MLP_POST),
            Map.entry("mlp.hook_out", Kind.MLP_OUT),
            Map.entry("hook_out", Kind.RESID_POST));

    /// The bridge's name of the linear branch of a gated MLP, and of the neurons before the activation in a plain
    /// one.
    private static final String MLP_IN = "mlp.in.hook_out";

    private static final String NO_NEURONS = "it has attention alone, no neurons";

    private SiteNames() {}

    /// The site that a name stands for.
    ///
    /// @param gated whether the model's MLPs are gated: `mlp.in.hook_out` is the linear branch there, the neurons
    ///     before the activation function elsewhere
    /// @throws BadInputException when no site has that name
    public static Site parse(String name, boolean gated) {
        Matcher numbered = NUMBERED.matcher(name);
        if (numbered.matches()) {
            return narrowed(parse(numbered.group(1), gated), Integer.parseInt(numbered.group(2)), name);
        }
        Matcher inBlock = IN_BLOCK.matcher(name);
        boolean block = inBlock.matches();
        Kind kind = kind(block ? inBlock.group(2) : name, gated);
        if (kind == null || kind.inBlock() != block) {
            throw new BadInputException("no site \"" + name
                    + "\"; expected a TransformerLens name such as blocks.0.hook_resid_pre,"
                    + " blocks.3.attn.hook_z[5] or ln_final.hook_normalized.");
        }
        return whole(new Point(kind, block ? Integer.parseInt(inBlock.group(1)) : 0));
    }

    private static @Nullable Kind kind(String name, boolean gated) {
        for (Map.Entry<Kind, String> entry : LEGACY.entrySet()) {
            if (entry.getValue().equals(name)) {
                return entry.getKey();
            }
        }
        if (name.equals(MLP_IN)) {
            return gated ? Kind.MLP_PRE_LINEAR : Kind.MLP_PRE;
        }
        return BRIDGE.get(name);
    }

    private static Site narrowed(Site site, int number, String name) {
        return switch (site) {
            case Site.Heads(int layer, HeadPart part) -> new Site.Head(layer, number, part);
            case Site.Neurons(int layer, NeuronPart part) -> new Site.Neuron(layer, number, part);
            default ->
                throw new BadInputException("no site \"" + name
                        + "\"; only heads and neurons are numbered, as in blocks.3.attn.hook_z[5].");
        };
    }

    /// The whole value at a point.
    static Site whole(Point point) {
        int layer = point.layer();
        return switch (point.kind()) {
            case EMBED -> new Site.Embed();
            case POS_EMBED -> new Site.PosEmbed();
            case TYPE_EMBED -> new Site.TypeEmbed();
            case EMBED_SCALE -> new Site.NormScale(0, Norm.EMBEDDINGS);
            case EMBED_NORMALIZED -> new Site.Normalized(0, Norm.EMBEDDINGS);
            case RESID_PRE -> new Site.Resid(layer, Moment.PRE);
            case NORM1_SCALE -> new Site.NormScale(layer, Norm.BEFORE_ATTENTION);
            case NORM1_NORMALIZED -> new Site.Normalized(layer, Norm.BEFORE_ATTENTION);
            case Q -> new Site.Heads(layer, HeadPart.Q);
            case K -> new Site.Heads(layer, HeadPart.K);
            case V -> new Site.Heads(layer, HeadPart.V);
            case Q_NORM_SCALE -> new Site.NormScale(layer, Norm.QUERIES);
            case Q_NORM_NORMALIZED -> new Site.Normalized(layer, Norm.QUERIES);
            case K_NORM_SCALE -> new Site.NormScale(layer, Norm.KEYS);
            case K_NORM_NORMALIZED -> new Site.Normalized(layer, Norm.KEYS);
            case ROT_Q -> new Site.Heads(layer, HeadPart.ROT_Q);
            case ROT_K -> new Site.Heads(layer, HeadPart.ROT_K);
            case SCORES -> new Site.Heads(layer, HeadPart.SCORES);
            case PATTERN -> new Site.Heads(layer, HeadPart.PATTERN);
            case Z -> new Site.Heads(layer, HeadPart.Z);
            case RESULT -> new Site.Heads(layer, HeadPart.RESULT);
            case NORM1_POST_SCALE -> new Site.NormScale(layer, Norm.AFTER_ATTENTION);
            case NORM1_POST_NORMALIZED -> new Site.Normalized(layer, Norm.AFTER_ATTENTION);
            case ATTN_OUT -> new Site.AttnOut(layer);
            case RESID_MID -> new Site.Resid(layer, Moment.MID);
            case NORM2_SCALE -> new Site.NormScale(layer, Norm.BEFORE_MLP);
            case NORM2_NORMALIZED -> new Site.Normalized(layer, Norm.BEFORE_MLP);
            case MLP_PRE -> new Site.Neurons(layer, NeuronPart.PRE);
            case MLP_PRE_LINEAR -> new Site.Neurons(layer, NeuronPart.PRE_LINEAR);
            case MLP_POST -> new Site.Neurons(layer, NeuronPart.POST);
            case NORM2_POST_SCALE -> new Site.NormScale(layer, Norm.AFTER_MLP);
            case NORM2_POST_NORMALIZED -> new Site.Normalized(layer, Norm.AFTER_MLP);
            case MLP_OUT -> new Site.MlpOut(layer);
            case RESID_POST -> new Site.Resid(layer, Moment.POST);
            case NORMALIZED_RESID_POST -> new Site.Resid(layer, Moment.NORMALIZED);
            case FINAL_SCALE -> new Site.NormScale(0, Norm.FINAL);
            case FINAL_NORMALIZED -> new Site.Normalized(0, Norm.FINAL);
            case LOGITS -> new Site.Logits();
        };
    }

    /// Its legacy name, with the number of a head or neuron in brackets.
    public static String legacy(Site site) {
        Point point = site.point();
        String name = Objects.requireNonNull(LEGACY.get(point.kind())); // it names every kind
        String full = point.kind().inBlock() ? "blocks." + point.layer() + "." + name : name;
        if (site.onlyHead().isPresent()) {
            return full + "[" + site.onlyHead().getAsInt() + "]";
        }
        return site.onlyNeuron().isPresent() ? full + "[" + site.onlyNeuron().getAsInt() + "]" : full;
    }

    /// Its name in a `TransformerBridge` (4.x), with the number of a head or neuron in brackets; the legacy name
    /// where the bridge keeps that.
    public static String bridge(Site site, boolean gated) {
        String legacy = legacy(site);
        Kind kind = site.point().kind();
        String old = LEGACY.get(kind);
        return bridgeNames(kind, gated)
                .findFirst()
                .map(name -> legacy.replace(old, name))
                .orElse(legacy);
    }

    private static Stream<String> bridgeNames(Kind kind, boolean gated) {
        if (gated ? kind == Kind.MLP_PRE_LINEAR : kind == Kind.MLP_PRE) {
            return Stream.of(MLP_IN);
        }
        return BRIDGE.entrySet().stream()
                .filter(entry -> entry.getValue() == kind)
                .map(Map.Entry::getKey);
    }

    private static Stream<String> names(Site site, boolean gated) {
        return Stream.of(legacy(site), bridge(site, gated));
    }

    /// Every site of a model, whole values, in the order of the forward pass.
    public static List<Site> all(Sizes sizes) {
        List<Site> sites = new ArrayList<>();
        sizes.wiring().embedding().forEach(kind -> sites.add(whole(new Point(kind, 0))));
        for (int layer = 0; layer < sizes.layers(); layer++) {
            for (Kind kind : sizes.wiring().block()) {
                sites.add(whole(new Point(kind, layer)));
            }
        }
        sizes.wiring().readout().forEach(kind -> sites.add(whole(new Point(kind, 0))));
        return sites;
    }

    /// The sites of a model that a name stands for, where `*` stands for any run of characters but a dot.
    ///
    /// @throws BadInputException when none matches
    public static List<Site> matching(String name, Sizes sizes) {
        if (!name.contains("*")) {
            Site site = parse(name, sizes.isGated());
            check(site, sizes);
            return List.of(site);
        }
        Matcher numbered = NUMBERED.matcher(name);
        String plain = numbered.matches() ? numbered.group(1) : name;
        Pattern pattern = Pattern.compile("\\Q" + plain.replace("*", "\\E[^.]*\\Q") + "\\E");
        List<Site> found = all(sizes).stream()
                .filter(site -> names(site, sizes.isGated())
                        .anyMatch(known -> pattern.matcher(known).matches()))
                .map(site -> numbered.matches() ? narrowed(site, Integer.parseInt(numbered.group(2)), name) : site)
                .toList();
        found.forEach(site -> check(site, sizes));
        if (found.isEmpty()) {
            throw new BadInputException("no site of this model matches \"" + name
                    + "\"; expected a TransformerLens name such as blocks.*.hook_resid_post.");
        }
        return found;
    }

    /// @throws BadInputException when the model has no such layer, head, neuron or part
    public static void check(Site site, Sizes sizes) {
        Point point = site.point();
        String name = legacy(site);
        if (!sizes.wiring().has(point.kind())) {
            throw new BadInputException(
                    "this model has no site " + name + ": " + whyMissing(point.kind(), sizes.wiring()) + ".");
        }
        if (point.kind().inBlock() && point.layer() >= sizes.layers()) {
            throw new BadInputException(
                    "no site " + name + "; this model has layers 0 to " + (sizes.layers() - 1) + ".");
        }
        int heads = point.kind().axes() == Point.Axes.KV_HEAD ? sizes.kvHeads() : sizes.heads();
        if (site.onlyHead().isPresent() && site.onlyHead().getAsInt() >= heads) {
            throw new BadInputException("no site " + name + "; this model has "
                    + (point.kind().axes() == Point.Axes.KV_HEAD ? "key/value heads" : "heads") + " 0 to " + (heads - 1)
                    + " there.");
        }
        if (site.onlyNeuron().isPresent() && site.onlyNeuron().getAsInt() >= sizes.dMlp()) {
            throw new BadInputException(
                    "no site " + name + "; this model has neurons 0 to " + (sizes.dMlp() - 1) + ".");
        }
    }

    private static String whyMissing(Kind kind, Wiring wiring) {
        return switch (kind) {
            case POS_EMBED -> wiring.has(Kind.ROT_Q) ? "it has rotary positions" : "it has no positions";
            case ROT_Q, ROT_K -> "it has learned positions, not rotary ones";
            case MLP_PRE, MLP_POST -> NO_NEURONS;
            case MLP_PRE_LINEAR -> wiring.has(Kind.MLP_POST) ? "it has plain MLPs, not gated ones" : NO_NEURONS;
            case RESID_MID -> "its attention and MLP stand side by side";
            case TYPE_EMBED -> "it has no token types";
            case NORMALIZED_RESID_POST -> "its norms stand in front of attention and MLP, or behind them";
            default -> "it has no such norm";
        };
    }
}

package cutaway.interp.effects;

import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Sizes;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Point.Kind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// Sites of one kind in all layers, under a short name: `resid_pre`, `head_z`, `neuron_post`, …
enum SiteFamily {
    EMBED(Kind.EMBED),
    POS_EMBED(Kind.POS_EMBED),
    RESID_PRE(Kind.RESID_PRE),
    RESID_MID(Kind.RESID_MID),
    RESID_POST(Kind.RESID_POST),
    ATTN_OUT(Kind.ATTN_OUT),
    MLP_OUT(Kind.MLP_OUT),
    HEAD_Q(Kind.Q),
    HEAD_K(Kind.K),
    HEAD_V(Kind.V),
    HEAD_SCORES(Kind.SCORES),
    HEAD_PATTERN(Kind.PATTERN),
    HEAD_Z(Kind.Z),
    HEAD_RESULT(Kind.RESULT),
    NEURON_PRE(Kind.MLP_PRE),
    NEURON_LINEAR(Kind.MLP_PRE_LINEAR),
    NEURON_POST(Kind.MLP_POST);

    private final Kind kind;

    SiteFamily(Kind kind) {
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<SiteFamily> named(String text) {
        return Arrays.stream(values())
                .filter(family -> family.text().equals(text))
                .findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(SiteFamily::text).collect(Collectors.joining(", "));
    }

    /// The short name of a site's kind, or its TransformerLens name without the block.
    static String nameOf(Site site) {
        Kind kind = site.point().kind();
        return Arrays.stream(values())
                .filter(family -> family.kind == kind)
                .map(SiteFamily::text)
                .findFirst()
                .orElseGet(() -> SiteNames.legacy(Site.of(new Point(kind, 0))).replaceFirst("^blocks\\.0\\.", ""));
    }

    /// Whether a layer has one of it, without heads or neurons.
    boolean isWhole() {
        return switch (kind.axes()) {
            case HEAD, HEAD_MODEL, PAIR, KV_HEAD, MLP -> false;
            case MODEL, VOCAB, ONE, HEAD_ONE -> true;
        };
    }

    /// Heads or neurons that a layer has of it; 0 where it is one whole.
    int parts(Sizes sizes) {
        return switch (kind.axes()) {
            case HEAD, HEAD_MODEL, PAIR -> sizes.heads();
            case KV_HEAD -> sizes.kvHeads();
            case MLP -> sizes.dMlp();
            case MODEL, VOCAB, ONE, HEAD_ONE -> 0;
        };
    }

    /// One of them.
    Site site(int layer, int part) {
        return switch (Site.of(new Point(kind, layer))) {
            case Site.Heads(int at, Site.HeadPart of) -> new Site.Head(at, part, of);
            case Site.Neurons(int at, Site.NeuronPart of) -> new Site.Neuron(at, part, of);
            case Site whole -> whole;
        };
    }

    /// Whether a site is asked about at each position, where nothing else is said: what holds the whole stream is, and
    /// heads and neurons are asked about at all positions together.
    static boolean isByPosition(Site site) {
        return site.point().kind().axes() == Axes.MODEL;
    }
}

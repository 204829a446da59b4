package cutaway.interp.planted;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.run.Reach;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Sizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The sites of a model of two blocks: all of them, and those that one value passes on its way.
final class Sites {

    private Sites() {}

    /// A site at one position.
    record Cell(Site site, int pos) {
        @Override
        public String toString() {
            return site.text() + " @" + pos;
        }
    }

    /// Every value of the blocks that can reach a metric, each at each position.
    static List<Cell> all(Sizes sizes, Metric metric, int length) {
        List<Site> sites = new ArrayList<>(List.of(new Site.Embed()));
        for (int layer = 0; layer < sizes.layers(); layer++) {
            for (Moment moment : List.of(Moment.PRE, Moment.MID, Moment.POST)) {
                sites.add(new Site.Resid(layer, moment));
            }
            sites.add(new Site.AttnOut(layer));
            sites.add(new Site.MlpOut(layer));
            for (HeadPart part : HeadPart.values()) {
                boolean shared = part == HeadPart.K || part == HeadPart.V || part == HeadPart.ROT_K;
                for (int head = 0; head < (shared ? sizes.kvHeads() : sizes.heads()); head++) {
                    sites.add(new Site.Head(layer, head, part));
                }
            }
            for (NeuronPart part : NeuronPart.values()) {
                for (int neuron = 0; neuron < sizes.dMlp(); neuron++) {
                    sites.add(new Site.Neuron(layer, neuron, part));
                }
            }
        }
        Reach reach = Reach.of(metric, sizes, length);
        List<Cell> cells = new ArrayList<>();
        for (Site site : sites) {
            for (int pos = 0; pos < length && sizes.wiring().has(site.point().kind()); pos++) {
                if (reach.from(new Edit.Zero(site, Positions.of(pos)))) {
                    cells.add(new Cell(site, pos));
                }
            }
        }
        return cells;
    }

    static int kvHead(Sizes sizes, int head) {
        return head * sizes.kvHeads() / sizes.heads();
    }

    static List<Site> start() {
        return List.of(new Site.Embed(), new Site.Resid(0, Moment.PRE));
    }

    /// The residual stream from behind the first attention to in front of the second.
    static List<Site> between() {
        return List.of(new Site.Resid(0, Moment.MID), new Site.Resid(0, Moment.POST), new Site.Resid(1, Moment.PRE));
    }

    static List<Site> end() {
        return List.of(new Site.Resid(1, Moment.MID), new Site.Resid(1, Moment.POST));
    }

    static List<Site> queriesOf(int layer, int head) {
        return parts(layer, head, HeadPart.Q, HeadPart.ROT_Q);
    }

    static List<Site> keysOf(int layer, int kvHead) {
        return parts(layer, kvHead, HeadPart.K, HeadPart.ROT_K);
    }

    static List<Site> valuesOf(int layer, int kvHead) {
        return parts(layer, kvHead, HeadPart.V);
    }

    static List<Site> lookOf(int layer, int head) {
        return parts(layer, head, HeadPart.SCORES, HeadPart.PATTERN);
    }

    /// What a head gathers and what it and its block's attention write.
    static List<Site> writeOf(int layer, int head) {
        List<Site> sites = new ArrayList<>(parts(layer, head, HeadPart.Z, HeadPart.RESULT));
        sites.add(new Site.AttnOut(layer));
        return sites;
    }

    private static List<Site> parts(int layer, int head, HeadPart... parts) {
        return Arrays.stream(parts)
                .map(part -> (Site) new Site.Head(layer, head, part))
                .toList();
    }
}

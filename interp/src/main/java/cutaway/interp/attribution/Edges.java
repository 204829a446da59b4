package cutaway.interp.attribution;

import cutaway.interp.path.Receiver;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Sizes;
import cutaway.model.parts.Wiring.Layout;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Scores of the edges of a model, in the metric's unit, over all positions.
///
/// @param senders in the order they write: the embedding, then of each block its heads' z and its MLP's output
/// @param receivers in the order they read: of each block the queries of its heads, the keys and the values of its
///     key/value heads, and its MLP; at last the logits
/// @param scores by receiver and sender. The senders that write before a receiver reads are the first ones of all, and
///     it has a score for each of those.
public record Edges(List<Site> senders, List<Receiver> receivers, double[][] scores) {

    public Edges {
        senders = List.copyOf(senders);
        receivers = List.copyOf(receivers);
    }

    /// Those of a model, with scores of 0.
    public static Edges unscored(Sizes sizes) {
        List<Site> senders = new ArrayList<>(List.of(new Site.Embed()));
        List<Receiver> receivers = new ArrayList<>();
        List<double[]> scores = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            int before = senders.size();
            for (int head = 0; head < sizes.heads(); head++) {
                senders.add(new Site.Head(layer, head, HeadPart.Z));
                receivers.add(new Receiver.Queries(layer, head));
            }
            for (int head = 0; head < sizes.kvHeads(); head++) {
                receivers.add(new Receiver.Keys(layer, head));
            }
            for (int head = 0; head < sizes.kvHeads(); head++) {
                receivers.add(new Receiver.Values(layer, head));
            }
            while (scores.size() < receivers.size()) {
                scores.add(new double[before]);
            }
            receivers.add(new Receiver.MlpInput(layer));
            scores.add(new double[sizes.wiring().layout() == Layout.SEQUENTIAL ? senders.size() : before]);
            senders.add(new Site.MlpOut(layer));
        }
        receivers.add(new Receiver.Logits(sizes.layers()));
        scores.add(new double[senders.size()]);
        return new Edges(senders, receivers, scores.toArray(double[][]::new));
    }

    /// What one sender tells one receiver.
    public record Edge(Site sender, Receiver receiver, double score) {}

    /// @throws BadInputException when there is no such edge
    public double score(Site sender, Receiver receiver) {
        int from = senders.indexOf(sender);
        int to = receivers.indexOf(receiver);
        if (from < 0 || to < 0 || from >= scores[to].length) {
            throw new BadInputException("there is no edge from " + sender + " to " + receiver
                    + "; a sender is the embedding, a head's z or an MLP's output, and writes before the"
                    + " receiver reads.");
        }
        return scores[to][from];
    }

    /// All edges.
    public List<Edge> all() {
        List<Edge> edges = new ArrayList<>();
        for (int to = 0; to < scores.length; to++) {
            for (int from = 0; from < scores[to].length; from++) {
                edges.add(new Edge(senders.get(from), receivers.get(to), scores[to][from]));
            }
        }
        return edges;
    }

    /// The edges with the largest scores, whatever their sign, largest first.
    public List<Edge> strongest(int most) {
        return all().stream()
                .sorted(Comparator.comparingDouble((Edge edge) -> -Math.abs(edge.score)))
                .limit(most)
                .toList();
    }
}

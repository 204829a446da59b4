package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Whether a relation holds between two nodes (Baek et al., arXiv:2410.08255): `node node relation`. A part of all
/// such questions is held out; who follows the relation's law can answer them.
///
/// @param nodes how many
/// @param relations that are asked for, none twice
/// @param modulus of [Relation#EQUAL]
/// @param share of the questions that is trained on
public record KnowledgeGraph(
        @JsonProperty(value = "nodes", required = true) int nodes,

        @JsonProperty(value = "relations", required = true) List<Relation> relations,

        @JsonProperty(value = "modulus", required = true) int modulus,
        @JsonProperty(value = "share", required = true) double share)
        implements Task {

    static final String NAME = "knowledge_graph";

    private static final int MOST = 10_000;

    /// A law between nodes a and b, each of which has a place from 0 up to the number of nodes: which, the seed says.
    public enum Relation {
        /// Their places are equal modulo `modulus`.
        @JsonProperty("equal")
        EQUAL,
        /// a comes before b.
        @JsonProperty("before")
        BEFORE,
        /// a is b, or one from which b descends, in the binary tree where i has the children 2i + 1 and 2i + 2.
        @JsonProperty("ancestor")
        ANCESTOR;

        boolean holds(int a, int b, int modulus) {
            return switch (this) {
                case EQUAL -> a % modulus == b % modulus;
                case BEFORE -> a < b;
                case ANCESTOR -> {
                    int up = b;
                    while (up > a) {
                        up = (up - 1) / 2;
                    }
                    yield up == a;
                }
            };
        }
    }

    public KnowledgeGraph {
        relations = List.copyOf(relations);
        require(
                !relations.isEmpty() && new TreeSet<>(relations).size() == relations.size(),
                "the relations " + relations + "; expected at least one, and none twice.");
        require(
                nodes >= 2 && nodes <= MOST && (long) nodes * nodes * relations.size() <= 100_000_000,
                "a graph of " + nodes + " nodes; expected 2 to " + MOST + ", and at most 100,000,000 questions.");
        require(modulus >= 2, "nodes that are equal modulo " + modulus + "; expected at least 2.");
        Split.check(nodes * nodes * relations.size(), share);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Whether a relation holds between two nodes.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(3, nodes + relations.size());
    }

    @Override
    public Target target() {
        return new Target.Signs(1);
    }

    @Override
    public List<String> words() {
        return Stream.concat(
                        IntStream.range(0, nodes).mapToObj(node -> "n" + node),
                        relations.stream().map(relation -> relation.name().toLowerCase(Locale.ROOT)))
                .toList();
    }

    /// The place of each node, of a seed.
    public int[] places(long seed) {
        return Draws.of(seed, NAME + " places", 0).permutation(nodes);
    }

    @Override
    public Examples examples(long seed, int variant) {
        int[] places = places(seed);
        return new SplitExamples(seed, nodes * nodes * relations.size(), share) {
            @Override
            void put(int question, Rows rows, int n) {
                write(question, places, rows, n);
            }
        };
    }

    private void write(int question, int[] places, Rows rows, int n) {
        int relation = question / (nodes * nodes);
        int a = question / nodes % nodes;
        int b = question % nodes;
        rows.tokens()[3 * n] = a;
        rows.tokens()[3 * n + 1] = b;
        rows.tokens()[3 * n + 2] = (long) nodes + relation;
        rows.y()[n] = relations.get(relation).holds(places[a], places[b], modulus) ? 1 : 0;
    }
}

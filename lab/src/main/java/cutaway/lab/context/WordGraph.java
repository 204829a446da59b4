package cutaway.lab.context;

import cutaway.interp.geometry.Graph;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Shuffle;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// In-context graph tracing (Park et al. 2024, arXiv:2501.00070): words at the nodes of a graph, and a context that
/// walks along its edges, ` apple bird sand bird ...`. Nothing but the context says which words are neighbours.
///
/// @param name such as `grid:4x4`
/// @param words of each node, a token each, with the space before it
/// @param tokens their ids
public record WordGraph(String name, Graph graph, List<String> words, int[] tokens) {

    /// How a graph is named.
    public static final String SYNTAX = "grid:ROWSxCOLUMNS, ring:N, ring:N/STRIDE, or a file with two words a line";

    /// Words that have little to do with each other.
    private static final List<String> USUAL =
            List.of(("apple bird car sand horse clock paper moon salt chair rain gold knife shoe lamp bread king tree"
                            + " ship glass stone milk road wolf door flag rope egg hat drum bell fish window"
                            + " desk coal nurse corn gate violin pool")
                    .split(" "));

    private static final Pattern GRID = Pattern.compile("grid:(\\d{1,4})x(\\d{1,4})");
    private static final Pattern RING = Pattern.compile("ring:(\\d{1,5})(?:/(\\d{1,5}))?");

    public WordGraph {
        words = List.copyOf(words);
        tokens = tokens.clone();
    }

    @Override
    public int[] tokens() {
        return tokens.clone();
    }

    /// Usual words, drawn by a seed, at the nodes of a graph.
    ///
    /// @throws BadInputException when the tokenizer has too few of them as one token
    public static WordGraph of(String name, Graph graph, Tokenizer tokenizer, long seed) {
        List<String> known = new ArrayList<>(USUAL.stream()
                .filter(word -> tokenizer.idOf(" " + word).isPresent())
                .toList());
        if (known.size() < graph.nodes()) {
            throw new BadInputException("the graph " + name + " has " + graph.nodes() + " nodes, and there are "
                    + known.size() + " usual words that are one token here; give --words, one for each node.");
        }
        var random = new Random(seed).generator();
        Shuffle.of(known.size(), random, (one, other) -> Collections.swap(known, one, other));
        return of(name, graph, known.subList(0, graph.nodes()), tokenizer);
    }

    /// @throws BadInputException when a word is no token by itself, or their number is not that of the nodes
    public static WordGraph of(String name, Graph graph, List<String> words, Tokenizer tokenizer) {
        if (words.size() != graph.nodes() || words.stream().distinct().count() < words.size()) {
            throw new BadInputException("the graph " + name + " has " + graph.nodes() + " nodes, and there are "
                    + words.size() + " words, "
                    + words.stream().distinct().count() + " of them distinct; give one for each node.");
        }
        if (!graph.isConnected()) {
            throw new BadInputException(
                    "the graph " + name + " is not connected: no walk reaches all of it; add edges between its parts.");
        }
        int[] tokens = words.stream()
                .mapToInt(word -> {
                    OptionalInt id = tokenizer.idOf(" " + word);
                    return id.orElseThrow(() -> new BadInputException(
                            "\"" + word + "\" is more than one token in this model; take another word."));
                })
                .toArray();
        return new WordGraph(name, graph, words, tokens);
    }

    /// Reads a graph as [#SYNTAX] says.
    ///
    /// @param words of its nodes; empty for usual ones. A file has words of its own.
    public static WordGraph parse(String text, List<String> words, Tokenizer tokenizer, long seed) {
        Matcher grid = GRID.matcher(text);
        Matcher ring = RING.matcher(text);
        if (!grid.matches() && !ring.matches()) {
            return read(Path.of(text), tokenizer);
        }
        Graph graph = grid.matches()
                ? Graph.grid(Integer.parseInt(grid.group(1)), Integer.parseInt(grid.group(2)))
                : Graph.ring(
                        Integer.parseInt(ring.group(1)), ring.group(2) == null ? 1 : Integer.parseInt(ring.group(2)));
        return words.isEmpty() ? of(text, graph, tokenizer, seed) : of(text, graph, words, tokenizer);
    }

    /// A line is an edge: two words.
    private static WordGraph read(Path file, Tokenizer tokenizer) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("there is no graph and no file " + file + "; expected " + SYNTAX + ".");
        }
        Map<String, Integer> nodes = new LinkedHashMap<>();
        List<Graph.Edge> edges = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).isBlank()) {
                    continue;
                }
                String[] pair = lines.get(i).strip().split("\\s+");
                if (pair.length != 2) {
                    throw new BadInputException(file + ", line " + (i + 1) + ": \"" + lines.get(i)
                            + "\"; expected two words, an edge of the graph.");
                }
                for (String word : pair) {
                    nodes.putIfAbsent(word, nodes.size());
                }
                edges.add(new Graph.Edge(nodes.getOrDefault(pair[0], 0), nodes.getOrDefault(pair[1], 0)));
            }
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is no text in UTF-8; give two words a line.", e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + ": " + e, e);
        }
        if (nodes.size() < 4) {
            throw new BadInputException(file + " has " + nodes.size() + " words; give a graph of at least 4.");
        }
        return of(file.toString(), Graph.of(nodes.size(), edges), List.copyOf(nodes.keySet()), tokenizer);
    }

    /// A walk along its edges.
    public int[] walk(int length, long seed) {
        return graph.walk(length, new Random(seed).generator());
    }

    /// The same nodes out of order.
    public static int[] shuffled(int[] walk, long seed) {
        int[] order = walk.clone();
        Shuffle.of(order, new Random(seed).generator());
        return order;
    }

    /// The context of a walk: what the model's own recipe puts before a text, then a token a node.
    public int[] context(int[] walk, List<Integer> before) {
        return IntStream.concat(
                        before.stream().mapToInt(Integer::intValue),
                        IntStream.of(walk).map(node -> tokens[node]))
                .toArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WordGraph its
                && name.equals(its.name)
                && graph.equals(its.graph)
                && words.equals(its.words);
    }

    @Override
    public int hashCode() {
        return words.hashCode();
    }

    @Override
    public String toString() {
        return name + " of " + String.join(", ", words);
    }
}

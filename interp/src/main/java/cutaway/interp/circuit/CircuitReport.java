package cutaway.interp.circuit;

import cutaway.interp.edit.Edit;
import java.util.List;
import java.util.Optional;

/// What `cutaway circuit` found: one record, shown in the terminal and as JSON.
///
/// *Faithfulness* is what a circuit recovers, (m(C) − m(contrast)) / (m(prompt) − m(contrast)), with everything
/// outside of it at its value from the contrast ([CircuitBench]). All estimates but those of the searches are of the
/// held-out prompts, which had no say in what was chosen.
///
/// @param roles where nodes work, `all` for every position
/// @param idle roles at which prompt and contrast never differ, or from which nothing reaches the answer
/// @param nodes of how many the circuit was chosen
/// @param prompts every pair
/// @param why the verdict in a sentence
/// @param ceiling faithfulness of all nodes together on the selection's prompts: 1 where they are all positions
/// @param empty faithfulness of no node at all there: the embeddings alone
/// @param searches the independent searches; the circuit is the smallest that one of them found
/// @param circuit where there is one to report on
/// @param runs rows that went through the model
public record CircuitReport(
        Settings settings,
        List<String> roles,
        List<String> idle,
        int nodes,
        List<Prompt> prompts,
        Verdict verdict,
        String why,
        double ceiling,
        double empty,
        List<Search> searches,
        Optional<Circuit> circuit,
        int runs) {

    /// Which prompts a pair belongs to.
    public enum Half {
        /// The circuit was looked for on it.
        SELECTION,
        /// It says what the circuit is worth.
        HELD_OUT,
        /// Its margin falls too little from prompt to contrast, or so many pairs' do that none was looked at.
        LEFT_OUT
    }

    /// A pair.
    ///
    /// @param pair its place in the file, from 0
    /// @param margin on the prompt, nats
    /// @param contrastMargin on the contrast, nats
    public record Prompt(
            int pair,
            String prompt,
            String contrast,
            String answer,
            String against,
            String group,
            Half half,
            double margin,
            double contrastMargin) {}

    /// @param faithfulness mean over the selection's prompts
    /// @param runs rows that it ran
    /// @param shared how many of its nodes the other search found too
    public record Search(
            String name, String how, int size, double faithfulness, int runs, int shared, List<Node> nodes) {}

    /// @param members what is known of each node
    /// @param notShown members whose change is not shown to be above the bar
    /// @param errors of dictionaries that are nodes, members or not
    public record Circuit(
            List<Need> members,
            List<String> notShown,
            List<ErrorNode> errors,
            Faithfulness faithfulness,
            Completeness completeness,
            Control control,
            Repeat repeat) {}

    /// @param selection mean on the prompts that it was looked for on, flattered by the search
    /// @param mean over the held-out prompts
    /// @param ofMeans the sum of what is recovered over the sum of what there is to recover, in nats
    /// @param without what all else recovers when the circuit itself takes its value from the contrast
    /// @param empty faithfulness of no node at all
    /// @param prompts each held-out prompt's own, in the order of the pairs
    public record Faithfulness(
            double selection, Estimate mean, Estimate ofMeans, Estimate without, Estimate empty, List<Own> prompts) {}

    /// @param pair its place in the file
    public record Own(int pair, double faithfulness) {}

    /// @param random mean size of the gap over random subsets
    /// @param greedy the gap of a subset that was looked for on the selection's prompts
    /// @param subsets every gap, signed; the first is of no node, the others are the random ones
    public record Completeness(Estimate random, Gap greedy, List<Gap> subsets) {}

    /// @param without K
    /// @param gap F(M \ K) − F(C \ K)
    public record Gap(List<Node> without, Estimate gap) {}

    /// @param alone F(C) − F(C \ {v}): positive where it helps
    /// @param largest F(C \ K) − F(C \ (K ∪ {v})) for the K that was chosen on the selection's prompts
    /// @param given that K
    /// @param shown whether the interval of the largest change lies beyond the bar
    public record Need(Node node, Estimate alone, Estimate largest, List<Node> given, boolean shown) {}

    /// What a dictionary does not say, as a node.
    ///
    /// @param member whether it is in the circuit
    /// @param without what the model recovers when it alone takes its value from the contrast
    public record ErrorNode(Node node, boolean member, Estimate without) {}

    /// Random circuits of the same make-up.
    ///
    /// @param random faithfulness of each, mean over the held-out prompts, ascending
    /// @param p share of circuits, the found one among them, that recover at least as much as it does
    /// @param unlike nodes that nothing alike was left for outside of the circuit: the random ones lack them
    public record Control(List<Double> random, double p, int unlike) {}

    /// How to run one prompt on the circuit alone: `cutaway run PROMPT --edit FILE` takes the edits.
    public record Repeat(int pair, double faithfulness, List<Edit> edits) {}
}

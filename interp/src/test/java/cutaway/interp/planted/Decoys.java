package cutaway.interp.planted;

import java.util.Map;
import java.util.Set;

/// What must not be found: the heads and neurons of a block that are not planted look, gather and fire as if they were,
/// and write nothing that anybody reads.
final class Decoys {

    /// Before the activation function, at a neuron's token and at all others.
    private static final double FIRING = 10;

    private static final double SILENT = -10;

    private Decoys() {}

    /// @param head that is planted; below 0 for none
    /// @param look of all heads
    /// @param from what all heads gather
    /// @param neurons that are planted
    static void fill(Plan plan, int layer, int head, Look look, Space from, Set<Integer> neurons) {
        for (int decoy = 0; decoy < Plan.HEADS; decoy++) {
            if (decoy != head) {
                plan.head(layer, decoy, look, move(decoy, Math.floorDiv(head, 2), from));
            }
        }
        for (int i = 0; i < Plan.NEURONS; i++) {
            if (!neurons.contains(i)) {
                int token = i % Space.SIZE;
                boolean elsewhere = i >= Space.SIZE;
                plan.neuron(
                        layer,
                        i,
                        Map.of(Space.TOKEN.at(token), FIRING - SILENT, Plan.ONE, SILENT),
                        (elsewhere ? Space.ELSEWHERE : Space.OUT).at(token),
                        elsewhere ? 0.1 : 0);
            }
        }
    }

    /// The one beside the planted head gathers the same and has output weights of 0; the next two have value
    /// weights of 0; of the last two one writes where nobody reads.
    private static Move move(int decoy, int planted, Space from) {
        return switch (Math.floorMod(decoy / 2 - planted, Plan.HEADS / 2)) {
            case 0 -> Move.unwritten(from);
            case 1 -> Move.unread(from);
            default -> decoy % 2 == 0 ? Move.of(from, Space.ELSEWHERE, 1) : Move.unwritten(from);
        };
    }
}

package cutaway.model.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// SentencePiece's BPE: of all neighbours whose union is a piece, the union with the best score is made first, the
/// leftmost among equals.
///
/// A list of merges cannot say this: there, `aa` + `a` and `a` + `aa` have two ranks, here their union has one score.
///
/// Source: `bpe::Model::SampleEncode` in src/bpe_model.cc of SentencePiece, whose order llama.cpp keeps.
record ScoredMerges(PieceTable table) implements Segmenter {

    /// Two neighbours as they were when the union was proposed: `length` units together.
    private record Union(float score, int left, int right, int length) {}

    private static final Comparator<Union> BEST_FIRST =
            Comparator.comparingDouble((Union union) -> -union.score).thenComparingInt(Union::left);

    @Override
    public List<Segment> segment(String text) {
        var run = new Run(text);
        run.merge();
        var segments = new ArrayList<Segment>();
        for (int symbol = text.isEmpty() ? -1 : 0; symbol >= 0; symbol = run.next[symbol]) {
            run.emit(run.start[symbol], run.end[symbol], segments);
        }
        return segments;
    }

    /// One text: symbols in a linked list, at first its characters. A merged symbol has length 0.
    private final class Run {

        private final String text;
        private final int[] start;
        private final int[] end;
        private final int[] next;
        private final int[] previous;
        private final PriorityQueue<Union> unions = new PriorityQueue<>(BEST_FIRST);
        /// Where an unused piece, which may be built but not be left standing, was put together.
        private final Map<String, Integer> seams = new HashMap<>();

        Run(String text) {
            this.text = text;
            int symbols = text.codePointCount(0, text.length());
            start = new int[symbols];
            end = new int[symbols];
            next = new int[symbols];
            previous = new int[symbols];
            int unit = 0;
            for (int symbol = 0; symbol < symbols; symbol++) {
                start[symbol] = unit;
                unit += Character.charCount(text.codePointAt(unit));
                end[symbol] = unit;
                next[symbol] = symbol + 1 < symbols ? symbol + 1 : -1;
                previous[symbol] = symbol - 1;
            }
        }

        void merge() {
            for (int symbol = 1; symbol < start.length; symbol++) {
                propose(symbol - 1, symbol);
            }
            for (Union union = unions.poll(); union != null; union = unions.poll()) {
                int left = union.left;
                int right = union.right;
                boolean stale = length(left) == 0 || length(right) == 0 || length(left) + length(right) != union.length;
                if (!stale) {
                    end[left] = end[right];
                    end[right] = start[right];
                    next[left] = next[right];
                    if (next[right] >= 0) {
                        previous[next[right]] = left;
                    }
                    propose(previous[left], left);
                    propose(left, next[left]);
                }
            }
        }

        private void propose(int left, int right) {
            if (left < 0 || right < 0) {
                return;
            }
            String union = text.substring(start[left], end[right]);
            Integer id = table.id(union);
            if (id != null) {
                unions.add(new Union(table.scores()[id], left, right, union.length()));
                if (table.unused(id)) {
                    seams.put(union, length(left));
                }
            }
        }

        private int length(int symbol) {
            return end[symbol] - start[symbol];
        }

        void emit(int from, int to, List<Segment> segments) {
            String piece = text.substring(from, to);
            Integer id = table.id(piece);
            Integer seam = seams.get(piece);
            if (id != null && table.unused(id) && seam != null) {
                emit(from, from + seam, segments);
                emit(from + seam, to, segments);
            } else {
                segments.add(new Segment(id == null ? table.unknown() : id, from, to));
            }
        }
    }
}

package cutaway.model.tokenizer;

import cutaway.model.tokenizer.PieceTable.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// SentencePiece's unigram model: of all ways to cut a text into pieces, the one with the largest sum of scores
/// (Viterbi). A character that no piece covers costs ten more than the worst piece.
///
/// Source: `unigram::Model::EncodeOptimized` in src/unigram_model.cc of SentencePiece; sums are in float32 as there.
final class Unigram implements Segmenter {

    private static final float UNKNOWN_PENALTY = 10;

    private final PieceTable table;
    private final int longest;
    private final float unknownScore;

    Unigram(PieceTable table) {
        this.table = table;
        int most = 0;
        float worst = Float.MAX_VALUE;
        for (int id = 0; id < table.pieces().size(); id++) {
            if (table.kinds().get(id) == Kind.NORMAL) {
                most = Math.max(most, table.pieces().get(id).length());
                worst = Math.min(worst, table.scores()[id]);
            }
        }
        longest = most;
        unknownScore = worst - UNKNOWN_PENALTY;
    }

    @Override
    public List<Segment> segment(String text) {
        int size = text.length();
        var best = new float[size + 1];
        var from = new int[size + 1];
        var ids = new int[size + 1];
        Arrays.fill(from, -1);
        for (int start = 0; start < size; ) {
            int character = start + Character.charCount(text.codePointAt(start));
            boolean covered = false;
            for (int end = character; end <= size && end - start <= Math.max(longest, character - start); end++) {
                Integer id = table.id(text.substring(start, end));
                if (id != null && !table.unused(id)) {
                    offer(best, from, ids, start, end, id, table.scores()[id]);
                    covered |= end == character;
                }
            }
            if (!covered) {
                offer(best, from, ids, start, character, table.unknown(), unknownScore);
            }
            start = character;
        }
        var segments = new ArrayList<Segment>();
        for (int end = size; end > 0; end = from[end]) {
            segments.add(new Segment(ids[end], from[end], end));
        }
        Collections.reverse(segments);
        return segments;
    }

    private static void offer(float[] best, int[] from, int[] ids, int start, int end, int id, float score) {
        float sum = best[start] + score;
        if (from[end] < 0 || sum > best[end]) {
            best[end] = sum;
            from[end] = start;
            ids[end] = id;
        }
    }
}

package cutaway.features.store;

import cutaway.features.store.Texts.Part;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Cuts the documents of a text into contexts.
///
/// No context holds tokens of two documents, and each is a text of its own to the model: it begins with what the
/// model's recipe puts before a text (BOS, where it was trained with one), and position 0. All but the last of a
/// document are full.
final class Pieces implements AutoCloseable {

    /// Where a document came from.
    record Source(Path file, long place) {}

    private final Texts.Reader reader;
    private final Tokenizer tokenizer;
    private final int[] before;
    private final int[] after;
    private final int room;

    private final Queue<Piece> ready = new ArrayDeque<>();
    private final List<Source> documents = new ArrayList<>();
    private int[] rest = {};
    private boolean ended;

    /// @throws BadInputException when a context has no room for a token of the text
    Pieces(Texts texts, Tokenizer tokenizer, int context) {
        this.tokenizer = tokenizer;
        this.before = ids(tokenizer.before());
        this.after = ids(tokenizer.after());
        this.room = context - before.length - after.length;
        if (room < 1) {
            throw new BadInputException("contexts of " + context + " tokens have no room for text: the model's recipe"
                    + " puts " + (before.length + after.length) + " around it; give --context more.");
        }
        this.reader = texts.open();
    }

    private static int[] ids(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /// The next context; null at the end of the text.
    @Nullable
    Piece next() {
        while (ready.isEmpty() && !ended) {
            Part part = reader.next();
            if (part == null || part.begins()) {
                finishDocument();
            }
            if (part == null) {
                ended = true;
            } else {
                if (part.begins()) {
                    documents.add(new Source(part.file(), part.place()));
                }
                add(part.text());
            }
        }
        return ready.poll();
    }

    private void add(String text) {
        int[] ids = text.isEmpty() ? new int[0] : tokenizer.encode(text, false).ids();
        int[] all = IntStream.concat(IntStream.of(rest), IntStream.of(ids)).toArray();
        int at = 0;
        for (; all.length - at > room; at += room) {
            put(all, at, at + room);
        }
        rest = Arrays.copyOfRange(all, at, all.length); // full at most: the document may end here
    }

    private void finishDocument() {
        if (rest.length > 0) {
            put(rest, 0, rest.length);
            rest = new int[0];
        }
    }

    private void put(int[] ids, int from, int to) {
        int[] piece = new int[before.length + to - from + after.length];
        System.arraycopy(before, 0, piece, 0, before.length);
        System.arraycopy(ids, from, piece, before.length, to - from);
        System.arraycopy(after, 0, piece, before.length + to - from, after.length);
        ready.add(new Piece(documents.size() - 1, piece));
    }

    /// The documents that were begun, by number.
    List<Source> documents() {
        return documents;
    }

    @Override
    public void close() {
        reader.close();
    }
}

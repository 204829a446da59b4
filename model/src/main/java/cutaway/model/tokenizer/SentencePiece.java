package cutaway.model.tokenizer;

import cutaway.model.tokenizer.AddedTokens.Match;
import cutaway.model.tokenizer.Encoding.Span;
import cutaway.model.tokenizer.PieceTable.Kind;
import cutaway.model.tokenizer.Segmenter.Segment;
import cutaway.model.tokenizer.SpaceRules.Normalised;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A SentencePiece tokenizer, as GGUF files describe one: added tokens are taken out of the text, each part between
/// them is normalised and cut, and what no piece covers is spelled in bytes, or becomes one unknown piece.
///
/// Hugging Face's library is no help here: its Unigram merges spaces and replaces characters by other rules than
/// SentencePiece, which the models were trained with.
///
/// @param added what is recognised before anything else
record SentencePiece(PieceTable table, AddedTokens added, SpaceRules spaces, Segmenter segmenter) implements Engine {

    @Override
    public Pieces encode(String text) {
        var out = new Output();
        for (int at = 0; at < text.length(); ) {
            Optional<Match> next = added.find(text, at);
            int end = next.map(Match::start).orElse(text.length());
            if (end > at) {
                encodePart(spaces.normalise(text, at, end), out);
            }
            next.ifPresent(match -> out.add(match.id(), match.start(), match.end()));
            at = next.map(Match::end).orElse(text.length());
        }
        return new Pieces(out.ids.stream().mapToInt(Integer::intValue).toArray(), out.spans);
    }

    private void encodePart(Normalised part, Output out) {
        boolean bytes = table.fallsBackToBytes();
        boolean afterUnknown = false;
        for (Segment segment : segmenter.segment(part.text())) {
            int start = part.origins()[segment.start()];
            int end = part.origins()[segment.end()];
            boolean unknown = segment.id() == table.unknown();
            if (unknown && bytes) {
                String piece = part.text().substring(segment.start(), segment.end());
                for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
                    out.add(table.bytes()[Byte.toUnsignedInt(b)], start, end);
                }
            } else if (unknown && afterUnknown) {
                out.extend(end);
            } else {
                out.add(segment.id(), start, end);
            }
            afterUnknown = unknown;
        }
    }

    /// The space that was put in front of the text goes again.
    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        var text = new StringBuilder();
        var bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            Kind kind = table.kinds().get(id);
            String piece = table.pieces().get(id);
            int value = kind == Kind.BYTE ? PieceTable.byteOf(piece) : -1;
            if (value >= 0) {
                bytes.write(value);
            } else {
                Utf8.drain(bytes, text);
                if (!kind.special() && kind != Kind.USER_DEFINED) {
                    text.append(piece.replace(PieceTable.SPACE, ' '));
                } else if (!kind.special() || !skipSpecial) {
                    text.append(piece);
                }
            }
        }
        Utf8.drain(bytes, text);
        return spaces.prefix() && text.indexOf(" ") == 0 ? text.substring(1) : text.toString();
    }

    @Override
    public void close() {}

    private static final class Output {

        private final List<Integer> ids = new ArrayList<>();
        private final List<Span> spans = new ArrayList<>();

        void add(int id, int start, int end) {
            ids.add(id);
            spans.add(new Span(start, end));
        }

        void extend(int end) {
            spans.add(new Span(spans.removeLast().start(), end));
        }
    }
}

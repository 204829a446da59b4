package cutaway.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/// Bytes that tokens stand for, as text.
final class Utf8 {

    private Utf8() {}

    /// Moves the bytes to the text; each byte that begins no character becomes U+FFFD, as in SentencePiece.
    static void drain(ByteArrayOutputStream bytes, StringBuilder text) {
        if (bytes.size() == 0) {
            return;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes.toByteArray());
        CharBuffer out = CharBuffer.allocate(in.remaining());
        while (true) {
            CoderResult result = decoder.reset().decode(in, out, true);
            if (!result.isError()) {
                break;
            }
            in.get();
            out.put('\uFFFD');
        }
        text.append(out.flip());
        bytes.reset();
    }
}

package cutaway.model.tokenizer;

import java.util.Arrays;

/// Decodes ids one after the other, as a model writes them, and never shows half of a character.
///
///     for (int id : generated) System.out.print(stream.push(id));
///     System.out.print(stream.finish());
///
/// The pieces together are the text that decoding all ids at once gives. Each step decodes only the ids since the
/// last piece and those of the last piece, for context. Not for several threads.
public final class TokenStream {

    /// The bytes of a character are spread over four tokens at most: more without an end are not UTF-8.
    private static final int PATIENCE = 8;

    private static final String UNFINISHED = "\uFFFD";

    private final Tokenizer tokenizer;
    private final boolean skipSpecial;
    private int[] window = {};
    private int context;
    private String contextText = "";

    /// @param skipSpecial leaves out special tokens such as `<|im_end|>`
    public TokenStream(Tokenizer tokenizer, boolean skipSpecial) {
        this.tokenizer = tokenizer;
        this.skipSpecial = skipSpecial;
    }

    /// The text that this id completes; empty while a character is unfinished.
    public String push(int id) {
        window = Arrays.copyOf(window, window.length + 1);
        window[window.length - 1] = id;
        String text = tokenizer.decode(window, skipSpecial);
        boolean waits = text.endsWith(UNFINISHED) && window.length - context < PATIENCE;
        return waits || text.length() <= contextText.length() ? "" : release(text);
    }

    /// What is left when no id follows: unfinished bytes as U+FFFD.
    public String finish() {
        String text = tokenizer.decode(window, skipSpecial);
        return text.length() <= contextText.length() ? "" : release(text);
    }

    private String release(String text) {
        String piece = text.substring(contextText.length());
        window = Arrays.copyOfRange(window, context, window.length);
        context = window.length;
        contextText = tokenizer.decode(window, skipSpecial);
        return piece;
    }
}

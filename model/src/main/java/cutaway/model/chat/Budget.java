package cutaway.model.chat;

/// What one rendering may spend. Templates come with downloaded models, so a hostile one must end, and soon.
///
/// The limits leave room for a thousand messages of a thousand characters in every template that
/// `RealChatTemplatesTest` knows, those included that walk each character; spending them all takes a few seconds.
final class Budget {

    private static final long STEPS = 20_000_000;
    /// Characters of text and elements of lists made, counted over the whole rendering and never given back.
    private static final long SIZE = 100_000_000;
    private static final int DEPTH = 600;
    /// Characters compared, at worst, by one search of a text in a text.
    private static final long SEARCH = 2_000_000_000L;

    private long steps;
    private long size;
    private int depth;

    /// Counts one evaluated expression, rendered statement or visited element.
    void step() {
        if (++steps > STEPS) {
            throw new Fault("the template did not end within " + STEPS + " steps");
        }
    }

    /// Counts what is about to be made, before memory is taken for it.
    void grow(long elements) {
        size += elements;
        if (elements > SIZE || size > SIZE) {
            throw new Fault("the template makes more than " + SIZE + " characters of text");
        }
    }

    /// Counts the elements of a list: each takes the memory of several characters.
    void elements(long count) {
        grow(8 * count);
    }

    void search(int text, int wanted) {
        if ((long) text * wanted > SEARCH) {
            throw new Fault("the template searches " + text + " characters for " + wanted);
        }
    }

    /// Goes one level down; each call is paired with [#exit] unless the rendering is given up.
    void enter() {
        step();
        if (++depth > DEPTH) {
            throw new Fault("the template or its data nest more than " + DEPTH + " levels deep");
        }
    }

    void exit() {
        depth--;
    }
}

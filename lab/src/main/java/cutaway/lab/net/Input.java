package cutaway.lab.net;

/// What a net is given of one example.
public sealed interface Input {

    /// A vector, `[instance, n, count]`.
    record Numbers(int count) implements Input {}

    /// Tokens, `[instance, n, positions]`, int64 from 0 up to `vocab`.
    record Tokens(int positions, int vocab) implements Input {}

    /// A grey or coloured image, `[instance, n, channels, height, width]`.
    record Image(int channels, int height, int width) implements Input {}

    /// How many numbers a net sees that takes all of them at once; of tokens, how many there are.
    default int flat() {
        return switch (this) {
            case Numbers(int count) -> count;
            case Tokens(int positions, int _) -> positions;
            case Image(int channels, int height, int width) -> channels * height * width;
        };
    }
}

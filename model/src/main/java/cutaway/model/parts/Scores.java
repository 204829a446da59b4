package cutaway.model.parts;

import cutaway.tensor.Tensor;

/// How attention scores are made from the products of queries and keys.
///
/// @param scale factor of the products, `1 / sqrt(dHead)` in most models
/// @param softcap scores are bent to stay below it: `cap * tanh(scores / cap)` (Gemma 2); 0 for none
/// @param window how many positions a query sees, its own among them; 0 for all before it
public record Scores(double scale, double softcap, int window) {

    /// Neither capped nor windowed.
    public static Scores scaled(double scale) {
        return new Scores(scale, 0, 0);
    }

    public Scores withWindow(int positions) {
        return new Scores(scale, softcap, positions);
    }

    /// @param products `q k^T`
    Tensor of(Tensor products) {
        Tensor scores = products.times(scale);
        return softcap == 0 ? scores : scores.softcap(softcap);
    }
}

package cutaway.model.generation;

import cutaway.tensor.BadInputException;

/// How the next token is chosen from the logits.
///
/// @param temperature what the logits are divided by; 0 takes the most likely token
/// @param topP keeps the fewest most likely tokens whose probabilities reach this sum (nucleus sampling,
///     arXiv:1904.09751, section 3.1); 1 keeps all
/// @param seed of the draws: the same seed gives the same text
public record Sampling(double temperature, double topP, long seed) {

    /// The most likely token, always.
    public static final Sampling GREEDY = new Sampling(0, 1, 0);

    public Sampling {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new BadInputException(
                    "the temperature is " + temperature + "; expected 0 (the most likely token) or more, such as 0.7.");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new BadInputException("top-p is " + topP + "; expected more than 0 and at most 1, such as 0.9.");
        }
    }
}

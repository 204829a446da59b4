package cutaway.interp.check;

import java.util.Arrays;

/// The distribution over tokens that logits stand for: `p = softmax(logits)`.
///
/// @param logits nats, `[vocab]`
/// @param logSum `log sum exp logits`, nats
record NextToken(double[] logits, double logSum) {

    static NextToken of(double[] logits) {
        double most = Arrays.stream(logits).max().orElseThrow();
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - most); // NaN, if one is, makes all NaN
        }
        return new NextToken(logits, most + Math.log(sum));
    }

    /// `log p(token)`, nats.
    double logProbability(int token) {
        return logits[token] - logSum;
    }

    /// `KL(this || other) = sum p (log p - log q)`, nats. What is never drawn (a logit of minus infinity) adds nothing.
    double divergenceFrom(NextToken other) {
        double sum = 0;
        for (int token = 0; token < logits.length; token++) {
            double logP = logProbability(token);
            double p = Math.exp(logP);
            sum += p == 0 ? 0 : p * (logP - other.logProbability(token));
        }
        return Math.max(0, sum); // never negative but for rounding
    }

    /// The likeliest token, of equal ones the first; -1 where a logit is not a number.
    int top() {
        int top = 0;
        for (int token = 0; token < logits.length; token++) {
            if (Double.isNaN(logits[token])) {
                return -1;
            }
            if (logits[token] > logits[top]) {
                top = token;
            }
        }
        return top;
    }
}

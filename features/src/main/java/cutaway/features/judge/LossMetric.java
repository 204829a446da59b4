package cutaway.features.judge;

/// What a reconstruction does to the model's predictions when it stands in place of the activation.
///
/// CE is the mean cross-entropy of the next token, nats; `zero` and `mean` have that in place of the activation.
/// Tokens that are not counted keep their activation in every run, where SAELens zeroes them too in its ablated run:
/// a sink at the first position taken away makes any dictionary look good.
enum LossMetric implements Metric<Losses> {

    /// `CE(spliced) - CE(whole)`.
    INCREASE("CE increase", "nats a token") {
        @Override
        public double value(double[] s) {
            return (s[2] - s[1]) / s[0];
        }
    },

    /// Share of the loss that zero in place costs, and the reconstruction does not: 1 is all, 0 is none. SAELens'
    /// `ce_loss_score`.
    ///
    ///     (CE(zero) - CE(spliced)) / (CE(zero) - CE(whole))
    RECOVERED_FROM_ZERO("CE recovered, against zero", "") {
        @Override
        public double value(double[] s) {
            return (s[3] - s[2]) / (s[3] - s[1]);
        }
    },

    /// As [#RECOVERED_FROM_ZERO] against the mean in place, which costs less: the stricter of the two.
    RECOVERED_FROM_MEAN("CE recovered, against mean", "") {
        @Override
        public double value(double[] s) {
            return (s[4] - s[2]) / (s[4] - s[1]);
        }
    },

    /// `KL(whole || spliced)` of the next token's distribution, averaged over tokens.
    DIVERGENCE("KL", "nats a token") {
        @Override
        public double value(double[] s) {
            return s[5] / s[0];
        }
    },

    /// Share of the divergence that the mean in place causes, and the reconstruction does not.
    DIVERGENCE_SCORE("KL recovered, against mean", "") {
        @Override
        public double value(double[] s) {
            return (s[7] - s[5]) / s[7];
        }
    };

    private final String label;
    private final String unit;

    LossMetric(String label, String unit) {
        this.label = label;
        this.unit = unit;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String unit() {
        return unit;
    }

    @Override
    public double[] terms(Losses at) {
        return new double[] {
            at.tokens(), at.whole(), at.spliced(), at.zero(), at.mean(), at.splicedKl(), at.zeroKl(), at.meanKl()
        };
    }
}

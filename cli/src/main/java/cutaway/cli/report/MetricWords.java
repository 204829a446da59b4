package cutaway.cli.report;

import cutaway.interp.effects.EffectSweep;

/// What a metric reads, and in which unit.
record MetricWords(String what, String unit) {

    static MetricWords of(EffectSweep sweep) {
        return switch (sweep.metric()) {
            case MARGIN -> new MetricWords("margin = logit(answer) − logit(against)", "nats");
            case LOGIT -> new MetricWords("logit of the answer", "nats");
            case LOGPROB -> new MetricWords("log probability of the answer", "nats");
            case PROB -> new MetricWords("probability of the answer", "probability");
            case KL ->
                new MetricWords("KL from the unedited run of " + sweep.method().reference(), "nats");
            case LOSS -> new MetricWords("loss over the prompt's tokens", "nats");
        };
    }

    String text() {
        return what.startsWith(unit) ? what : what + ", " + unit;
    }
}

package cutaway.features.judge;

/// Share of the variance that the reconstruction explains, `1 - FVU` ([Unexplained]).
record ExplainedVariance() implements Metric<Reconstructed> {

    private static final Unexplained FVU = new Unexplained();

    @Override
    public String label() {
        return "explained variance";
    }

    @Override
    public String unit() {
        return "";
    }

    @Override
    public double[] terms(Reconstructed context) {
        return FVU.terms(context);
    }

    @Override
    public double[] settled(double[] terms, double[] all) {
        return FVU.settled(terms, all);
    }

    @Override
    public double value(double[] sums) {
        return 1 - FVU.value(sums);
    }
}

package cutaway.lab.table;

import cutaway.interp.whatif.Datapoints;
import cutaway.interp.whatif.Labels;
import cutaway.interp.whatif.Scorer;
import cutaway.lab.Draws;
import cutaway.lab.SmallClassifier;
import cutaway.lab.net.Activation;
import cutaway.lab.net.Mlp;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleConsumer;

/// A small MLP that learns a label of a table from its other columns, on three quarters of the rows whose
/// label is known. The same table, label, columns and seed give the same net.
public final class TableNet implements Scorer {

    private static final int STEPS = 200;
    private static final double RATE = 0.01;
    private static final double DECAY = 0.05;
    private static final int LEAST = 20;
    private static final int HIDDEN = 8;

    private final String label;
    private final List<String> features;
    private final TableEncoding encoding;
    private final SmallClassifier net;
    private final int trained;
    private final double heldOut;

    private TableNet(
            String label,
            List<String> features,
            TableEncoding encoding,
            SmallClassifier net,
            int trained,
            double heldOut) {
        this.label = label;
        this.features = List.copyOf(features);
        this.encoding = encoding;
        this.net = net;
        this.trained = trained;
        this.heldOut = heldOut;
    }

    /// Trains one; the caller closes it.
    ///
    /// @param features columns that it is given
    /// @param progress told what part of the steps is made
    /// @throws BadInputException when fewer than 20 rows have a label, or it is among the features
    public static TableNet train(
            Datapoints datapoints, String label, List<String> features, long seed, DoubleConsumer progress) {
        if (features.contains(label)) {
            throw new BadInputException("the net cannot be given the column \"" + label + "\" that it is to learn.");
        }
        Labels labels = Labels.of(datapoints, label);
        TableEncoding encoding = TableEncoding.of(datapoints, features);
        List<List<String>> points = new ArrayList<>();
        List<Integer> wanted = new ArrayList<>();
        int[] values = labels.values();
        for (int row : Draws.of(seed, "table rows", 0).permutation(datapoints.rows())) {
            if (values[row] >= 0) {
                points.add(datapoints.row(row));
                wanted.add(values[row]);
            }
        }
        if (points.size() < LEAST) {
            throw new BadInputException(
                    "only " + points.size() + " rows have a label in \"" + label + "\"; a net needs " + LEAST + ".");
        }
        int trained = points.size() * 3 / 4;
        SmallClassifier net = Scope.free(() -> SmallClassifier.train(
                new Mlp(List.of(HIDDEN), Activation.RELU),
                encoding.of(points.subList(0, trained)),
                wanted.subList(0, trained).stream().mapToInt(Integer::intValue).toArray(),
                new SmallClassifier.Settings(STEPS, RATE, DECAY, seed),
                progress));
        TableNet made = new TableNet(label, features, encoding, net, trained, 0);
        double[] scores = made.scores(points.subList(trained, points.size()), Heard.NOBODY);
        int right = 0;
        for (int i = 0; i < scores.length; i++) {
            right += (scores[i] >= 0.5 ? 1 : 0) == wanted.get(trained + i) ? 1 : 0;
        }
        return new TableNet(label, features, encoding, net, trained, (double) right / scores.length);
    }

    /// Of the columns that a net is given, those that it can see: not texts of very many kinds, nor numbers that are
    /// all the same.
    ///
    /// @throws BadInputException when none is left
    public static List<String> seen(Datapoints datapoints, List<String> features) {
        return TableEncoding.of(datapoints, features).columns().stream()
                .map(column -> datapoints.names().get(column))
                .toList();
    }

    /// Columns that it is given.
    public List<String> features() {
        return features;
    }

    /// The share of rows that it was not trained on and has right, at 1/2.
    public double heldOut() {
        return heldOut;
    }

    @Override
    public double[] scores(List<List<String>> points, Heard heard) {
        double[] scores = Scope.free(() -> net.probabilities(encoding.of(points)));
        for (int i = 0; i < scores.length; i++) {
            heard.score(i, scores[i]);
        }
        return scores;
    }

    @Override
    public String about() {
        return String.format(
                Locale.ROOT,
                "an MLP with %d hidden neurons that learned %s from %s on %,d rows, right on %.1f %% of the others",
                HIDDEN,
                label,
                String.join(", ", features),
                trained,
                100 * heldOut);
    }

    @Override
    public void close() {
        net.close();
    }
}

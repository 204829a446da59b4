package cutaway.cli;

import cutaway.cli.report.TrainingRecord;
import cutaway.features.coder.ActivationScale;
import cutaway.features.coder.Coder;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Format;
import cutaway.features.exchange.Numbers;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What is left of a training: the dictionary's folder, and what is said of it in the terminal.
///
/// @param folder of the dictionary
record TrainedDictionary(Path folder, TrainingRecord record) {

    /// What is beside the dictionary in its folder: how it was trained.
    private static final String RECORD = "training.json";

    /// How many readings of a curve are shown.
    private static final int SHOWN = 60;

    /// Writes the folder.
    ///
    /// @param scale that the activations were multiplied by
    void write(Coder coder, ActivationScale scale, Numbers numbers, Console console) {
        try (Dictionary scaled = coder.dictionary(origin());
                Dictionary dictionary = scale.fold(scaled)) {
            DictionaryFiles.write(dictionary, Format.CUTAWAY, numbers, folder);
            OutFolder.put(folder.resolve(RECORD), console.pretty(record));
        } catch (IOException e) {
            throw new BadInputException("cannot write into " + folder + " (" + e.getMessage() + ").", e);
        }
    }

    private Origin origin() {
        Map<String, String> notes = new TreeMap<>();
        notes.put("text", String.join(", ", record.texts()));
        notes.put("vectors", Long.toString(record.vectors()));
        notes.put("steps", Long.toString(record.steps()));
        notes.put("batch", Integer.toString(record.batch()));
        notes.put("rate", Double.toString(record.rate()));
        notes.put("seed", Long.toString(record.seed()));
        notes.put("coder", record.coder());
        notes.put("model sha256", record.sha256());
        TrainingRecord.Point last = record.curve().getLast();
        notes.put("last batch: explained variance", String.format(Locale.ROOT, "%.4f", last.explained()));
        notes.put("last batch: L0", String.format(Locale.ROOT, "%.2f", last.l0()));
        return new Origin(
                record.model(),
                record.inputs().stream().map(Site::parse).toList(),
                record.outputs().stream().map(Site::parse).toList(),
                notes);
    }

    void print(Console console) {
        TrainingRecord.Point last = record.curve().getLast();
        console.line("%s  %s of %,d latents for %s", folder, record.coder(), record.width(), sites());
        console.line(
                "  last batch: explained variance %.3f, L0 %.1f, dead latents %.1f %%",
                last.explained(), last.l0(), 100 * last.dead());
        console.line(
                "  %,d steps of %,d tokens in %.0f s, %,.0f tokens/s",
                record.steps(), record.batch(), record.seconds(), record.tokensPerSecond());
        printLosses(console);
    }

    /// What it reads, and what it writes where that is another thing.
    String sites() {
        String read = String.join(" + ", record.inputs());
        return record.inputs().equals(record.outputs()) ? read : read + " to " + String.join(" + ", record.outputs());
    }

    /// The loss over the steps as a line of blocks, one for each of up to 60 readings, on a logarithmic scale.
    private void printLosses(Console console) {
        double[] losses = record.curve().stream()
                .mapToDouble(point -> Math.log(Math.max(1e-300, loss(point))))
                .toArray();
        double low = Arrays.stream(losses).min().orElse(0);
        double high = Arrays.stream(losses).max().orElse(1);
        StringBuilder line = new StringBuilder();
        int shown = Math.min(SHOWN, losses.length);
        for (int i = 0; i < shown; i++) {
            double loss = losses[(int) ((long) i * losses.length / shown)];
            int level = high > low ? (int) Math.round(7 * (loss - low) / (high - low)) : 0;
            line.append("▁▂▃▄▅▆▇█".charAt(level));
        }
        console.line("  loss %.4g %s %.4g", Math.exp(losses[0]), line, Math.exp(losses[losses.length - 1]));
    }

    private static double loss(TrainingRecord.Point point) {
        return point.losses().values().stream().mapToDouble(Double::doubleValue).sum();
    }
}

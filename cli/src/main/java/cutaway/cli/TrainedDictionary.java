package cutaway.cli;

import cutaway.cli.report.LossLine;
import cutaway.cli.report.TrainingRecord;
import cutaway.features.coder.ActivationScale;
import cutaway.features.coder.Coder;
import cutaway.features.coder.Wiring;
import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Format;
import cutaway.features.exchange.Numbers;
import cutaway.interp.site.Site;
import cutaway.tensor.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What is left of a training: the dictionary's folder, and what is said of it in the terminal.
///
/// @param folder of the dictionary
/// @param orderSeed of the order of the data
/// @param sinks whether attention sinks were among them
record TrainedDictionary(Path folder, TrainingRecord record, long orderSeed, boolean sinks) {

    /// What is beside the dictionary in its folder: how it was trained.
    private static final String RECORD = "training.json";

    /// What `--json` prints of several.
    record Named(String folder, TrainingRecord training) {}

    /// Writes what the folder is to hold.
    ///
    /// @param into an empty folder, or one to be made
    /// @param scale that the activations were multiplied by
    void write(Path into, Coder coder, ActivationScale scale, Numbers numbers, Console console) throws IOException {
        try (Dictionary scaled = coder.dictionary(origin());
                Dictionary dictionary = scale.fold(scaled)) {
            if (coder.settings().wiring() instanceof Wiring.CrossLayer(int layers)) {
                writeCrossLayer(dictionary, layers, numbers, into);
            } else {
                DictionaryFiles.write(dictionary, Format.CUTAWAY, numbers, into);
            }
        }
        WholeFile.write(into.resolve(RECORD), console.pretty(record));
    }

    private static void writeCrossLayer(Dictionary joined, int layers, Numbers numbers, Path into) {
        try (CrossLayerDictionary dictionary = CrossLayerDictionary.of(joined, layers)) {
            DictionaryFiles.write(dictionary, Format.CIRCUIT_TRACER, numbers, into);
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
        if (orderSeed != record.seed()) {
            notes.put("order seed", Long.toString(orderSeed));
        }
        if (!sinks) {
            notes.put(Origin.WITHOUT_SINKS.getKey(), Origin.WITHOUT_SINKS.getValue());
        }
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
        printSteps(console);
        printLosses(console);
    }

    private void printSteps(Console console) {
        console.line(
                "  %,d steps of %,d tokens in %.0f s, %,.0f tokens/s",
                record.steps(), record.batch(), record.seconds(), record.tokensPerSecond());
    }

    /// Several that were trained together, as a table of their last batches.
    static void print(Path out, List<TrainedDictionary> all, Console console) {
        TrainedDictionary first = all.getFirst();
        console.line("%s  %d dictionaries for %s", out, all.size(), first.sites());
        int widest = all.stream().mapToInt(one -> one.name().length()).max().orElse(0);
        String columns = "  %-" + Math.max(widest, 10) + "s  %9s  %10s  %9s  %9s  %6s";
        console.line(columns, "dictionary", "latents", "loss", "explained", "L0", "dead");
        for (TrainedDictionary one : all) {
            TrainingRecord.Point last = one.record.curve().getLast();
            console.line(
                    columns,
                    one.name(),
                    String.format(Locale.ROOT, "%,d", one.record.width()),
                    String.format(Locale.ROOT, "%.4g", loss(last)),
                    String.format(Locale.ROOT, "%.3f", last.explained()),
                    String.format(Locale.ROOT, "%.1f", last.l0()),
                    String.format(Locale.ROOT, "%.1f %%", 100 * last.dead()));
        }
        first.printSteps(console);
    }

    private String name() {
        return String.valueOf(folder.getFileName());
    }

    /// What it reads, and what it writes where that is another thing.
    private String sites() {
        String read = String.join(" + ", record.inputs());
        return record.inputs().equals(record.outputs()) ? read : read + " to " + String.join(" + ", record.outputs());
    }

    /// The loss over the steps as a line of blocks, one for each of up to 60 readings, on a logarithmic scale.
    private void printLosses(Console console) {
        double[] losses =
                record.curve().stream().mapToDouble(TrainedDictionary::loss).toArray();
        console.line("  loss %.4g %s %.4g", losses[0], LossLine.of(losses), losses[losses.length - 1]);
    }

    private static double loss(TrainingRecord.Point point) {
        return point.losses().values().stream().mapToDouble(Double::doubleValue).sum();
    }
}

package cutaway.cli;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.pages.FeaturePages;
import cutaway.features.pages.NeuronpediaExport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features export neuronpedia`: feature pages in Neuronpedia's form.
@Command(
        name = "neuronpedia",
        description = "Writes model, source, features and activations as Neuronpedia imports them:"
                + " v1/MODEL/SOURCE/features/batch-0.jsonl.gz and so on, with the fields that pages know.",
        footer = {
            "",
            "Example:",
            "  cutaway features export neuronpedia pages --model-id gpt2-small --source 5-res-jb --out neuronpedia"
        },
        mixinStandardHelpOptions = true)
final class FeaturesExportNeuronpedia implements Callable<Integer> {

    @Parameters(paramLabel = "PAGES", description = "The folder of the pages.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path folder;

    @Option(
            names = "--model-id",
            required = true,
            paramLabel = "MODEL",
            description = "Neuronpedia's name of the model, such as gpt2-small.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String model;

    @Option(
            names = "--source",
            required = true,
            paramLabel = "SOURCE",
            description = "Layer and set, such as 5-res-jb.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String source;

    @Option(
            names = "--dictionary",
            paramLabel = "DICTIONARY",
            description = "Write its decoder rows as the features' vectors, too.")
    private @Nullable Path vectors;

    @Option(
            names = "--creator",
            paramLabel = "NAME",
            defaultValue = "",
            description = "Who made the dictionary: a person or group that Neuronpedia shows.")
    private String creator = "";

    @Option(
            names = "--creator-id",
            paramLabel = "ID",
            defaultValue = NeuronpediaExport.Creator.USUAL_ID,
            description = "A user of Neuronpedia's database, whom every record refers to"
                    + " (default: ${DEFAULT-VALUE}, which a fresh one has).")
    private String creatorId = NeuronpediaExport.Creator.USUAL_ID;

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "The folder to make.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Mixin
    private final Console console = new Console();

    /// What is printed.
    private record Exported(Path out, String modelId, String sourceId, int features) {}

    @Override
    public Integer call() {
        FeaturePages pages = FeaturePages.open(folder);
        try (Dictionary dictionary = vectors == null ? null : DictionaryFiles.openOne(vectors)) {
            new NeuronpediaExport(
                            model,
                            source,
                            Optional.ofNullable(dictionary),
                            new NeuronpediaExport.Creator(creatorId, creator))
                    .write(pages, out, (step, part) -> console.progress(step, part));
        }
        Exported exported = new Exported(out, model, source, pages.facts().width());
        if (console.isJson()) {
            console.json(exported);
        } else {
            console.line("%s  %,d features of %s/%s", out, exported.features(), model, source);
        }
        return 0;
    }
}

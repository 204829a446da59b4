package cutaway.cli;

import cutaway.cli.report.FeaturePageText;
import cutaway.cli.report.Ink;
import cutaway.features.pages.FeaturePage;
import cutaway.features.pages.FeaturePages;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cutaway features page`: one latent's page.
@Command(
        name = "page",
        description = "Shows the page of one latent, as cutaway features pages has made it.",
        footer = {"", "Example:", "  cutaway features page pages 123"},
        mixinStandardHelpOptions = true)
final class FeaturesPage implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "PAGES", description = "The folder of the pages.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path folder;

    @Parameters(index = "1", paramLabel = "LATENT", description = "Its number, from 0.")
    private int latent;

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        FeaturePage page = FeaturePages.open(folder).page(latent);
        if (console.isJson()) {
            console.json(page);
            return 0;
        }
        FeaturePageText.lines(page, Ink.ofTerminal()).forEach(console.out()::println);
        return 0;
    }
}

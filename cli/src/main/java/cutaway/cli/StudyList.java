package cutaway.cli;

import cutaway.studies.Card;
import cutaway.studies.Parameter;
import cutaway.studies.Studies;
import cutaway.studies.Study;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `cutaway study list`: what can be rerun.
@Command(
        name = "list",
        description = "Lists the studies: the paper, its claim, and what can be set.",
        footer = {"", "Example:", "  cutaway study list"},
        mixinStandardHelpOptions = true)
final class StudyList implements Callable<Integer> {

    @Mixin
    private final Console console = new Console();

    /// What is printed as JSON.
    ///
    /// @param text what a text is for; absent where it takes none
    private record Listed(
            Card card, List<Parameter> parameters, @Nullable String text) {}

    @Override
    public Integer call() {
        List<Study> all = Studies.ALL;
        if (console.isJson()) {
            console.json(all.stream()
                    .map(study -> new Listed(
                            study.card(), study.parameters(), study.text().orElse(null)))
                    .toList());
            return 0;
        }
        for (Study study : all) {
            Card card = study.card();
            console.line("%s  %s (%d, %s)", card.id(), card.title(), card.year(), card.source());
            console.line("  %s", card.claim());
            study.text().ifPresent(what -> console.line("  --text: %s", what));
            if (!study.parameters().isEmpty()) {
                console.line(
                        "  set: %s",
                        String.join(
                                ", ",
                                study.parameters().stream()
                                        .map(parameter -> parameter.name() + " (" + parameter.meaning() + ")")
                                        .toList()));
            }
        }
        return 0;
    }
}

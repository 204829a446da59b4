package cutaway.cli;

import cutaway.lab.Recipe;
import cutaway.lab.Usual;
import cutaway.lab.task.Task;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `cutaway lab list`: the tasks, each with what it is usually trained by.
@Command(
        name = "list",
        description = {
            "Lists the tasks that small models can be trained on, each with what it is usually trained by.",
            "With --json, the whole recipe of each: a file of one, changed, is what --recipe of cutaway lab train"
                    + " takes."
        },
        footer = {"", "Example:", "  cutaway lab list"},
        mixinStandardHelpOptions = true)
final class LabList implements Callable<Integer> {

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints of a task.
    record Listed(String task, String about, Recipe recipe) {}

    @Override
    public Integer call() {
        List<Task> tasks = Usual.tasks();
        if (console.isJson()) {
            console.json(tasks.stream()
                    .map(task -> new Listed(task.name(), task.about(), Recipe.usual(task)))
                    .toList());
            return 0;
        }
        for (Task task : tasks) {
            Recipe recipe = Recipe.usual(task);
            console.line("%-18s %s", task.name(), task.about());
            console.line("%-18s %s", "", LabWords.of(recipe.net()) + "; " + LabWords.head(recipe));
            console.line(
                    "%-18s %s",
                    "",
                    LabWords.of(recipe.descent())
                            + String.format(
                                    Locale.ROOT,
                                    ", rate %s, %,d steps of ",
                                    LabWords.plain(recipe.rate().rate()),
                                    recipe.steps())
                            + LabWords.batch(recipe));
        }
        return 0;
    }
}

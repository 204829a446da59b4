package cutaway.cli;

import cutaway.lab.Draws;
import cutaway.lab.task.Othello;
import cutaway.lab.task.OthelloBoard;
import cutaway.tensor.BadInputException;
import cutaway.tensor.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cutaway lab games`: the boards of random games, for probes of a model that was trained on moves.
@Command(
        name = "games",
        description = {
            "Writes random legal games of Othello as JSON lines, one for the board after each move: text (the moves so"
                    + " far), group (the game), next (who moves next, black or white) and each square (a1, b1, ...),"
                    + " which is black, white or empty.",
            "cutaway probe fit reads it; with --relative-to next, squares are same or other, as who moves next sees"
                    + " them."
        },
        footer = {
            "",
            "Example:",
            "  cutaway lab games --games 100 --out games.jsonl",
            "  cutaway probe fit games.jsonl --class a1,b1,c1,d1 --relative-to next --model othello/seed-0"
        },
        mixinStandardHelpOptions = true)
final class LabGames implements Callable<Integer> {

    private static final int MOST = 10_000;

    @Option(
            names = "--size",
            paramLabel = "N",
            defaultValue = "6",
            description = "Squares of a row: 4, 6 or 8 (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--games",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many (default: ${DEFAULT-VALUE}).")
    private int games;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the moves; no seed draws the games of a training (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write the lines.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param squares names, joined by commas: what --class of cutaway probe fit takes
    private record Written(String version, int size, int games, long seed, int boards, String squares, String out) {}

    @Override
    public Integer call() {
        if (games < 1 || games > MOST) {
            throw new BadInputException("--games is " + games + "; give 1 to " + MOST + ".");
        }
        Othello task = new Othello(size);
        OutFile.check(out);
        StringBuilder lines = new StringBuilder();
        int boards = 0;
        for (int game = 0; game < games; game++) {
            int[] moves = task.game(Draws.of(seed, "games that are written", game));
            List<OthelloBoard> after = task.boards(moves);
            for (int i = 0; i < after.size() && i < task.moves() - 1; i++) {
                lines.append(console.compact(line(task, moves, i, after.get(i), game)))
                        .append('\n');
                boards++;
            }
        }
        try {
            WholeFile.write(out, lines.toString());
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write " + out + ": " + e.getMessage() + "; give --out another file.", e);
        }
        String squares = String.join(",", task.words().subList(0, size * size));
        Written written = new Written(Cutaway.Version.number(), size, games, seed, boards, squares, out.toString());
        if (console.isJson()) {
            console.json(written);
        } else {
            console.line("wrote %,d boards of %,d games to %s", boards, games, out);
            console.line("squares: %s", squares);
        }
        return 0;
    }

    private Map<String, Object> line(Othello task, int[] moves, int last, OthelloBoard board, int game) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(
                "text",
                IntStream.rangeClosed(0, last)
                        .mapToObj(i -> task.words().get(moves[i]))
                        .collect(Collectors.joining(" ")));
        line.put("group", "game " + game);
        line.put("next", name(board.toMove()));
        for (int square = 0; square < size * size; square++) {
            line.put(task.words().get(square), name(board.at(square)));
        }
        return line;
    }

    private static String name(OthelloBoard.Disc disc) {
        return disc.name().toLowerCase(Locale.ROOT);
    }
}

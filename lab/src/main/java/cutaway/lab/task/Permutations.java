package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The product of two permutations, each a token: first the second, then the first, `(f g)(i) = f(g(i))`
/// (arXiv:2502.01628).
///
/// @param of how many things are permuted; the tokens are all `of!` permutations, in alphabetical order
/// @param share of the pairs that is trained on; the others are held out
public record Permutations(
        @JsonProperty(value = "of", required = true) int of,
        @JsonProperty(value = "share", required = true) double share)
        implements Task {

    static final String NAME = "permutations";

    private static final int MOST = 6;

    public Permutations {
        require(of >= 2 && of <= MOST, "permutations of " + of + " things; expected 2 to " + MOST + ".");
        int count = factorial(of);
        Split.check(count * count, share);
    }

    private static int factorial(int of) {
        return of <= 1 ? 1 : of * factorial(of - 1);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "The product of two permutations.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(2, factorial(of));
    }

    @Override
    public Target target() {
        return new Target.Classes(List.of(factorial(of)));
    }

    @Override
    public List<String> words() {
        return all().stream()
                .map(one -> one.stream().map(String::valueOf).collect(Collectors.joining()))
                .toList();
    }

    /// Each as where 0, 1, ... go.
    private List<List<Integer>> all() {
        List<List<Integer>> all = new ArrayList<>();
        extend(List.of(), all);
        return all;
    }

    private void extend(List<Integer> begun, List<List<Integer>> all) {
        if (begun.size() == of) {
            all.add(begun);
            return;
        }
        for (int i = 0; i < of; i++) {
            if (!begun.contains(i)) {
                List<Integer> longer = new ArrayList<>(begun);
                longer.add(i);
                extend(longer, all);
            }
        }
    }

    @Override
    public Examples examples(long seed, int variant) {
        List<List<Integer>> all = all();
        Map<List<Integer>, Integer> tokens = new HashMap<>();
        all.forEach(one -> tokens.put(one, tokens.size()));
        return new Pairs(seed, all.size(), share) {
            @Override
            void answer(int first, int second, long[] classes, int at) {
                List<Integer> product =
                        all.get(second).stream().map(all.get(first)::get).toList();
                classes[at] = tokens.getOrDefault(product, -1);
            }
        };
    }
}

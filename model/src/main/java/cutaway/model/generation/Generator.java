package cutaway.model.generation;

import cutaway.model.FiniteLogits;
import cutaway.model.Model;
import cutaway.model.generation.Generated.Stop;
import cutaway.model.parts.Past;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/// Writes on from a prompt: reads it in one pass, then one token a pass, with the keys and values of all positions
/// before kept in a cache.
public final class Generator {

    private Generator() {}

    /// Generates until a token ends the text, the request's number is reached, the context is full, or the thread is
    /// interrupted.
    ///
    /// @param taps see and may change each pass
    /// @param each is given every token as soon as it is chosen; what it throws ends the generation
    /// @throws BadInputException when the prompt leaves no room in the context, or holds an id that is no token
    public static Generated generate(Model model, Request request, Taps taps, IntConsumer each) {
        int[] prompt = request.prompt().stream().mapToInt(Integer::intValue).toArray();
        if (!model.sizes().isCausal()) {
            throw new BadInputException(model.path() + " is an encoder, which sees whole texts and writes none on;"
                    + " give a decoder, such as smollm2-135m-instruct.");
        }
        int room = model.sizes().context() - prompt.length;
        if (room < 1) {
            throw new BadInputException("the prompt has " + prompt.length + " tokens; the model's context is "
                    + model.sizes().context() + ", which must hold what follows too: shorten it.");
        }
        int most = Math.min(request.max(), room);
        Sampler sampler = new Sampler(request.sampling());
        List<Integer> written = new ArrayList<>();
        long start = System.nanoTime();
        try (Past.Cache cache = new Past.Cache(prompt.length + Math.min(most, 128))) {
            int[] text = prompt;
            int id = sampled(model, text, cache, taps, sampler);
            long first = System.nanoTime();
            int steps = 0;
            Stop stop;
            while (true) {
                if (request.stops().contains(id)) {
                    stop = Stop.END;
                    break;
                }
                written.add(id);
                each.accept(id);
                if (written.size() == most) {
                    stop = most == request.max() ? Stop.MAX : Stop.CONTEXT;
                    break;
                }
                if (Thread.currentThread().isInterrupted()) {
                    stop = Stop.INTERRUPTED;
                    break;
                }
                text = Arrays.copyOf(text, text.length + 1);
                text[text.length - 1] = id;
                id = sampled(model, text, cache, taps, sampler);
                steps++;
            }
            return new Generated(written, stop, seconds(start, first), seconds(first, System.nanoTime()), steps);
        }
    }

    /// Passes over the tokens of a text that the cache does not hold yet, and chooses the next. Where longer texts have
    /// other rotary frequencies, what the cache holds counts no more.
    private static int sampled(Model model, int[] text, Past.Cache cache, Taps taps, Sampler sampler) {
        if (model.transformer().keysChange(cache.length(), text.length)) {
            cache.clear();
        }
        int first = (int) cache.length();
        int last = text.length - 1;
        int[] ids = Arrays.copyOfRange(text, first, text.length);
        try (Scope scope = Scope.open()) {
            Tensor residual = model.residual(ids, taps.over(first, ids.length), cache); // [1, pos, dModel]
            Tensor end = residual.slice(1, ids.length - 1, ids.length); // [1, 1, dModel]
            Tensor logits = model.transformer().unembed(end, taps.over(last, 1)); // [1, 1, vocab]
            FiniteLogits.check(logits.squeeze(0), last);
            return sampler.next(logits.reshape(-1));
        }
    }

    private static double seconds(long from, long to) {
        return (to - from) * 1e-9;
    }
}

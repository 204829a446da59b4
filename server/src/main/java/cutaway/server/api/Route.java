package cutaway.server.api;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/// One thing that can be asked.
///
/// @param path parts in braces are named: `/api/jobs/{id}`
/// @param does what it does, in a sentence
/// @param takes the record that its body is; [Nothing] where there is none
/// @param gives the record that it answers with
/// @param answering from body and address to the answer, as JSON
public record Route<I, O>(
        Verb verb, String path, String does, Class<I> takes, Class<O> gives, Answering<I, String> answering) {

    private static final Pattern PART = Pattern.compile("\\{(\\w+)}");

    public enum Verb {
        GET,
        POST,
        DELETE
    }

    /// No body, or no answer.
    public record Nothing() {
        public static final Nothing NOTHING = new Nothing();
    }

    /// Answers a question.
    @FunctionalInterface
    public interface Answering<I, O> {
        O answer(I asked, Params params);
    }

    public static <O> Route<Nothing, O> get(String path, String does, Class<O> gives, Function<Params, O> telling) {
        return kept(path, does, gives, params -> Json.text(telling.apply(params)));
    }

    /// Answers with JSON that lies ready.
    public static <O> Route<Nothing, O> kept(
            String path, String does, Class<O> gives, Function<Params, String> telling) {
        return new Route<>(Verb.GET, path, does, Nothing.class, gives, (nothing, params) -> telling.apply(params));
    }

    public static <O> Route<Nothing, O> delete(String path, String does, Class<O> gives, Function<Params, O> telling) {
        return new Route<>(
                Verb.DELETE, path, does, Nothing.class, gives, (nothing, params) -> Json.text(telling.apply(params)));
    }

    public static <I, O> Route<I, O> post(
            String path, String does, Class<I> takes, Class<O> gives, Answering<I, O> answering) {
        return new Route<>(
                Verb.POST, path, does, takes, gives, (asked, params) -> Json.text(answering.answer(asked, params)));
    }

    /// The names of the parts of its path, in their order.
    public List<String> parts() {
        return PART.matcher(path).results().map(part -> part.group(1)).toList();
    }

    public boolean hasBody() {
        return !takes.equals(Nothing.class);
    }

    /// How it is named: `POST /api/jobs/explain`.
    public String name() {
        return verb + " " + path;
    }
}

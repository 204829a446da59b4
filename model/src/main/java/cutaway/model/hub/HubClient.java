package cutaway.model.hub;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Asks the Hugging Face hub, or a mirror of it.
///
/// Redirects are followed by hand: the token goes to the hub's own host and never to where it redirects.
///
/// @param token of the user's account, for private and gated models
record HubClient(URI endpoint, Optional<String> token, Patience patience, HttpClient http) {

    private static final String PUBLIC = "https://huggingface.co";
    private static final int REDIRECTS = 5;
    private static final int LONGEST_ANSWER = 64 << 20; // bytes; the listing of 100,000 files takes about 30 MB
    private static final Set<Integer> REDIRECT = Set.of(301, 302, 303, 307, 308);
    private static final Duration CONNECT = Duration.ofSeconds(20);

    /// A failure that may pass: the server is busy, or the connection broke.
    static final class Transient extends IOException {

        private static final long serialVersionUID = 1;

        /// How long the server asked to wait.
        private final Duration wait;

        Transient(String message, Duration wait) {
            super(message);
            this.wait = wait;
        }

        Duration pause() {
            return wait;
        }
    }

    /// The server has no byte from the one on that was asked for.
    static final class NoSuchRange extends IOException {

        private static final long serialVersionUID = 1;

        NoSuchRange() {
            super("it has no such range");
        }
    }

    /// The hub that the environment names: `HF_ENDPOINT`, `HF_TOKEN`.
    static HubClient of(Map<String, String> environment, Patience patience) {
        String address = environment.getOrDefault("HF_ENDPOINT", "").strip();
        String token = environment.getOrDefault("HF_TOKEN", "").strip();
        if (!token.matches("\\p{Graph}*")) {
            throw new BadInputException("HF_TOKEN holds spaces or signs that no token has; copy it again.");
        }
        return new HubClient(
                endpoint(address.isEmpty() ? PUBLIC : address),
                token.isEmpty() ? Optional.empty() : Optional.of(token),
                patience,
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build());
    }

    private static URI endpoint(String address) {
        try {
            URI uri = URI.create(address.replaceAll("/+$", ""));
            if (isWeb(uri)) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new BadInputException(
                "HF_ENDPOINT is \"%s\"; expected an address such as %s.".formatted(address, PUBLIC));
    }

    /// What a repository holds at a revision.
    ///
    /// @throws BadInputException where the hub cannot be reached or does not show it
    HubListing listing(HubName name) {
        URI uri = URI.create(
                "%s/api/models/%s/revision/%s?blobs=true".formatted(endpoint, name.id(), encoded(name.revision())));
        return HubListing.of(name, attempt(name, () -> {
            try (InputStream body = get(name, uri, 0).body()) {
                byte[] answer = body.readNBytes(LONGEST_ANSWER);
                if (answer.length == LONGEST_ANSWER) {
                    throw new BadInputException(
                            "the hub's list of files of %s does not end; is HF_ENDPOINT right?".formatted(name.id()));
                }
                return answer;
            }
        }));
    }

    /// Where a file of a commit is.
    URI address(HubName name, String commit, String path) {
        StringBuilder at = new StringBuilder("%s/%s/resolve/%s".formatted(endpoint, name.id(), commit));
        for (String part : path.split("/")) {
            at.append('/').append(encoded(part));
        }
        return URI.create(at.toString());
    }

    /// The answer 200 or 206 to a request, after redirects; its body is to be closed.
    ///
    /// @param from the first byte that is wanted
    /// @throws IOException for what may pass
    /// @throws BadInputException for what will not
    HttpResponse<InputStream> get(HubName name, URI uri, long from) throws IOException {
        URI at = uri;
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            HttpResponse<InputStream> answer = send(at, from);
            if (answer.statusCode() == 200 || answer.statusCode() == 206) {
                return answer;
            }
            answer.body().close();
            if (!REDIRECT.contains(answer.statusCode())) {
                throw failure(name, answer);
            }
            at = target(name, at, answer.headers().firstValue("Location").orElse(""));
        }
        throw new BadInputException("the hub redirects %s in circles; is HF_ENDPOINT right?".formatted(uri));
    }

    private HttpResponse<InputStream> send(URI at, long from) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at).timeout(patience.silence()).header("User-Agent", "cutaway");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (isHub(at)) {
            token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private boolean isHub(URI at) {
        return endpoint.getScheme().equalsIgnoreCase(at.getScheme())
                && endpoint.getHost().equalsIgnoreCase(at.getHost())
                && endpoint.getPort() == at.getPort();
    }

    private static URI target(HubName name, URI at, String location) {
        try {
            URI target = at.resolve(location);
            boolean weaker = at.getScheme().equalsIgnoreCase("https") && !"https".equalsIgnoreCase(target.getScheme());
            if (!location.isEmpty() && isWeb(target) && !weaker) {
                return target;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new BadInputException(
                "the hub redirects a file of %s to \"%s\", where Cutaway does not follow; is HF_ENDPOINT right?"
                        .formatted(name.id(), location.replaceAll("[?].*", "?...")));
    }

    private static boolean isWeb(URI uri) {
        return uri.getHost() != null
                && ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()));
    }

    private IOException failure(HubName name, HttpResponse<?> answer) {
        int status = answer.statusCode();
        if (status == 429 || status == 408 || status >= 500) {
            String wait = answer.headers().firstValue("Retry-After").orElse("");
            Duration asked = wait.matches("\\d{1,5}") ? Duration.ofSeconds(Long.parseLong(wait)) : Duration.ZERO;
            return new Transient("it answered %d".formatted(status), asked);
        }
        if (status == 416) {
            return new NoSuchRange();
        }
        String code = answer.headers().firstValue("X-Error-Code").orElse("");
        if (status == 401 || status == 403) {
            throw new BadInputException(
                    "the hub does not show %s (it answered %d): there is none of that name, or it is private or gated; check the name, accept its terms at %s/%s, and put a token into HF_TOKEN%s."
                            .formatted(
                                    name.id(),
                                    status,
                                    endpoint,
                                    name.id(),
                                    token.isPresent() ? " (there is one, which was not enough)" : ""));
        }
        if (status == 404) {
            throw new BadInputException(
                    code.equals("RevisionNotFound")
                            ? "%s has no revision \"%s\"; give a branch, a tag or a commit after the @."
                                    .formatted(name.id(), name.revision())
                            : "the hub knows no model %s at %s (it answered 404); check the name at %s."
                                    .formatted(name.id(), name.revision(), endpoint));
        }
        throw new BadInputException(
                "the hub answered %d for %s; is HF_ENDPOINT (%s) right?".formatted(status, name.id(), endpoint));
    }

    /// A question that may fail for a while.
    interface Question<T> {

        T ask() throws IOException;
    }

    private <T> T attempt(HubName name, Question<T> question) {
        for (int failures = 1; ; failures++) {
            try {
                return question.ask();
            } catch (IOException e) {
                failed(name, failures, e);
            }
        }
    }

    /// Waits before the next attempt.
    ///
    /// @param failures in a row
    /// @throws BadInputException where there is to be none
    void failed(HubName name, int failures, IOException reason) {
        if (failures >= patience.attempts() || isHopeless(reason)) {
            throw new BadInputException(
                    "cannot fetch %s from %s (%s); check the network and try again: what is here already is not fetched twice. Without a network, give a file or folder with --model."
                            .formatted(name, endpoint, said(reason)),
                    reason);
        }
        Duration asked = reason instanceof Transient busy ? busy.pause() : Duration.ZERO;
        try {
            Thread.sleep(patience.after(failures, asked));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// A host that has no address will have none in a second.
    private static boolean isHopeless(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    private static String said(IOException failure) {
        if (isHopeless(failure)) {
            return "no such host, or no network";
        }
        @Nullable String message = failure.getMessage();
        String kind = failure instanceof ConnectException
                ? "no connection"
                : failure.getClass().getSimpleName();
        return message == null || message.isBlank() ? kind : message.replaceAll("\\s+", " ");
    }

    private static BadInputException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new BadInputException("the download was interrupted; run it again, and it goes on where it stopped.", e);
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

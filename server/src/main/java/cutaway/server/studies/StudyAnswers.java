package cutaway.server.studies;

import cutaway.server.api.Json;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.job.Job;
import cutaway.server.job.Jobs;
import cutaway.studies.Card;
import cutaway.studies.Size;
import cutaway.studies.Studies;
import cutaway.studies.Study;
import cutaway.studies.StudyResult;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The routes of the studies: all of them with their cards, and the last result of each.
public final class StudyAnswers {

    private final Optional<Path> documents;
    private final Jobs jobs;

    /// @param documents where the results of the usual size lie, `ID.json`; empty where Cutaway runs without its
    ///     documents
    public StudyAnswers(Optional<Path> documents, Jobs jobs) {
        this.documents = documents;
        this.jobs = jobs;
    }

    /// A study, with what came of it last.
    ///
    /// @param verdict of the result that is kept, in words; empty where there is none
    /// @param size of that run
    /// @param date of that run
    /// @param quick the newest job that ran its quick form here; empty where there is none
    /// @param parameters of its quick form
    public record StudyEntry(
            Card card, String verdict, String size, String date, String quick, List<QuickParameter> parameters) {}

    /// @param meaning in a few words, with its unit
    /// @param value in the quick form
    public record QuickParameter(String name, String meaning, double value) {}

    public record StudyList(List<StudyEntry> studies) {}

    public List<Route<?, ?>> routes() {
        return List.of(
                Route.get(
                        "/api/studies",
                        "All studies, with what came of them last.",
                        StudyList.class,
                        at -> new StudyList(
                                Studies.ALL.stream().map(this::entry).toList())),
                Route.kept(
                        "/api/studies/{id}/result",
                        "The result of a study that is kept with the documents.",
                        StudyResult.class,
                        at -> result(named(at.part("id")))
                                .orElseThrow(() ->
                                        new Refusal(404, "no result of this study is kept; run its quick form."))));
    }

    private static Study named(String id) {
        try {
            return Studies.named(id);
        } catch (BadInputException e) {
            throw new Refusal(404, String.valueOf(e.getMessage()));
        }
    }

    private StudyEntry entry(Study study) {
        JsonNode kept = result(study).map(StudyAnswers::tree).orElse(Json.MAPPER.createObjectNode());
        return new StudyEntry(
                study.card(),
                kept.path("verdict").asString(""),
                kept.path("size").asString(""),
                kept.path("date").asString(""),
                jobs.all().stream()
                        .filter(job -> job.kind().equals(StudyWork.KIND.name()))
                        .filter(job -> job.asked()
                                .path("study")
                                .asString("")
                                .equals(study.card().id()))
                        .map(Job::id)
                        .findFirst()
                        .orElse(""),
                study.parameters().stream()
                        .map(parameter -> new QuickParameter(
                                parameter.name(),
                                parameter.meaning(),
                                Objects.requireNonNull(parameter.values().get(Size.QUICK))))
                        .toList());
    }

    private Optional<String> result(Study study) {
        Optional<Path> file = documents
                .map(folder -> folder.resolve(study.card().id() + ".json"))
                .filter(Files::isRegularFile);
        try {
            return file.isEmpty() ? Optional.empty() : Optional.of(Files.readString(file.get()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static JsonNode tree(String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (JacksonException e) {
            return Json.MAPPER.createObjectNode();
        }
    }
}

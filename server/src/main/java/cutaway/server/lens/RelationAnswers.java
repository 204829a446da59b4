package cutaway.server.lens;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Prompts;
import cutaway.interp.relations.StoredRelation;
import cutaway.interp.relations.StoredRelation.Likely;
import cutaway.model.Model;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Route;
import cutaway.server.model.OpenModel;
import cutaway.server.model.Reading;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What each stored relation reads at a token, were it a subject (attribute lens). Relations are the files in
/// `relations/` of the workbench's folder, which is made where it is missing, looked up at each question: one that is
/// written is there at once.
public final class RelationAnswers {

    private static final int TOP = 3;

    private final KeptFiles kept;
    private final Reading reading;

    /// @param home the workbench's folder
    public RelationAnswers(Path home, Reading reading) {
        this.kept = new KeptFiles(home.resolve("relations"));
        this.reading = reading;
    }

    /// @param model its name; empty for the usual one
    /// @param position of the token
    public record RelationsAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String prompt,
            @JsonProperty(required = true) int position) {}

    /// What one relation reads.
    ///
    /// @param layer the block after which the token is read
    /// @param faithfulness share of held-out facts on which the relation gives the model's token
    /// @param objects the likeliest, were the token its subject
    public record ObjectsRead(String relation, int layer, double faithfulness, List<Likely> objects) {}

    /// @param folder where relations are looked for
    /// @param relations of this model's sizes, by the name of their file
    /// @param leftOut why others were not read
    public record RelationsRead(
            ModelFacts model, String folder, String token, List<ObjectsRead> relations, List<String> leftOut) {}

    public List<Route<?, ?>> routes() {
        return List.of(Route.post(
                "/api/relations",
                "What each stored relation reads at a token of a prompt, were it the relation's subject.",
                RelationsAsked.class,
                RelationsRead.class,
                (asked, at) -> read(asked)));
    }

    private RelationsRead read(RelationsAsked asked) {
        return reading.text(asked.model, asked.prompt, model -> read(model, asked));
    }

    private RelationsRead read(OpenModel open, RelationsAsked asked) {
        Model model = open.model();
        int[] ids = KeptFiles.ids(model, asked.prompt, asked.position);
        List<ObjectsRead> relations = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (Path file : kept.all()) {
            try {
                StoredRelation stored = StoredRelation.read(file);
                relations.add(new ObjectsRead(
                        stored.about().name(),
                        stored.about().layer(),
                        stored.about().faithfulness(),
                        stored.objects(model, ids, TOP).get(asked.position)));
            } catch (BadInputException e) {
                leftOut.add(String.valueOf(e.getMessage()));
            }
        }
        return new RelationsRead(
                open.facts(),
                kept.folder().toString(),
                Prompts.tokens(model, ids).get(asked.position).text(),
                relations,
                leftOut);
    }
}

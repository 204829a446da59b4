package cutaway.server.lab;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.codes.Capacity;
import cutaway.interp.codes.MlpWeights;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Route;
import cutaway.server.model.Reading;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How many features a layer's neurons can compute.
public final class CapacityAnswers {

    private final Reading reading;

    public CapacityAnswers(Reading reading) {
        this.reading = reading;
    }

    /// @param model its name; empty for the usual one
    public record CapacityAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) int layer) {}

    /// @param capacity orders of growth, constants left out
    /// @param text the same in a sentence
    public record LayerCapacity(int layer, Capacity capacity, String text) {}

    public List<Route<?, ?>> routes() {
        return List.of(Route.post(
                "/api/capacity",
                "How many features the neurons of a layer's MLP can compute, as an order of growth.",
                CapacityAsked.class,
                LayerCapacity.class,
                (asked, at) -> reading.model(asked.model, open -> {
                    Capacity capacity = Capacity.of(new MlpWeights(open.model(), asked.layer).neurons());
                    return new LayerCapacity(asked.layer, capacity, capacity.text());
                })));
    }
}

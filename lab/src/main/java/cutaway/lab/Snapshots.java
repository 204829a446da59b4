package cutaway.lab;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// After which steps parameters are kept, to look at a training as it went. 0 is the start.
///
/// @param steps named ones
/// @param spaced how many more, evenly spaced on a logarithmic axis from 1 to the last step, beside the start; 0: none
public record Snapshots(
        @JsonProperty(value = "steps", required = true) List<Long> steps,
        @JsonProperty(value = "spaced", required = true) int spaced) {

    public static final Snapshots NONE = new Snapshots(List.of(), 0);

    public Snapshots {
        steps = List.copyOf(new TreeSet<>(steps));
        if (spaced < 0 || steps.stream().anyMatch(step -> step < 0)) {
            throw new BadInputException("snapshots after the steps " + steps + " and " + spaced
                    + " spaced ones; expected steps from 0 on, and no number below 0.");
        }
    }

    /// @param last the last step
    /// @throws BadInputException when a named step is beyond it
    SortedSet<Long> of(long last) {
        SortedSet<Long> all = new TreeSet<>(steps);
        if (!all.isEmpty() && all.last() > last) {
            throw new BadInputException(
                    "a snapshot after step " + all.last() + " of a training of " + last + "; name steps up to there.");
        }
        if (spaced > 0) {
            all.add(0L);
        }
        for (int i = 0; i < spaced; i++) {
            all.add(spaced == 1 ? last : Math.round(Math.pow(last, (double) i / (spaced - 1))));
        }
        return all;
    }
}

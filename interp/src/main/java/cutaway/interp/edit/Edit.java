package cutaway.interp.edit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What to do at a site while the model runs. A value: it serialises to JSON and back.
///
///     {"op": "zero", "site": "blocks.3.attn.hook_z[5]"}
///     {"op": "patch", "site": "blocks.8.hook_resid_pre", "pos": [9], "from": {"prompt": "…"}}
///
/// `pos` may be left out: every position. Edits at one site apply in the order of their list.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "op")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Edit.Replace.class, name = "replace"),
    @JsonSubTypes.Type(value = Edit.Add.class, name = "add"),
    @JsonSubTypes.Type(value = Edit.Scale.class, name = "scale"),
    @JsonSubTypes.Type(value = Edit.Zero.class, name = "zero"),
    @JsonSubTypes.Type(value = Edit.Mean.class, name = "mean"),
    @JsonSubTypes.Type(value = Edit.Patch.class, name = "patch"),
    @JsonSubTypes.Type(value = Edit.ProjectOut.class, name = "project_out"),
    @JsonSubTypes.Type(value = Edit.Knockout.class, name = "knockout")
})
public sealed interface Edit {

    Site site();

    Positions pos();

    /// The other runs that it takes values from.
    default List<Source> runs() {
        return List.of();
    }

    /// Puts values in place of what the model computed.
    record Replace(
            @JsonProperty(value = "site", required = true) Site site,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("pos")
            Positions pos,

            @JsonProperty(value = "values", required = true) Values values)
            implements Edit {
        public Replace {
            pos = orAll(pos, site, values);
        }
    }

    /// Adds values to what the model computed.
    record Add(
            @JsonProperty(value = "site", required = true) Site site,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("pos")
            Positions pos,

            @JsonProperty(value = "values", required = true) Values values)
            implements Edit {
        public Add {
            pos = orAll(pos, site, values);
        }
    }

    /// Multiplies by a factor.
    record Scale(
            @JsonProperty(value = "site", required = true) Site site,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("pos")
            Positions pos,

            @JsonProperty(value = "factor", required = true) double factor)
            implements Edit {
        public Scale {
            pos = orAll(pos, site);
        }
    }

    /// Puts zero in place.
    record Zero(
            @JsonProperty(value = "site", required = true) Site site,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("pos")
            Positions pos)
            implements Edit {
        public Zero {
            pos = orAll(pos, site);
        }
    }

    /// Puts the mean over all positions of some runs in place.
    ///
    /// @param over the runs; empty for the unedited run of this same prompt
    record Mean(
            @JsonProperty(value = "site", required = true) Site site,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("pos")
            Positions pos,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("over")
            List<Source> over)
            implements Edit {
        public Mean {
            pos = orAll(pos, site);
            if (over != null && over.stream().anyMatch(Objects::isNull)) {
                throw new BadInputException("a mean's runs have a gap; give a prompt or ids for each.");
            }
            over = over == null ? List.of() : List.copyOf(over);
        }

        @Override
        public List<Source> runs() {
            return over;
        }
    }

    /// Puts in place what another run has at the same site and positions.
    record Patch(
            @JsonProperty(value = "site", required = true) Site site,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("pos")
            Positions pos,

            @JsonProperty(value = "from", required = true) Source from)
            implements Edit {
        public Patch {
            pos = orAll(pos, site, from);
        }

        @Override
        public List<Source> runs() {
            return List.of(from);
        }
    }

    /// Removes the component along a direction: `x - (x . d) d / (d . d)`.
    ///
    /// @param direction `[width]`
    record ProjectOut(
            @JsonProperty(value = "site", required = true) Site site,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("pos")
            Positions pos,

            @JsonProperty(value = "direction", required = true)
            Values direction)
            implements Edit {
        public ProjectOut {
            pos = orAll(pos, site, direction);
        }
    }

    /// Puts in place what a function makes of what the model computed.
    ///
    /// Of the library alone: it holds code, so it has no form in JSON.
    ///
    /// @param site whole: no head or neuron alone, and not attention's scores or pattern
    /// @param map of what stands there, all heads of a position in one row
    record Apply(Site site, Positions pos, RowMap map) implements Edit {
        public Apply {
            pos = orAll(pos, site, map);
            if (site.onlyHead().isPresent()
                    || site.onlyNeuron().isPresent()
                    || site.point().kind().axes() == Axes.PAIR) {
                throw new BadInputException("a function is applied to all that stands at a position, such as"
                        + " blocks.3.hook_resid_post; " + site.text() + " is a part, or of pairs of positions.");
            }
        }

        @JsonValue
        String json() {
            throw new BadInputException(
                    "an edit that applies a function has no form in JSON; write what it puts in place with replace.");
        }
    }

    /// Hides keys from queries (attention knockout; Geva et al. 2023, arXiv:2304.14767, section 4.1): their scores
    /// become -inf, and attention goes to the keys that are left.
    ///
    /// @param site attention scores, of a block or a head
    /// @param pos the queries
    /// @param keys the positions that these must not look at
    record Knockout(
            @JsonProperty(value = "site", required = true) Site site,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("pos")
            Positions pos,

            @JsonProperty(value = "keys", required = true) Positions keys)
            implements Edit {
        public Knockout {
            pos = orAll(pos, site, keys);
            if (site.point().kind() != Kind.SCORES) {
                throw new BadInputException("a knockout hides keys in attention scores, such as"
                        + " blocks.3.attn.hook_attn_scores[5]; " + site.text() + " holds none.");
            }
            if (keys.isAll()) {
                throw new BadInputException(
                        "a knockout of every key leaves a query nothing to look at; name the keys to hide.");
            }
        }
    }

    private static Positions orAll(@Nullable Positions pos, @Nullable Object... needed) {
        for (Object field : needed) {
            if (field == null) {
                throw new BadInputException("an edit's field is null; give a site, or values, a run or a direction.");
            }
        }
        return pos == null ? Positions.ALL : pos;
    }
}

package cutaway.interp.circuit;

import cutaway.interp.basis.Basis;
import cutaway.interp.basis.ErrorPart;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a sparse autoencoder does not say of a site, or a part of it: an error node (Marks et al. 2024,
/// arXiv:2403.19647; its parts, Engels et al. 2024, arXiv:2410.14670).
///
/// Where it is outside of a circuit, its value is the contrast's, and what the autoencoder says stays the run's:
///
///     x' = x - e(x) + e(contrast)
///
/// with x as the edited run has it there. Two runs' difference would count twice what other nodes outside of the
/// circuit have taken out of x already.
public record SaeError(ErrorTerm term) implements Component {

    /// @throws BadInputException when the dictionary writes another site than it reads, or several
    public SaeError {
        Basis basis = term.basis();
        if (!basis.isAutoencoder()) {
            throw new BadInputException(
                    "%s reads %s and writes %s, so the error there is no function of what stands there; give a sparse autoencoder, which writes the one site that it reads."
                            .formatted(basis.name(), basis.inputs().getFirst().text(), basis.place()));
        }
    }

    @Override
    public int layer() {
        return site().point().layer();
    }

    @Override
    public Site site() {
        return term.basis().outputs().getFirst();
    }

    @Override
    public String name() {
        return term.name();
    }

    /// As nodes beside each other.
    ///
    /// @throws BadInputException when one is a part of another, or two dictionaries are of one site
    static List<SaeError> apart(List<SaeError> errors) {
        Map<Site, Basis> taken = new HashMap<>();
        Map<Basis, Set<ErrorPart>> parts = new HashMap<>();
        for (SaeError error : errors) {
            Basis basis = error.term.basis();
            Basis other = taken.putIfAbsent(error.site(), basis);
            if (other != null && !other.equals(basis)) {
                throw new BadInputException(
                        "%s and %s are both of %s, and the error of one would be changed by the other; give one of them."
                                .formatted(
                                        other.name(), basis.name(), error.site().text()));
            }
            Set<ErrorPart> own = parts.computeIfAbsent(basis, _ -> new HashSet<>());
            own.add(error.term.part());
            if (own.contains(ErrorPart.WHOLE) && own.size() > 1) {
                throw new BadInputException(
                        "sae.error of %s holds its two parts; give it alone, or the parts.".formatted(basis.name()));
            }
        }
        return errors.stream().distinct().toList();
    }
}

package cutaway.studies;

import cutaway.studies.additionhelix.AdditionHelix;
import cutaway.studies.archetypalsae.ArchetypalSae;
import cutaway.studies.combinatorialinterp.CombinatorialInterp;
import cutaway.studies.grouptesting.GroupTesting;
import cutaway.studies.harmonicloss.HarmonicLoss;
import cutaway.studies.iclrgraphs.IclrGraphs;
import cutaway.studies.lrerelations.LreRelations;
import cutaway.studies.noise2self.Noise2Self;
import cutaway.studies.othello.OthelloEmergent;
import cutaway.studies.othello.OthelloLinear;
import cutaway.studies.saedarkmatter.SaeDarkMatter;
import cutaway.studies.superpositioncompute.SuperpositionCompute;
import cutaway.studies.toysuperposition.ToySuperposition;
import cutaway.tensor.BadInputException;
import java.util.List;

/// All studies.
public final class Studies {

    public static final List<Study> ALL = List.of(
            new AdditionHelix(),
            new ArchetypalSae(),
            new CombinatorialInterp(),
            new GroupTesting(),
            new HarmonicLoss(),
            new IclrGraphs(),
            new LreRelations(),
            new Noise2Self(),
            new OthelloEmergent(),
            new OthelloLinear(),
            new SaeDarkMatter(),
            new SuperpositionCompute(),
            new ToySuperposition());

    private Studies() {}

    /// @throws BadInputException naming those that there are, when there is none of this name
    public static Study named(String id) {
        return ALL.stream()
                .filter(study -> study.card().id().equals(id))
                .findFirst()
                .orElseThrow(() -> new BadInputException("there is no study \"" + id + "\"; there are: "
                        + String.join(
                                ", ",
                                ALL.stream().map(study -> study.card().id()).toList())
                        + "."));
    }
}

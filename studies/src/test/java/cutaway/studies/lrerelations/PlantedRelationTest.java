package cutaway.studies.lrerelations;

import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.run.Jacobian.Expansion;
import cutaway.studies.lrerelations.PlantedRelation.Found;
import org.junit.jupiter.api.Test;

class PlantedRelationTest {

    @Test
    void anAffineRelationIsFoundAndAnExclusiveOrIsNot() {
        for (long seed = 0; seed < 3; seed++) {
            Found found = PlantedRelation.of(seed);
            assertTrue(found.cosine() >= 0.95, found.toString());
            assertTrue(found.affine() >= 0.8, found.toString());
            assertTrue(found.exclusive() <= 0.7, found.toString());
        }
    }

    /// The Jacobian turned on its side: the study's instrument bars are missed.
    @Test
    void aJacobianOnItsSideMissesTheBars() {
        Found broken = PlantedRelation.of(
                0,
                one -> new Expansion(
                        one.layer(), one.state(), one.end(), one.jacobian().transpose(0, 1)));
        assertTrue(broken.cosine() < 0.95, broken.toString());
        assertTrue(broken.affine() < 0.8, broken.toString());
    }
}

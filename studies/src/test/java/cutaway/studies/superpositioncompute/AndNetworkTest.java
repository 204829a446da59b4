package cutaway.studies.superpositioncompute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.studies.Findings;
import cutaway.studies.Size;
import cutaway.studies.StudyRun;
import cutaway.studies.Verdict;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AndNetworkTest {

    private static double error(int neurons, AndNetwork.Codes codes) {
        try (AndNetwork network = AndNetwork.of(200, neurons, codes, 1)) {
            return network.error(400, new Random(2).generator());
        }
    }

    @Test
    void enoughNeuronsComputeEveryAndAndTooFewDoNot() {
        assertEquals(0, error(4000, AndNetwork.Codes.OF_OUTPUTS));
        assertTrue(error(60, AndNetwork.Codes.OF_OUTPUTS) > 0.5);
    }

    /// Codes of inputs cannot tell which of two ANDs an input is set for, however many neurons there are.
    @Test
    void withoutAChannelForEachOutputManyNeuronsAreOfNoUse() {
        assertTrue(error(4000, AndNetwork.Codes.OF_INPUTS) > 0.2);
    }

    /// Of an output's inputs: a neuron of its code has 1 where both are set, 0 where one is, up to what the
    /// compression of 4,000 neurons adds.
    @Test
    void aNeuronOfACodeIsOneWhereBothInputsAreSet() {
        try (AndNetwork network = AndNetwork.of(20, 4000, AndNetwork.Codes.OF_OUTPUTS, 3);
                Scope _ = Scope.open()) {
            Tensor hidden = network.hidden(new int[][] {network.pair(5)});
            for (int neuron : network.code(5)) {
                assertEquals(1, hidden.toDoubles()[neuron], 0.2);
            }
        }
    }

    @Test
    void theStudyRunsInSecondsAndItsInstrumentWorks() {
        SuperpositionCompute study = new SuperpositionCompute();
        Findings found = study.run(new StudyRun(study, Size.QUICK, 1, Map.of("most", 800.0), StudyRun.Host.QUIET));
        assertTrue(found.verdict() != Verdict.INSTRUMENT_FAILED, found.bars().toString());
    }
}

package cutaway.server.ledger;

import cutaway.interp.evidence.Claim;
import cutaway.server.api.Refusal;
import cutaway.server.model.OpenModels;

/// The model that a claim is about.
final class ClaimModels {

    private ClaimModels() {}

    /// @throws Refusal when the model of this name is another one now
    static OpenModels.Lease use(OpenModels models, Claim claim) {
        OpenModels.Lease lease = models.use(claim.model().name());
        if (!lease.model().facts().sha256().equals(claim.model().sha256())) {
            lease.close();
            throw new Refusal(
                    409,
                    "the weights of " + claim.model().name()
                            + " are not those that the claim was found on; it cannot be tested on others.");
        }
        return lease;
    }
}

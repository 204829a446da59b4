package cutaway.server.mcp;

import cutaway.server.mcp.Offer.Changes;
import java.util.List;

/// All tools.
final class Offers {

    private Offers() {}

    /// What an agent is told before it calls anything.
    static final String INSTRUCTIONS = """
        Cutaway takes a transformer's prediction apart. A way to investigate: `about` (which models) -> `look` (what comes \
        next; token ids) -> `explain` (which components matter, with the edits that show it) or `sweep` (all heads, MLPs or \
        positions of a pair of prompts) -> `effect` (one intervention, beside controls) -> `ledger_record`, \
        `ledger_control`, `ledger_scope`, `ledger_held_out`, `ledger_support`. The features_ tools ask dictionaries of features.
        Logits, margins and log probabilities are in nats; positions, layers, heads and neurons count from 0. An effect is \
        told from chance only where `told` is true: larger than every random change as large at the same place. A claim is \
        only supported once the ledger says so; until then call it suggested and name what is missing. One prompt says \
        nothing of others. Each result has a receipt: quote its sha256 with any number that you report.\
        """;

    private static final String EDITS = """
         Edits: {"op": "zero", "site": S, "pos": [P]}, "mean" (the mean over positions of this run, or of "over": runs), \
        "scale" ("factor"), "patch" ("from": {"prompt": ...}, the value of another run with as many tokens), "add" and \
        "replace" ("values"), "project_out" ("direction"), "knockout" ("keys": positions hidden from the queries "pos"). \
        Sites: blocks.L.attn.hook_z[H] (a head), blocks.L.hook_mlp_out, blocks.L.hook_attn_out, blocks.L.hook_resid_pre, \
        blocks.L.mlp.hook_post[N] (a neuron), blocks.L.attn.hook_attn_scores[H] (for knockout). Without "pos": at all \
        positions. Metrics, read at the last position: {"metric": "logit_difference", "answer": ID, "rival": ID}, "logit" \
        ("token"), "log_probability" ("token"), "probability" ("token"), "divergence" (KL from the unedited run), "loss". \
        Token ids: from look or tokens.\
        """;

    private static final String JOB = """
                 It is a job: it is waited for as long as `wait` says, with progress where that was asked for; after that, the tool \
                job has it. A call that is cancelled stops its job, unless another asked for the same. A question that was answered \
        before is answered at once.\
        """;

    /// Of these a workbench offers those whose route it has.
    static final List<Offer> ALL = List.of(
            new Offer(
                    "about",
                    "What this workbench is",
                    "GET /api/about",
                    Changes.NOTHING,
                    "The version, and the models that can be named; the usual one is meant where none is named. Call"
                            + " it first."),
            new Offer(
                    "tokens",
                    "Tokens of a text",
                    "POST /api/tokens",
                    Changes.NOTHING,
                    "The tokens that a model makes of a text, each with position and id. Use it to find the id of an"
                        + " answer (write its leading space: \" Paris\") and to see whether two prompts have as many"
                        + " tokens."),
            new Offer(
                    "look",
                    "First look at a prompt",
                    "POST /api/look",
                    Changes.NOTHING,
                    "What one run tells: tokens, the most probable next tokens (probability; logit in nats), and the"
                        + " logit lens: look.top[layer][pos] is the most probable token read off the residual stream"
                        + " there, the last row is the model's output. A reading, not an intervention: it shows where"
                        + " an answer can be read, not what causes it; nothing is controlled."),
            new Offer(
                    "effect",
                    "Effect of an intervention",
                    "POST /api/effect",
                    Changes.NOTHING,
                    "What edits do to a metric in one run: baseline, edited and effect = edited - baseline, in the"
                        + " metric's unit (nats; a share for probability). controls: what random changes as large at"
                        + " the same place do (control says which, in words); threshold is the largest of them in"
                        + " size; told is whether the effect is larger. before and after: next tokens without and with"
                        + " the edits. It says nothing of other prompts, and an ablation shows what is needed, not"
                        + " what is enough." + EDITS),
            new Offer(
                    "explain",
                    "Explain a prediction",
                    "POST /api/jobs/explain",
                    Changes.ADDS,
                    "Takes one prediction apart (10 to 60 s): answer and rival with their margin (nats), the contrast"
                        + " that it is set against, and circuit: the smallest set of heads (L8H0: layer 8, head 0) and"
                        + " MLPs that suffices, needed = share of the margin lost without the member, beside placebos."
                        + " More parts: lens, patching (recovered share by layer and position: 0 as on the contrast, 1"
                        + " as on the prompt; threshold is chance), attribution (direct and by ablation), kinds and"
                        + " patterns of heads. repeat has edits that effect takes. One prompt: it says nothing of"
                        + " others." + JOB),
            new Offer(
                    "sweep",
                    "Sweep over heads, MLPs or positions",
                    "POST /api/jobs/sweep",
                    Changes.ADDS,
                    "Asks many sites what they do on pairs of prompts, and shows the strongest. Use it where you do"
                        + " not know yet where to look. pairs is text: one {\"prompt\": ..., \"contrast\": ...,"
                        + " \"answer\": \" Paris\", \"against\": \" Rome\"} a line, prompts of a pair with as many"
                        + " tokens; at most 50. method ablate (ablation mean or zero: what is needed; usual sites:"
                        + " every head and MLP) or patch (direction denoise: what brings the answer back; noise: what"
                        + " takes it away; usual sites: the residual stream at each position, every head). sites:"
                        + " head_z, mlp_out, attn_out, resid_pre, head_z[20..29.*], mlp_out[3]@last, joined by commas;"
                        + " positions: all, each, last, 3..5. metric: margin (logit of answer less that of against,"
                        + " nats), logit, logprob, prob, kl, loss. Each row: effect (mean over pairs, in the metric's"
                        + " unit), p corrected for all questions and an interval (with several pairs), recovered"
                        + " (share, 1 for all), and control: the same edit on one pair beside random changes as large;"
                        + " its base, edits and metric can be given to effect and ledger_record. The strongest of many"
                        + " are flattered by the choice: test them on held-out prompts." + JOB),
            new Offer(
                    "features_list",
                    "Dictionaries of features",
                    "GET /api/dictionaries",
                    Changes.NOTHING,
                    "The dictionaries (sparse autoencoders, transcoders) that can be named, with their feature pages."
                            + " Call it before the other features_ tools: they take a dictionary by its name here."),
            new Offer(
                    "features_active",
                    "Features on a prompt",
                    "POST /api/features/active",
                    Changes.NOTHING,
                    "The features that add most on a prompt. rows: activation (the code), norm of what it adds,"
                        + " effect: change of log p(answer) in nats when its code is 0 at that position, placebo: the"
                        + " same with one random direction as long in its place. An effect no larger than its placebo"
                        + " is not told from chance. unread: positions that the dictionary is asked nothing of."
                        + " machine is a label that a program made: a hint, not a finding."),
            new Offer(
                    "features_find",
                    "Search features by text",
                    "POST /api/features/find",
                    Changes.NOTHING,
                    "Features of a dictionary whose label, top tokens or examples have a text; looked says where was"
                            + " looked, so that finding nothing is no proof that there is none."),
            new Offer(
                    "features_page",
                    "A feature's page",
                    "POST /api/features/page",
                    Changes.NOTHING,
                    "What is known of one feature: its direction's largest logits, examples on each corpus, and an"
                            + " illusion score where there are two. Labels by a person and by a machine stand apart."),
            new Offer(
                    "features_make_pages",
                    "Make a dictionary's feature pages",
                    "POST /api/jobs/pages",
                    Changes.ADDS,
                    "Runs a text (at most 200,000 characters) through the model and makes a page for every feature of a"
                            + " dictionary: examples, how often it fires, what fires with it. Minutes; do it once a"
                            + " corpus, for two corpora to have an illusion score. pages is their name." + JOB),
            new Offer(
                    "features_steer",
                    "Remove, scale or add a feature",
                    "POST /api/features/steer",
                    Changes.NOTHING,
                    "What changing one feature's code on a prompt does to log p(answer), in nats: effect = steered -"
                            + " baseline, beside controls (random changes as large); told is whether it is larger than"
                            + " each of them. steer: REMOVE (to 0), SCALE (times by) or ADD (plus by, in the unit of"
                            + " codes)."),
            new Offer(
                    "job",
                    "A job and its result",
                    "GET /api/jobs/{id}",
                    Changes.NOTHING,
                    "Waits for a job and shows what came of it; with wait 0, how far it is. Give parts for what the"
                            + " first answer did not show."),
            new Offer(
                    "jobs",
                    "All jobs",
                    "GET /api/jobs",
                    Changes.NOTHING,
                    "All jobs, the newest first, with their questions and states."),
            new Offer(
                    "job_cancel",
                    "Cancel a job",
                    "DELETE /api/jobs/{id}",
                    Changes.TAKES_AWAY,
                    "Stops a job at the next place where it can be stopped; one that has come to its end stays as it"
                            + " is."),
            new Offer(
                    "ledger_list",
                    "Claims in the ledger",
                    "GET /api/claims",
                    Changes.NOTHING,
                    "All claims with what was measured of each; standing.status is SUPPORTED, SUGGESTED"
                            + " (standing.missing names the parts that it lacks) or CONTRADICTED (standing.against)."),
            new Offer(
                    "ledger_record",
                    "Record a claim",
                    "POST /api/claims",
                    Changes.ADDS,
                    "Records a claim in words (says) with the intervention that shows it; the effect is measured here,"
                        + " never taken from you, and with it its controls (how many, and the seed that effect was"
                        + " asked with). It begins as suggested: go on with ledger_control where it has none,"
                        + " ledger_scope and ledger_held_out. inContrast: whether the contrast is edited, and not the"
                        + " prompt."
                            + EDITS),
            new Offer(
                    "ledger_control",
                    "Control of a claim",
                    "POST /api/claims/{id}/control",
                    Changes.ADDS,
                    "Measures random changes as large in the place of a claim's edits, one a seed (usually 8, at most"
                            + " 64); a claim whose effect is not larger than all of them is contradicted."),
            new Offer(
                    "ledger_scope",
                    "Scope of a claim",
                    "POST /api/claims/{id}/scope",
                    Changes.ADDS,
                    "Says in words where a claim is meant to hold: which prompts, which model."),
            new Offer(
                    "ledger_held_out",
                    "Held-out test of a claim",
                    "POST /api/jobs/held-out",
                    Changes.ADDS,
                    "Measures a claim (its id) on prompts that had no part in finding it, with controls on each and a"
                            + " 95 % interval over prompts. pairs is text: one {\"prompt\": ..., \"contrast\": ...,"
                            + " \"answer\": \" Paris\", \"against\": \" Rome\"} a line, prompts of a pair with as many"
                            + " tokens; at most 200."
                            + JOB),
            new Offer(
                    "ledger_support",
                    "Call a claim supported",
                    "POST /api/claims/{id}/support",
                    Changes.ADDS,
                    "Calls a claim supported; refused, with the parts that are missing, unless it has an intervention,"
                            + " a control that it exceeds, held-out data with an interval, seeds and a scope."),
            new Offer(
                    "ledger_report",
                    "Report of the ledger",
                    "GET /api/ledger",
                    Changes.NOTHING,
                    "All claims as a report in Markdown, and a shell script that measures each again."));
}

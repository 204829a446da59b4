/// The kinds of attention heads: what each head of a model does in general, measured on random tokens, on its
/// weights and
/// on prompts of its own, never on the one prompt that is being explained.
///
/// [cutaway.interp.heads.HeadKinds] is the record; [cutaway.interp.heads.HeadScores] makes one. Read them
/// first, then [cutaway.interp.heads.AttentionScores] for what is read off patterns and
/// [cutaway.interp.heads.CopyScores] for what is read off weights. [cutaway.interp.heads.HeadParity] and
/// [cutaway.interp.heads.HeadWrites] are of sequences and directions that are given, such as games and probes
/// of their boards.
///
/// Queries and keys on one map are apart from that: [cutaway.interp.heads.HeadTexts] reads them over many
/// texts, [cutaway.interp.heads.JointScaling] makes distance tell the score,
/// [cutaway.interp.heads.JointCloud] lays them out.
@NullMarked
package cutaway.interp.heads;

import org.jspecify.annotations.NullMarked;

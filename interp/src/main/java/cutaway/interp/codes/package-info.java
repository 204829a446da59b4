/// Sign codes: what a layer computes, read from the signs of its weights alone, without an activation (Adler,
/// Alistarh and Shavit 2025, arXiv:2504.08842).
///
/// Inputs that are used together have a plus on the same neurons, their *code*. Read [cutaway.interp.codes.SignCodes]
/// first.
@NullMarked
package cutaway.interp.codes;

import org.jspecify.annotations.NullMarked;

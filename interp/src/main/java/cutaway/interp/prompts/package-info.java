/// Prompts to ask one question of many times: pairs of a prompt and one to set it against, from a file or from a
/// template with fills. Read [cutaway.interp.prompts.PromptPair] first.
@NullMarked
package cutaway.interp.prompts;

import org.jspecify.annotations.NullMarked;

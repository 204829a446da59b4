/// Conversations turned into the exact text a model was trained on, by the Jinja template that its makers ship.
///
/// Read [cutaway.model.chat.ChatTemplate] first; then, in the order a template travels, `Lexer`, `Parser`,
/// `Renderer` and `Evaluator`. `Value` is what a template may hold, and `Budget` what it may spend: templates come
/// from strangers, so they reach no Java object and no file, and end in bounded time and memory.
@NullMarked
package cutaway.model.chat;

import org.jspecify.annotations.NullMarked;

/// The routes and the page over HTTP: who may ask, how much, and how a fault is told.
///
/// [cutaway.server.http.HttpServer] listens; [cutaway.server.http.Guard] decides who may ask.
@NullMarked
package cutaway.server.http;

import org.jspecify.annotations.NullMarked;

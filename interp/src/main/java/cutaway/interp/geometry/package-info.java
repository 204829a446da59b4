/// Shapes that activations make: curves that labels lie on, how two spaces lie to each other, and graphs that
/// states are smooth on. Each measure comes with what it would be by chance, or with rivals that must lose.
///
/// Read [cutaway.interp.geometry.ManifoldFit] and [cutaway.interp.geometry.FitScores] for curves,
/// [cutaway.interp.geometry.DirichletEnergy] for graphs, [cutaway.interp.geometry.Umap] for maps that keep
/// neighbours.
@NullMarked
package cutaway.interp.geometry;

import org.jspecify.annotations.NullMarked;

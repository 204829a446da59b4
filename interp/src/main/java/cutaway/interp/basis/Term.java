package cutaway.interp.basis;

/// One of what stands together at the output sites of a basis: what a latent adds, or the error or a part of it.
public sealed interface Term permits Latent, ErrorTerm {

    Basis basis();
}

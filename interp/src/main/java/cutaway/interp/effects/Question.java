package cutaway.interp.effects;

import org.jspecify.annotations.Nullable;

/// What is asked, without the pair and the answer: rows of several pairs that ask the same have it in common. Its parts
/// are those of an [Effect].
///
/// @param position null where the role says it, or all are meant
public record Question(
        String site,
        @Nullable Integer layer,
        @Nullable Integer head,
        @Nullable Integer neuron,
        @Nullable String dictionary,
        @Nullable Integer feature,
        @Nullable Integer position,
        @Nullable Integer lastPosition,
        @Nullable String role,
        @Nullable String receiver,
        @Nullable Integer receiverLayer,
        @Nullable Integer receiverHead) {

    /// In a few words, much as it is asked: `head_z[25.4]@9`, `mlp_out[3]@subject`, `head_z[3.1] → head_q[25.4]`,
    /// `feature[resid-12:7]@4`, `sae.error.linear[resid-12]`.
    public String text() {
        String told = receiver == null ? "" : " → " + numbered(receiver, receiverLayer, receiverHead);
        return what() + at() + told;
    }

    private String what() {
        return dictionary == null
                ? numbered(site, layer, head == null ? neuron : head)
                : site + "[" + dictionary + (feature == null ? "" : ":" + feature) + "]";
    }

    private String at() {
        if (role != null) {
            return "@" + role;
        }
        return position == null ? "" : "@" + position + (lastPosition == null ? "" : ".." + lastPosition);
    }

    private static String numbered(String name, @Nullable Integer layer, @Nullable Integer part) {
        return layer == null ? name : name + "[" + layer + (part == null ? "" : "." + part) + "]";
    }
}

package cutaway.cli.report;

import cutaway.interp.circuit.Component;
import java.util.Locale;
import java.util.Set;

/// Heads and MLPs as a picture: layers downwards, heads and the MLP across; only layers that hold a member.
final class ComponentGrid {

    private ComponentGrid() {}

    /// @param layers of the model
    /// @param heads of each
    static void add(Lines lines, Ink ink, Set<Component> members, int layers, int heads) {
        int shown = Math.min(heads, (ink.width() - 20) / 3);
        StringBuilder header = new StringBuilder("    layer ");
        for (int head = 0; head < shown; head++) {
            header.append(String.format(Locale.ROOT, "%3s", "H" + head));
        }
        lines.add(ink.faint(header.append("  MLP").toString()));
        for (int layer = 0; layer < layers; layer++) {
            int here = layer;
            if (members.stream().noneMatch(member -> member.layer() == here)) {
                continue;
            }
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "    %5d ", layer));
            for (int head = 0; head < shown; head++) {
                line.append(members.contains(new Component.Head(layer, head)) ? "  ●" : "  ·");
            }
            lines.add(line.append(members.contains(new Component.Mlp(layer)) ? "   ■" : "   ·")
                    .toString());
        }
        if (shown < heads) {
            lines.faint("(heads " + shown + " to " + (heads - 1) + " do not fit; --out shows all)", 4);
        }
    }
}

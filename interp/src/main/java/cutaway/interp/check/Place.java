package cutaway.interp.check;

/// Where in the compared sequences a number was met; both count from 0.
public record Place(int sequence, int position) {

    /// For people.
    public String text() {
        return "sequence " + sequence + ", position " + position;
    }
}

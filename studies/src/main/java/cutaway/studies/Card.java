package cutaway.studies;

/// What a study is about.
///
/// @param id how it is called on the command line, such as `group-testing`
/// @param title of the paper
/// @param year that it appeared in
/// @param source where to find it: `arXiv:2209.10652`, or a journal with its volume and page
/// @param claim that the study tests, in a sentence or two
/// @param method that it uses to test it
public record Card(String id, String title, int year, String source, String claim, String method) {

    public Card {
        if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("a study called \"" + id + "\"; expected words joined by hyphens");
        }
    }
}

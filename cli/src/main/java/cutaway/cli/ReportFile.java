package cutaway.cli;

import cutaway.tensor.BadInputException;
import cutaway.tensor.WholeFile;
import cutaway.tensor.WritableFolder;
import java.io.IOException;
import java.nio.file.Path;

/// The page of `--report`: one file.
record ReportFile(Path path) {

    /// Looks before the work whether it can be written, so that no long run ends in a refusal.
    ///
    /// @throws BadInputException when it cannot, or its name is none of a page
    ReportFile {
        if (!path.toString().endsWith(".html")) {
            throw new BadInputException(
                    "--report is \"" + path + "\"; it is a page for a browser, so give a file that ends in .html.");
        }
        try {
            WritableFolder.checkFor(path);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write the report " + path + ": " + e.getMessage()
                            + "; give --report a file in a folder that can be written.",
                    e);
        }
    }

    /// @throws BadInputException when its folder can be written no more
    void write(String page) {
        try {
            WholeFile.write(path, page);
        } catch (IOException e) {
            throw new BadInputException("cannot write the report " + path + ": " + e.getMessage(), e);
        }
    }
}

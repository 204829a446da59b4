package cutaway.model.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What the hub says a file's bytes hash to.
///
/// @param hex digits in lower case
record ContentHash(Kind kind, String hex) {

    /// Large files (Git LFS) go by SHA-256, small ones by git's own hash.
    enum Kind {
        SHA_256("SHA-256", 64),
        /// SHA-1 of `blob SIZE`, a zero byte and the content (gitformat-pack: loose objects).
        GIT_BLOB("SHA-1", 40);

        private final String algorithm;
        private final int digits;

        Kind(String algorithm, int digits) {
            this.algorithm = algorithm;
            this.digits = digits;
        }

        /// The hash of a file as it is now.
        ContentHash of(Path file) throws IOException {
            MessageDigest digest = digest();
            if (this == GIT_BLOB) {
                digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
            }
            try (InputStream in = Files.newInputStream(file);
                    DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
                in.transferTo(out);
            }
            return new ContentHash(this, HexFormat.of().formatHex(digest.digest()));
        }

        boolean accepts(String hex) {
            return hex.matches("[0-9a-f]{" + digits + "}");
        }

        private MessageDigest digest() {
            try {
                return MessageDigest.getInstance(algorithm);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every JVM has " + algorithm, e);
            }
        }
    }

    /// Whether a file has this hash now.
    boolean isOf(Path file) throws IOException {
        return kind.of(file).equals(this);
    }

    @Override
    public String toString() {
        return (kind == Kind.SHA_256 ? "SHA-256 " : "git blob ") + hex;
    }
}

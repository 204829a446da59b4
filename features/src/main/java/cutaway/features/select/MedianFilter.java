package cutaway.features.select;

import cutaway.tensor.BadInputException;
import java.util.Arrays;

/// The median of a pixel's surroundings, a disc within the image; with a hole the pixel itself is not among them,
/// which makes it J-invariant: each pixel is then said by others alone.
///
/// @param radius of the disc in pixels
/// @param hole whether the pixel itself is left out (the "donut" of Noise2Self)
public record MedianFilter(int radius, boolean hole) {

    public MedianFilter {
        if (radius < 1) {
            throw new BadInputException("a median over a radius of " + radius + " pixels; expected at least 1.");
        }
    }

    /// @param image row by row
    /// @param width of a row
    public float[] filter(float[] image, int width) {
        int height = image.length / width;
        float[] filtered = new float[image.length];
        float[] around = new float[(2 * radius + 1) * (2 * radius + 1)];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int count = 0;
                for (int down = -radius; down <= radius; down++) {
                    for (int right = -radius; right <= radius; right++) {
                        int i = row + down;
                        int j = column + right;
                        boolean isHole = hole && down == 0 && right == 0;
                        if (!isHole
                                && down * down + right * right <= radius * radius
                                && i >= 0
                                && i < height
                                && j >= 0
                                && j < width) {
                            around[count++] = image[i * width + j];
                        }
                    }
                }
                Arrays.sort(around, 0, count);
                filtered[row * width + column] =
                        count % 2 == 1 ? around[count / 2] : (around[count / 2 - 1] + around[count / 2]) / 2;
            }
        }
        return filtered;
    }
}

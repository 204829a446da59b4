package cutaway.lab.blind;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Convolution;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// Pixels in `width * width` parts: part p holds every width-th pixel of every width-th row, so that no two of them
/// are neighbours (Batson and Royer 2019, section 5).
///
/// @param width of the grid, at least 2
record GridMask(int width) {

    GridMask {
        if (width < 2) {
            throw new BadInputException("a grid of every " + width + "th pixel; expected at least 2.");
        }
    }

    int parts() {
        return width * width;
    }

    /// 1 where a pixel is of the part, `[1, 1, height, width]`.
    Tensor of(int part, int height, int columns) {
        float[] mask = new float[height * columns];
        for (int row = part / width; row < height; row += width) {
            for (int column = part % width; column < columns; column += width) {
                mask[row * columns + column] = 1;
            }
        }
        return Tensor.of(mask, 1, 1, height, columns);
    }

    /// The images with the pixels of a mask replaced by the weighted mean of their eight neighbours, sides twice as
    /// much as corners.
    ///
    /// @param x `[n, 1, height, width]`
    static Tensor hidden(Tensor x, Tensor mask) {
        return Scope.keep(() -> {
            Tensor kernel = Tensor.of(new float[] {1, 2, 1, 2, 0, 2, 1, 2, 1}, 1, 1, 3, 3);
            Tensor sums = Convolution.conv2d(x, kernel, null, 1, 1, 1);
            Tensor weights = Convolution.conv2d(Tensor.ones(1, 1, x.dim(2), x.dim(3)), kernel, null, 1, 1, 1);
            return x.plus(sums.over(weights).minus(x).times(mask));
        });
    }
}

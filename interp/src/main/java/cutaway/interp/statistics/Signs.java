package cutaway.interp.statistics;

/// A sign for each prompt, asked in their order.
sealed interface Signs {

    /// @return 1 or -1
    double of(int prompt);

    /// Those that the bits of a number spell, the lowest the first prompt's; number 0 is all plus.
    record Numbered(int number) implements Signs {

        @Override
        public double of(int prompt) {
            return 1 - 2 * ((number >>> prompt) & 1);
        }
    }

    /// Random ones.
    final class Drawn implements Signs {

        private final Draws draws;
        private long bits;

        Drawn(Draws draws) {
            this.draws = draws;
        }

        @Override
        public double of(int prompt) {
            if (prompt % Long.SIZE == 0) {
                bits = draws.bits();
            }
            return 1 - 2 * ((bits >>> prompt) & 1); // a shift takes the prompt modulo 64
        }
    }
}
